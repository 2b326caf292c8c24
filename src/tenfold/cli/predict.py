"""`tenfold predict`: pictures in, and for each the label that a run gives it, with how sure it is."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.cli.commands import Work
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_runs_folder, add_trust
from tenfold.errors import one_line

if TYPE_CHECKING:
    from tenfold.run.answer import Answer

RUNNERS_UP = 2  # the next best labels that are worth a word
WORTH_A_WORD = 0.01


def predict(parser: Parser) -> Work:
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="a picture: png, jpg, bmp or gif")
    parser.add_argument(
        "--run",
        metavar="RUN",
        default="last",
        help="the run to ask: a name, the beginning of one, a path (default: last)",
    )
    add_runs_folder(parser)
    add_trust(parser)
    return predict_and_show


def predict_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.run.find import find

    run = find(arguments.runs, arguments.run)
    answers = run.predict_all([Path(image) for image in arguments.images], trust_code=arguments.trust_code)
    screen.show(
        {
            "run": run.name,
            "predictions": [
                {"image": image, **answer.as_json()} for image, answer in zip(arguments.images, answers, strict=True)
            ],
        },
        lines_about(arguments.images, answers),
    )
    return 0


def lines_about(images: Sequence[str], answers: Sequence[Answer]) -> Iterator[Line]:
    for image, answer in zip(images, answers, strict=True):
        label = one_line(answer.label)
        yield [f"{one_line(image)}: ", (label, "bold"), f" ({answer.probability:.1%}){others(answer.probabilities)}"]


def others(probabilities: Mapping[str, float]) -> str:
    """The next best labels, where they have any chance: "; else 1 (4.2%), 9 (2.0%)"."""
    ranked = sorted(probabilities.items(), key=lambda item: -item[1])[1 : 1 + RUNNERS_UP]
    chances = [f"{one_line(label)} ({chance:.1%})" for label, chance in ranked if chance >= WORTH_A_WORD]
    return f"; else {', '.join(chances)}" if chances else ""
