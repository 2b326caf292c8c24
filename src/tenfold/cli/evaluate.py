"""`tenfold evaluate`: a run's test pictures, scored again with the model that it has now."""

from __future__ import annotations

from argparse import Namespace

from tenfold.cli.commands import Work
from tenfold.cli.next_steps import to_type
from tenfold.cli.output import Screen
from tenfold.cli.parser import Parser, add_run, add_trust


def evaluate(parser: Parser) -> Work:
    add_run(parser)
    add_trust(parser)
    return evaluate_and_show


def evaluate_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.run.find import find

    run = find(arguments.runs, arguments.run)

    was_closed = run.closed
    from tenfold.cli.result import lines_about_predictions
    from tenfold.evaluation.details import details
    from tenfold.run.evaluate import scored  # from here on Keras is needed

    predictions, evaluation = scored(run, trust_code=arguments.trust_code, say=screen.say)
    seen = run.looks
    told = {"run": run.name, **evaluation.as_json(), "test_looks": seen.as_json()}
    result = {**told, **(details(predictions) if screen.as_json else {})}
    lines = [*lines_about_predictions(predictions, evaluation), "", str(seen).capitalize()]
    if was_closed:
        lines += ["The test set is open now. To write the run's report anew, type:", f"  {to_type('report', run)}"]
    screen.show(result, lines)
    return 0
