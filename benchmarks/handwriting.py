"""How well handwriting is read, whatever the paper, the light and the pen do: accuracy for each disturbance.

MNIST's test pictures, which no training saw, are drawn back onto paper (`drawn.py`), each disturbance by itself on top
of an ordinary photo, and read by the model that ships with Tenfold. Every row has the same digits, and is held against
the same pictures as MNIST has them (`handwriting_table.py`). A picture counts as right when exactly one digit is found
on it and it is the right one. Of pairs of digits that touch, another table tells how many are read as the two they are,
and of the others how many are warned of.

    python benchmarks/handwriting.py                    # 250 digits for each disturbance, a few minutes
    python benchmarks/handwriting.py --digits 1500 --results FILE --write
    python benchmarks/handwriting.py --results FILE --write --no-more

The second puts the tables into docs/handwriting.md and the model card. With --results what was read is kept, and
measuring goes on where it was interrupted; the third writes the tables of as many digits as every row has by then.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from drawn import Look, drawn, touching
from handwriting_table import Row, table, table_of_pairs
from scipy import ndimage
from section import filled

import tenfold
from tenfold.errors import TenfoldError
from tenfold.images.frame import framed
from tenfold.run.reading import Reading
from tenfold.run.shipped import FOLDER, reader

TOGETHER = 125  # pictures the model is asked about at once
PART = 125  # digits that are measured, and kept, at once
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


Seen = tuple[str | None, int, bool]  # what one picture was read as (None: no digit), how many digits, whether warned

model = cache(reader)  # once for each process


def measured(look: Look, images: np.ndarray, seed: int) -> list[Seen]:
    """Digits drawn with a look and read again; each picture has a seed of its own."""
    return read(drawn(image, look, seed + place) for place, image in enumerate(images))


def pairs_measured(shared: float, images: np.ndarray, seed: int) -> list[Seen]:
    """Each digit beside the next one, on an ordinary photo."""
    both = zip(images, np.roll(images, -1, axis=0), strict=True)
    return read(touching(pair, PHOTO, shared, seed + place) for place, pair in enumerate(both))


ROWS: Mapping[str, tuple[Callable[..., list[Seen]], Look | float]] = {
    **{name: (measured, look) for name, look in (*LOOKS.items(), *EXTREME.items())},
    **{name: (pairs_measured, shared) for name, shared in SHARED.items()},
}


def read(pictures: Iterable[np.ndarray]) -> list[Seen]:
    asked = iter(pictures)
    batches = iter(lambda: list(islice(asked, TOGETHER)), [])
    return [
        (None, 0, False) if reading is None else (reading.label, len(reading.digits), bool(reading.warnings))
        for reading in chain.from_iterable(map(answered, batches))
    ]


def answered(pictures: list[np.ndarray]) -> Sequence[Reading | None]:
    """What is read on each picture; None where nothing is found. Asked together, which is five times as fast."""
    try:
        return model().predict_all(pictures)  # type: ignore[return-value]
    except TenfoldError:
        return [None] if len(pictures) == 1 else [one for picture in pictures for one in answered([picture])]


def row_of(name: str, seen: Sequence[Seen], labels: Sequence[str]) -> Row:
    """What was read in one row, held against the digits that were drawn: one a picture, or two."""
    texts = labels
    if name in SHARED:
        texts = [f"{one}{other}" for one, other in zip(labels, following(labels), strict=True)]
    right = tuple(read == text for (read, _, _), text in zip(seen, texts, strict=True))
    return Row(
        name,
        right,
        none=sum(read is None for read, _, _ in seen),
        several=sum(digits > len(text) for (_, digits, _), text in zip(seen, texts, strict=True)),
        warned=sum(warned and not well for (_, _, warned), well in zip(seen, right, strict=True)),
    )


def following(labels: Sequence[str]) -> list[str]:
    """The digit to the right of each: the next one of its part, and of the part's last one the first."""
    parts = [labels[first : first + PART] for first in range(0, len(labels), PART)]
    return [label for part in parts for label in (*part[1:], part[0])]


