"""How well handwriting is read, whatever the paper, the light and the pen do: accuracy for each disturbance.

MNIST's test pictures, which no training saw, are drawn back onto paper (`drawn.py`), each disturbance by itself on top
of an ordinary photo, and read by the model that ships with Tenfold. Beside it stands the accuracy on the same pictures
as MNIST has them. A picture counts as right when exactly one digit is found on it and it is the right one. Of pairs of
digits that touch, another table tells how many are read as the two they are, and of the others how many are warned of.

    python benchmarks/handwriting.py                    # 200 digits for each disturbance, a few minutes
    python benchmarks/handwriting.py --digits 2000
    python benchmarks/handwriting.py --write            # and put the tables into docs/handwriting.md and the model card
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from drawn import Look, drawn, touching
from scipy import ndimage
from section import filled

import tenfold
from tenfold.errors import TenfoldError
from tenfold.evaluation.interval import wilson
from tenfold.images.frame import framed
from tenfold.run.reading import Reading
from tenfold.run.shipped import FOLDER, reader

TOGETHER = 50  # pictures the model is asked about at once
PHOTO = Look(paper=(240, 236, 225), ink=(35, 40, 70), grain=0.03, blur=0.8, noise=3, jpeg=85)


def photo(**changes: object) -> Look:
    return replace(PHOTO, **changes)  # type: ignore[arg-type]


LOOKS: Mapping[str, Look] = {
    "black on white, nothing in the way": Look(),
    "an ordinary photo": PHOTO,
    "turned by 15° to the left": photo(turn=15),
    "turned by 15° to the right": photo(turn=-15),
    "0.3 times the size (24 pixels)": photo(height=24),
    "3 times the size (240 pixels)": photo(height=240),
    "far off the centre": photo(margin=(0.15, 3)),
    "small on a large page": photo(height=40, margin=(4, 5)),
    "filling the picture": photo(margin=(0.1, 0.1)),
    "a pen 1.5 times as thick": photo(pen=1.5),
    "a pen half as thick": photo(pen=0.5),
    "a faint pencil": photo(ink=(150, 150, 150), faint=0.6),
    "a red pen": photo(ink=(220, 50, 40)),
    "ruled paper": photo(ruled=0.35),
    "squared paper": photo(ruled=0.35, squared=True),
    "a soft shadow": photo(shadow=0.6),
    "a shadow with an edge": photo(shadow=0.2, edge=0.5),
    "noise of a dark room": photo(noise=20, grain=0.08),
    "JPEG of quality 10": photo(jpeg=10),
    "chalk on a blackboard": photo(paper=(40, 60, 50), ink=(225, 225, 215)),
    "chalk, a shadow with an edge": photo(paper=(60, 90, 70), ink=(235, 235, 225), shadow=0.3, edge=0.4),
    "white on black (a screenshot)": Look(paper=(0, 0, 0), ink=(255, 255, 255)),
}
EXTREME: Mapping[str, Look] = {
    "0.15 times the size (12 pixels)": photo(height=12, blur=0),
    "a pen twice as thick": photo(pen=2),
    "a pen 0.3 times as thick": photo(pen=0.3),
    "dark squares, the page askew by 4°": photo(ruled=0.6, squared=True, slope=4),
    "squares half as large as the digit": photo(ruled=0.4, squared=True, slope=2, line_gap=0.5),
}


SHARED: Mapping[str, float] = {  # in pixels of MNIST
    "side by side, with a gap": 0,
    "just touching": 0.25,
    "pushed together": 4,
    "pushed far into one another": 12,
}


@dataclass(frozen=True)
class Row:
    """What was read under one disturbance."""

    name: str
    right: int  # as many digits were found as there are, and they are the right ones
    none: int  # nothing was found
    several: int  # more was found than there is
    total: int
    warned: int = 0  # of those that are not right


model = cache(reader)  # once for each process


def measured(name: str, look: Look, images: np.ndarray, labels: np.ndarray, seed: int) -> Row:
    """Digits drawn with a look and read again; each picture has a seed of its own."""
    pictures = (drawn(image, look, seed + place) for place, image in enumerate(images))
    return read(name, pictures, [str(label) for label in labels])


def pairs_measured(name: str, shared: float, images: np.ndarray, labels: np.ndarray, seed: int) -> Row:
    """Each digit beside the next one, on an ordinary photo."""
    beside = np.roll(images, -1, axis=0), np.roll(labels, -1)
    both = zip(images, beside[0], strict=True)
    pictures = (touching(pair, PHOTO, shared, seed + place) for place, pair in enumerate(both))
    return read(name, pictures, [f"{one}{other}" for one, other in zip(labels, beside[1], strict=True)])


def read(name: str, pictures: Iterable[np.ndarray], texts: Sequence[str]) -> Row:
    right = none = several = warned = 0
    asked = iter(pictures)
    read_all = chain.from_iterable(answered(batch) for batch in iter(lambda: list(islice(asked, TOGETHER)), []))
    for reading, text in zip(read_all, texts, strict=True):
        if reading is None:
            none += 1
            continue
        right += reading.label == text
        several += len(reading.digits) > len(text)
        warned += reading.label != text and bool(reading.warnings)
    return Row(name, right, none, several, len(texts), warned)


def answered(pictures: list[np.ndarray]) -> Sequence[Reading | None]:
    """What is read on each picture; None where nothing is found. Asked together, which is five times as fast."""
    try:
        return model().predict_all(pictures)  # type: ignore[return-value]
    except TenfoldError:
        return [None] if len(pictures) == 1 else [one for picture in pictures for one in answered([picture])]


def turned_wrong(images: np.ndarray, labels: np.ndarray) -> str:
    """How many of all pictures are read wrong when they are only turned and framed again: no paper and no pen."""
    wrong = []
    for turn in (0, 15, -15):
        frames = [framed(ndimage.rotate(image / np.float32(255), turn, reshape=False, order=1)) for image in images]
        answers = model().predict_all(frames, ink=False)
        wrong.append(sum(answer.label != str(label) for answer, label in zip(answers, labels, strict=True)))
    return (
        f"Of all {len(images):,} test pictures, turned without any paper and framed again, {wrong[0]} are read wrong "
        f"upright, {wrong[1]} turned by 15° to the left and {wrong[2]} to the right."
    )


def table(clean: Row, groups: Sequence[tuple[str, Sequence[Row]]]) -> str:
    lines = ["| picture | right | 95 % interval | beside the clean ones | no digit found | several found |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    for title, rows in (("", [clean]), *groups):
        lines += [f"| **{title}** | | | | | |"] if title else []
        for row in rows:
            low, high = wilson(row.right, row.total)
            beside = "" if row is clean else f"{100 * (row.right - clean.right) / row.total:+.1f}"
            lines.append(
                f"| {row.name} | {100 * row.right / row.total:.1f} % | {100 * low:.1f} to {100 * high:.1f} % "
                f"| {beside} | {row.none} | {row.several} |"
            )
    return "\n".join(lines)


def table_of_pairs(rows: Sequence[Row]) -> str:
    lines = ["| two digits | both right | 95 % interval | wrong and warned of | wrong without a word |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    for row in rows:
        low, high = wilson(row.right, row.total)
        silent = row.total - row.right - row.none - row.warned
        lines.append(
            f"| {row.name} | {100 * row.right / row.total:.1f} % | {100 * low:.1f} to {100 * high:.1f} % "
            f"| {100 * (row.warned + row.none) / row.total:.1f} % | {100 * silent / row.total:.1f} % |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Accuracy of reading handwriting under each disturbance.")
    parser.add_argument("--digits", type=int, default=200, help="test pictures for each disturbance (default: 200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="rows at a time (default: one for each core)")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/handwriting.md and the card")
    arguments = parser.parse_args()
    test = tenfold.load("mnist").test
    chosen = np.random.default_rng(arguments.seed).permutation(len(test))[: arguments.digits]
    images, labels = test.images[chosen][..., 0], test.labels[chosen]
    answers = model().predict_all(list(images), ink=False)
    right = sum(answer.label == str(label) for answer, label in zip(answers, labels, strict=True))
    clean = Row("MNIST's own pictures", right, 0, 0, len(images))
    with ProcessPoolExecutor(arguments.jobs, mp_context=get_context("spawn")) as pool:
        waiting = {
            title: [pool.submit(measure, name, how, images, labels, arguments.seed) for name, how in hows.items()]
            for title, measure, hows in (
                ("disturbed", measured, LOOKS),
                ("extreme", measured, EXTREME),
                ("pairs", pairs_measured, SHARED),
            )
        }
        found = {title: [told(future) for future in futures] for title, futures in waiting.items()}
    pairs = found.pop("pairs")
    text = f"{len(images)} of MNIST's test pictures, seed {arguments.seed}, {date.today():%Y-%m-%d}.\n\n"
    text += f"{table(clean, list(found.items()))}\n\n{table_of_pairs(pairs)}\n\n"
    text += turned_wrong(test.images[..., 0], test.labels)
    print(text)
    if arguments.write:
        for page in (Path(__file__).resolve().parents[1] / "docs" / "handwriting.md", FOLDER / "MODEL_CARD.md"):
            now = filled(page.read_text(encoding="utf-8"), "handwriting", text)
            page.write_text(now, encoding="utf-8", newline="\n")


def told(future: Future[Row]) -> Row:
    row = future.result()
    print(row, flush=True)
    return row


if __name__ == "__main__":
    main()
