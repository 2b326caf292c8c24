"""`tenfold predict`: pictures in, and for each the label that a run gives it, with how sure it is."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.cli.commands import Work
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_runs_folder, add_trust
from tenfold.errors import DataError, UsageError, one_line
from tenfold.files import refuse_existing
from tenfold.text_table import percent

if TYPE_CHECKING:
    from tenfold.run.answer import Answer, Picture
    from tenfold.run.run import Run

RUNNERS_UP = 2  # the next best labels that are worth a word
WORTH_A_WORD = 0.01
NEAREST, MOST_NEAREST = 3, 20  # training pictures beside an answer


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
        "--nearest",
        metavar="N",
        type=few,
        help=f"name the N training pictures that are nearest to what was seen, at most {MOST_NEAREST} "
        f"(default: {NEAREST} for a run that looks for handwriting by itself, else 0)",
    )
    parser.add_argument(
        "--boxes",
        metavar="FILE",
        type=Path,
        help="write the picture with a box around each digit (png); of several pictures FILE-1.png, FILE-2.png, ...",
    )
    parser.add_argument(
        "--show",
        metavar="FILE",
        type=Path,
        help="write what the network saw, stage by stage (png); of several as for --boxes",
    )
    add_runs_folder(parser)
    add_trust(parser)
    return predict_and_show


def predict_and_show(arguments: Namespace, screen: Screen) -> int:
    check(arguments)
    refuse_what_is_no_picture(arguments.images)
    run = asked(arguments, screen)
    ink = arguments.ink or (run.reads_handwriting and not arguments.no_ink)
    if not ink and (arguments.boxes or arguments.show):
        raise UsageError("--boxes and --show", found="a run that does not look for handwriting", do="say --ink as well")
    pictures: list[Picture] = [Path(image) for image in arguments.images]
    nearest = arguments.nearest if arguments.nearest is not None else NEAREST if run.reads_handwriting else 0
    missing: list[str] = []
    answers = answered(run, pictures, ink=ink, nearest=nearest, trust_code=arguments.trust_code, say=missing.append)
    notes = list(dict.fromkeys(missing))
    for sentence in notes:
        screen.say(sentence)
    for place, answer in enumerate(answers):
        write_pictures(answer, place, arguments, screen)
    screen.show(
        {
            "run": run.name,
            "predictions": [
                {"image": image, **answer.as_json()} for image, answer in zip(arguments.images, answers, strict=True)
            ],
            "notes": notes,
        },
        lines_about(arguments.images, answers),
    )
    return max((answer.exit_code for answer in answers if isinstance(answer, DataError)), default=0)


def answered(run: Run, pictures: list[Picture], **asked: Any) -> list[Answer | DataError]:
    """What is on each picture, or what is wrong with it: one that cannot be read costs no other its answer."""
    try:
        return [*run.predict_all(pictures, **asked)]
    except DataError:
        if len(pictures) == 1:
            raise
    one_by_one: list[Answer | DataError] = []
    for picture in pictures:
        try:
            one_by_one += run.predict_all([picture], **asked)
        except DataError as error:
            one_by_one.append(error)
    return one_by_one


def check(arguments: Namespace) -> None:
    """Refuse flags that contradict each other before anything is read."""
    if arguments.ink and arguments.no_ink:
        raise UsageError("--ink and --no-ink", found="both", expected="one of them, or neither")
    taken = {Path(image).resolve(): "is one of the pictures" for image in arguments.images}
    for flag, path in (("--boxes", arguments.boxes), ("--show", arguments.show)):
        if path is None:
            continue
        if path.suffix.lower() != ".png":
            raise UsageError(flag, found=f"the file {path}", expected="a name that ends in .png")
        for file in numbered(path, len(arguments.images)):
            if file.resolve() in taken:
                raise UsageError(flag, found=f"{file}, which {taken[file.resolve()]}", expected="a file of its own")
            if file != path:  # a name that nobody typed
                refuse_existing(file, flag)
            taken[file.resolve()] = f"{flag} writes already"


def refuse_what_is_no_picture(images: Sequence[str]) -> None:
    """A mistyped name is said at once, before Keras is started for it; of several pictures the others are answered.

    A pipe is left alone: what is read from it is gone.
    """
    if len(images) == 1 and not Path(images[0]).is_fifo():
        from tenfold.images.limits import LIMITS
        from tenfold.images.picture import picture_bytes, picture_format

        picture_format(picture_bytes(Path(images[0])), images[0], LIMITS)


def numbered(path: Path, count: int) -> list[Path]:
    """Where what is written about each of `count` pictures goes: of several each has its number in its name."""
    if count == 1:
        return [path]
    return [path.with_name(f"{path.stem}-{place:0{len(str(count))}}{path.suffix}") for place in range(1, count + 1)]


def asked(arguments: Namespace, screen: Screen) -> Run:
    """The run that answers: the one that is named, or the model that ships with Tenfold where there is none.

    A person is told which it is; a program reads it under "run".
    """
    from tenfold.run.find import find
    from tenfold.run.shipped import is_meant, reader

    shipped = is_meant(arguments.runs, arguments.run)
    run = reader() if shipped else find(arguments.runs, arguments.run)
    if not screen.as_json:
        screen.say(who_ships(run) if shipped else who_answers(run, arguments))
    return run


def who_ships(run: Run) -> str:
    accuracy = percent(run.status.accuracy, of=run.status.total)
    return f"The model that ships with Tenfold answers: it reads {accuracy} of MNIST's test pictures right."


def who_answers(run: Run, arguments: Namespace) -> str:
    """Which run answers and how good it is; where nobody named it, also how to ask the model that ships."""
    from tenfold.run.find import LAST, listing
    from tenfold.run.shipped import NAME, is_meant

    last = arguments.run == LAST
    right, status = "", listing(run.directory).status
    if status is not None and status.accuracy is not None and status.total is not None:
        right = f": it has {percent(status.accuracy, of=status.total)} of its test pictures right"
    elif status is not None and status.val_accuracy is not None and status.val_total is not None:
        right = f": it has {percent(status.val_accuracy, of=status.val_total)} of its validation pictures right"
    others = last and run.reads_handwriting and is_meant(arguments.runs, NAME)
    hint = f" `--run {NAME}` asks the model that ships with Tenfold." if others else ""
    return f"{one_line(run.name)}{', the last run,' if last else ''} answers{right}.{hint}"


def write_pictures(answer: Answer | DataError, place: int, arguments: Namespace, screen: Screen) -> None:
    """Write what `--boxes` and `--show` ask for about the picture at `place` of all that were given."""
    from tenfold.files import make_folder, write_bytes
    from tenfold.images.showing import as_png, stages_sheet, with_boxes
    from tenfold.run.reading import Reading

    if not isinstance(answer, Reading):
        return
    labels = [one_line(read.label) for read in answer.digits]
    beside = [[(one_line(caption), picture) for caption, picture in read.beside] for read in answer.digits]
    image, count = one_line(arguments.images[place]), len(arguments.images)
    if arguments.boxes:
        file = numbered(arguments.boxes, count)[place]
        make_folder(file.parent)
        write_bytes(file, as_png(with_boxes(answer.page, labels)))
        screen.say(f"{image} with its boxes is in {one_line(file)}.")
    if arguments.show:
        file = numbered(arguments.show, count)[place]
        make_folder(file.parent)
        write_bytes(file, as_png(stages_sheet(answer.page, labels, beside)))
        screen.say(f"What the network saw of {image} is in {one_line(file)}.")


def lines_about(images: Sequence[str], answers: Sequence[Answer | DataError]) -> Iterator[Line]:
    for image, answer in zip(images, answers, strict=True):
        if isinstance(answer, DataError):
            yield [("error: ", "bold red"), answer.line]
            continue
        digits: Sequence[Answer] = getattr(answer, "digits", ())
        meant = f" that all {len(digits)} digits are right" if len(digits) > 1 else ""
        chance = f" ({percent(answer.probability)}{meant}){others(answer.probabilities)}"
        yield [f"{one_line(image)}: ", (one_line(answer.label), "bold"), chance]
        yield from lines_about_nearest(digits if len(digits) > 1 else [answer])
        yield from (f"  note: {one_line(warning)}" for warning in answer.warnings)


def lines_about_nearest(answers: Sequence[Answer]) -> Iterator[str]:
    """The nearest training pictures of one answer; of several only of those whose label is not theirs."""
    from tenfold.run.familiar import nearness

    alike = 0
    for place, answer in enumerate(answers, start=1):
        about = ", ".join(one_line(nearness(near)) for near in answer.nearest)
        if about and len(answers) == 1:
            yield f"  nearest training pictures, and how far away: {about}"
        elif about and any(near["label"] != answer.label for near in answer.nearest):
            yield f"  digit {place} ({one_line(answer.label)}): the nearest training pictures are {about}"
        elif about:
            alike += 1
    if alike:
        yield f"  all of the nearest training pictures have the same label for {alike} of {len(answers)} digits"


def few(text: str) -> int:
    """A whole number from 0 to MOST_NEAREST, for argparse."""
    if not text.isascii() or not text.isdigit() or int(text) > MOST_NEAREST:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 0 to {MOST_NEAREST}")
    return int(text)


def others(probabilities: Mapping[str, float]) -> str:
    """The next best labels, where they have any chance: "; else 1 (4.2 %), 9 (2.0 %)"."""
    ranked = sorted(probabilities.items(), key=lambda item: -item[1])[1 : 1 + RUNNERS_UP]
    chances = [f"{one_line(label)} ({percent(chance)})" for label, chance in ranked if chance >= WORTH_A_WORD]
    return f"; else {', '.join(chances)}" if chances else ""