def measure(images: np.ndarray, seed: int, jobs: int, kept: Path | None) -> dict[str, list[Seen]]:
    """What was read in every row, part after part of the digits; parts that are kept already are not read again."""
    found = kept_in(kept, seed)
    parts = [(name, first) for first in range(0, len(images), PART) for name in ROWS]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = {
            pool.submit(ROWS[name][0], ROWS[name][1], images[first : first + PART], seed + first): (name, first)
            for name, first in parts
            if (name, first) not in found
        }
        for future in as_completed(waiting):
            name, first = waiting[future]
            found[name, first] = future.result()
            print(f"{len(found)} of {len(parts)} parts: {name}, from digit {first} on", flush=True)
            if kept:
                part = {"row": name, "seed": seed, "first": first, "read": found[name, first]}
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(part) + "\n")
    return joined(found)


def kept_in(file: Path | None, seed: int) -> dict[tuple[str, int], list[Seen]]:
    """What an interrupted measurement had read: for each row and the first digit of a part."""
    if file is None or not file.exists():
        return {}
    parts = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    own = [part for part in parts if part["seed"] == seed]
    return {(part["row"], part["first"]): [tuple(one) for one in part["read"]] for part in own}


def joined(parts: Mapping[tuple[str, int], list[Seen]]) -> dict[str, list[Seen]]:
    """The rows as far as every one of them was measured."""
    rows: dict[str, list[Seen]] = {name: [] for name in ROWS}
    first = 0
    while all((name, first) in parts for name in ROWS):
        for name in ROWS:
            rows[name] += parts[name, first]
        first += PART
    return rows


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


def main() -> None:
    parser = argparse.ArgumentParser(description="Accuracy of reading handwriting under each disturbance.")
    parser.add_argument("--digits", type=int, default=2 * PART, help=f"for each row, whole parts of {PART}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="parts at a time (default: one for each core)")
    parser.add_argument("--results", type=Path, help="keep what was read in this file, and go on with what is there")
    parser.add_argument("--no-more", action="store_true", help="measure nothing: tables of what --results has")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/handwriting.md and the card")
    arguments = parser.parse_args()
    test = tenfold.load("mnist").test
    chosen = np.random.default_rng(arguments.seed).permutation(len(test))
    images = test.images[chosen[: -(-arguments.digits // PART) * PART]][..., 0]
    if arguments.no_more:
        rows = joined(kept_in(arguments.results, arguments.seed))
    else:
        rows = measure(images, arguments.seed, arguments.jobs, arguments.results)
    total = min(map(len, rows.values()))
    if not total:
        parser.error("nothing was measured yet: no part of the digits has all rows")
    text = told(rows, test.images[chosen[:total]][..., 0], [str(label) for label in test.labels[chosen[:total]]])
    text = f"{total:,} of MNIST's test pictures, seed {arguments.seed}, {date.today():%Y-%m-%d}.\n\n{text}"
    text += f"\n\n{turned_wrong(test.images[..., 0], test.labels)}"
    print(text)
    if arguments.write:
        for page in (Path(__file__).resolve().parents[1] / "docs" / "handwriting.md", FOLDER / "MODEL_CARD.md"):
            now = filled(page.read_text(encoding="utf-8"), "handwriting", text)
            page.write_text(now, encoding="utf-8", newline="\n")


def told(rows: Mapping[str, list[Seen]], images: np.ndarray, labels: Sequence[str]) -> str:
    """The tables of all rows, and of the same digits as MNIST has them."""
    answers = model().predict_all(list(images), ink=False)
    clean = Row("MNIST's own pictures", tuple(one.label == label for one, label in zip(answers, labels, strict=True)))
    found = {name: row_of(name, seen, labels) for name, seen in rows.items()}
    groups = [(title, [found[name] for name in names]) for title, names in (("disturbed", LOOKS), ("extreme", EXTREME))]
    return f"{table(clean, groups)}\n\n{table_of_pairs([found[name] for name in SHARED])}"


if __name__ == "__main__":
    main()
