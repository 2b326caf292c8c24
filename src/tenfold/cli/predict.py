"""`tenfold predict`: pictures in, and for each the label that a run gives it, with how sure it is."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.cli.commands import Work
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_runs_folder, add_trust
from tenfold.errors import UsageError, one_line
from tenfold.text_table import percent

if TYPE_CHECKING:
    from tenfold.run.answer import Answer, Picture
    from tenfold.run.run import Run

RUNNERS_UP = 2  # the next best labels that are worth a word
WORTH_A_WORD = 0.01


def predict(parser: Parser) -> Work:
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="a picture: png, jpg, bmp or gif")
    parser.add_argument(
        "--run",
        metavar="RUN",
        default="last",
        help="the run to ask: a name, the beginning of one, a path, or reader, the model that ships with Tenfold "
        "(default: last, and reader where there are no runs)",
    )
    parser.add_argument(
        "--ink",
        action="store_true",
        help="look for handwriting and bring each digit into MNIST's frame (a run on mnist or digits does by itself)",
    )
    parser.add_argument(
        "--no-ink", action="store_true", help="take the picture as it is, only brought to the run's size"
    )
    parser.add_argument(
        "--boxes", metavar="FILE", type=Path, help="write the picture with a box around each digit (png)"
    )
    parser.add_argument("--show", metavar="FILE", type=Path, help="write what the network saw, stage by stage (png)")
    add_runs_folder(parser)
    add_trust(parser)
    return predict_and_show


def predict_and_show(arguments: Namespace, screen: Screen) -> int:
    check(arguments)
    run = asked(arguments, screen)
    ink = arguments.ink or (run.reads_handwriting and not arguments.no_ink)
    if not ink and (arguments.boxes or arguments.show):
        raise UsageError("--boxes and --show", found="a run that does not look for handwriting", do="say --ink as well")
    pictures: list[Picture] = [Path(image) for image in arguments.images]
    answers = run.predict_all(pictures, ink=ink, trust_code=arguments.trust_code)
    for answer in answers:
        write_pictures(answer, arguments, screen)
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


def check(arguments: Namespace) -> None:
    """Refuse flags that contradict each other before anything is read."""
    if arguments.ink and arguments.no_ink:
        raise UsageError("--ink and --no-ink", found="both", expected="one of them, or neither")
    for flag, path in (("--boxes", arguments.boxes), ("--show", arguments.show)):
        if path is not None and len(arguments.images) > 1:
            raise UsageError(flag, found=f"{len(arguments.images)} pictures for one file", expected="one picture")
        if path is not None and path.suffix.lower() != ".png":
            raise UsageError(flag, found=f"the file {path}", expected="a name that ends in .png")


def asked(arguments: Namespace, screen: Screen) -> Run:
    """The run that answers: the one that is named, or the model that ships with Tenfold where there is none."""
    from tenfold.run.find import find
    from tenfold.run.shipped import is_meant, reader

    if not is_meant(arguments.runs, arguments.run):
        return find(arguments.runs, arguments.run)
    run = reader()
    accuracy = percent(run.status.accuracy or 0, of=run.status.total or 0)
    screen.say(f"The model that ships with Tenfold answers: it reads {accuracy} of MNIST's test pictures right.")
    return run


def write_pictures(answer: Answer, arguments: Namespace, screen: Screen) -> None:
    """Write what `--boxes` and `--show` ask for."""
    from tenfold.files import write_bytes
    from tenfold.images.showing import as_png, stages_sheet, with_boxes
    from tenfold.run.reading import Reading

    if not isinstance(answer, Reading):
        return
    labels = [one_line(read.label) for read in answer.digits]
    if arguments.boxes:
        write_bytes(arguments.boxes, as_png(with_boxes(answer.page, labels)))
        screen.say(f"The picture with its boxes is in {one_line(arguments.boxes)}.")
    if arguments.show:
        write_bytes(arguments.show, as_png(stages_sheet(answer.page, labels)))
        screen.say(f"What the network saw is in {one_line(arguments.show)}.")


def lines_about(images: Sequence[str], answers: Sequence[Answer]) -> Iterator[Line]:
    for image, answer in zip(images, answers, strict=True):
        label, several = one_line(answer.label), getattr(answer, "digits", ())[1:]
        more = f", {len(several) + 1} digits, all of them right" if several else ""
        chance = f" ({percent(answer.probability)}{more}){others(answer.probabilities)}"
        yield [f"{one_line(image)}: ", (label, "bold"), chance]
        yield from (f"  note: {one_line(warning)}" for warning in getattr(answer, "warnings", ()))


def others(probabilities: Mapping[str, float]) -> str:
    """The next best labels, where they have any chance: "; else 1 (4.2 %), 9 (2.0 %)"."""
    ranked = sorted(probabilities.items(), key=lambda item: -item[1])[1 : 1 + RUNNERS_UP]
    chances = [f"{one_line(label)} ({percent(chance)})" for label, chance in ranked if chance >= WORTH_A_WORD]
    return f"; else {', '.join(chances)}" if chances else ""
