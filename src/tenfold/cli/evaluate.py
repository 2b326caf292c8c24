"""`tenfold evaluate`: a run's test pictures, scored again with the model that it has now, and its report with them."""

from __future__ import annotations

from argparse import Namespace

from tenfold.cli.commands import Work
from tenfold.cli.output import Screen
from tenfold.cli.parser import Parser, add_report, add_run, add_trust
from tenfold.errors import one_line


def evaluate(parser: Parser) -> Work:
    add_run(parser)
    add_trust(parser)
    add_report(parser)
    return evaluate_and_show


def evaluate_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.run.find import find

    run = find(arguments.runs, arguments.run)

    was_closed = run.closed
    from tenfold.cli.result import lines_about_predictions, written_report
    from tenfold.evaluation.details import details
    from tenfold.run.evaluate import scored  # from here on Keras is needed

    predictions, evaluation = scored(run, trust_code=arguments.trust_code, say=screen.say)
    kept = run.status.state == "done"  # of a run that is not, nothing of this is kept
    report = None
    if kept and not arguments.no_report:
        report = written_report(run, screen, trust_code=arguments.trust_code, way_on="report")
    seen = run.looks
    told = {
        "run": run.name,
        **evaluation.as_json(),
        "test_looks": seen.as_json(),
        "report": str(report.resolve()) if report else None,
    }
    result = {**told, **(details(predictions) if screen.as_json else {})}
    lines = [*lines_about_predictions(predictions, evaluation), "", str(seen).capitalize()]
    lines += ["The test set is open now."] if was_closed else []
    lines += [f"The report is written anew: {one_line(report)}"] if report else []
    screen.show(result, lines)
    return 0
