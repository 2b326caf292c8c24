"""How well handwriting is read, whatever the paper, the light and the pen do: accuracy for each disturbance.

MNIST's test pictures, which no training saw, are drawn back onto paper (`drawn.py`), each disturbance by itself on top
of an ordinary photo, and read by the model that ships with Tenfold. Beside it stands the accuracy on the same pictures
as MNIST has them. A picture counts as right when exactly one digit is found on it and it is the right one.

    python benchmarks/handwriting.py                    # 200 digits for each disturbance, a few minutes
    python benchmarks/handwriting.py --digits 2000
    python benchmarks/handwriting.py --write            # and put the table into docs/handwriting.md
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from drawn import Look, drawn
from section import filled

import tenfold
from tenfold.errors import TenfoldError
from tenfold.evaluation.interval import wilson
from tenfold.images.ink import read_ink
from tenfold.run.shipped import reader

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


@dataclass(frozen=True)
class Row:
    """What was read under one disturbance."""

    name: str
    right: int  # one digit was found, and it is the right one
    none: int  # nothing was found
    several: int  # more than one thing was found
    total: int


def measured(name: str, look: Look, images: np.ndarray, labels: np.ndarray, seed: int) -> Row:
    """The digits drawn with a look and read again; each picture has a seed of its own."""
    run = reader()
    frames, places, none, several = [], [], 0, 0
    for place, image in enumerate(images):
        try:
            page = read_ink(drawn(image, look, seed + place))
        except TenfoldError:
            none += 1
            continue
        if len(page.digits) > 1:
            several += 1
        else:
            frames.append(page.digits[0].image)
            places.append(place)
    answers = run.predict_all(frames, ink=False) if frames else []
    right = sum(answer.label == str(labels[place]) for answer, place in zip(answers, places, strict=True))
    return Row(name, right, none, several, len(images))


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


def main() -> None:
    parser = argparse.ArgumentParser(description="Accuracy of reading handwriting under each disturbance.")
    parser.add_argument("--digits", type=int, default=200, help="test pictures for each disturbance (default: 200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="put the table into docs/handwriting.md")
    arguments = parser.parse_args()
    test = tenfold.load("mnist").test
    chosen = np.random.default_rng(arguments.seed).permutation(len(test))[: arguments.digits]
    images, labels = test.images[chosen][..., 0], test.labels[chosen]
    answers = reader().predict_all(list(images), ink=False)
    right = sum(answer.label == str(label) for answer, label in zip(answers, labels, strict=True))
    clean = Row("MNIST's own pictures", right, 0, 0, len(images))
    groups = []
    for title, looks in (("disturbed", LOOKS), ("extreme", EXTREME)):
        rows = []
        for name, look in looks.items():
            rows.append(measured(name, look, images, labels, arguments.seed))
            print(rows[-1], flush=True)
        groups.append((title, rows))
    text = f"{len(images)} of MNIST's test pictures, seed {arguments.seed}, {date.today():%Y-%m-%d}.\n\n"
    text += table(clean, groups)
    print(text)
    if arguments.write:
        page = Path(__file__).resolve().parents[1] / "docs" / "handwriting.md"
        page.write_text(filled(page.read_text(encoding="utf-8"), "handwriting", text), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
