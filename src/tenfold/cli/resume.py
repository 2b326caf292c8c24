"""`tenfold resume`: what was stopped or killed goes on, and ends as if it had never been."""

from __future__ import annotations

from argparse import Namespace

from tenfold.cli.commands import Work
from tenfold.cli.output import Screen
from tenfold.cli.parser import Parser, add_devices, add_report, add_run, add_trust


def resume(parser: Parser) -> Work:
    add_run(parser)
    add_devices(parser, None, "as many as when the run was begun")
    add_trust(parser)
    add_report(parser)
    return resume_and_show


def resume_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.run.find import find

    run = find(arguments.runs, arguments.run)

    from tenfold.cli.result import show_trained, written_report  # from here on Keras is needed
    from tenfold.run.resume import resume

    run = resume(run, devices=arguments.devices, trust_code=arguments.trust_code, say=screen.say)
    report = None if arguments.no_report else written_report(run, screen, trust_code=arguments.trust_code)
    show_trained(run, screen, report)
    return 0
