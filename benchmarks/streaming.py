"""What streaming costs: data kept on the device against the same data streamed from a file, and memory over epochs.

    .venv/bin/python benchmarks/streaming.py [--rounds 3] [--recipes mlp cnn] [--write]

Each measurement is a process; resident and streamed take turns. The data are uint8 noise in a temporary file, several
times the window that is read ahead. The goal: streamed within 15 % of resident, and memory that does not grow.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from processes import answer
from section import fill

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))
from networks import noise

IMAGES = {"hidden10": 400_000, "mlp": 400_000, "cnn": 50_000}
EPOCHS = {"hidden10": 12, "mlp": 8, "cnn": 3}
SLOWER_AT_MOST, GROWTH_AT_MOST = 0.15, 0.05

Lines = dict[str, list[dict[str, Any]]]  # "resident" and "streamed", a line for each round


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--recipes", nargs="+", default=list(IMAGES), choices=list(IMAGES))
    parser.add_argument("--images", type=int, help="fewer or more pictures than each recipe's own number")
    parser.add_argument("--epochs", type=int, help="another number of epochs, at least 3 to tell whether memory grows")
    parser.add_argument("--write", action="store_true", help="also put the table into docs/benchmarks.md")
    given = parser.parse_args()
    rows = [
        "| | pictures | resident, s | streamed, s | takes longer by | memory after each epoch, MiB |",
        "|---" * 6 + "|",
    ]
    for recipe in given.recipes:
        images = given.images or IMAGES[recipe]
        lines = measured(recipe, images, given.epochs or EPOCHS[recipe], given.rounds)
        rows.append(row(recipe, images, lines))
        print(rows[-1], file=sys.stderr, flush=True)
    text = "\n".join(rows)
    print(text)
    if given.write:
        fill("streaming", text)


def measured(recipe: str, images: int, epochs: int, rounds: int) -> Lines:
    lines: Lines = {"resident": [], "streamed": []}
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("images.npy", "labels.npy")]
        for file, array in zip(files, noise(recipe, images), strict=True):
            np.save(file, array)
        for round_ in range(rounds):
            for how in sorted(lines, reverse=bool(round_ % 2)):
                said = answer("streamed_fit.py", [recipe, str(epochs), *files, how])
                if "failed" in said:
                    raise SystemExit(f"{recipe}, {how}: {said['failed']}")
                lines[how].append(said)
    return lines


def row(recipe: str, images: int, lines: Lines) -> str:
    """Median seconds of the later epochs, the median of the rounds' ratios, and the last round's memory."""
    seconds = {how: [statistics.median(said["epochs"][1:]) for said in lines[how]] for how in lines}
    longer = statistics.median(b / a for a, b in zip(seconds["resident"], seconds["streamed"], strict=True)) - 1
    own = [of[0] for of in lines["streamed"][-1]["memory"] if of]
    grown = own[-1] / own[1] - 1 if len(own) > 2 else 0.0
    cells = [
        recipe,
        f"{images:,}",
        *(f"{statistics.median(seconds[how]):.3g}" for how in ("resident", "streamed")),
        f"{100 * longer:+.0f} % ({'within' if longer <= SLOWER_AT_MOST else '**not** within'} 15 %)",
        f"{' '.join(map(str, own))} ({'flat' if grown <= GROWTH_AT_MOST else '**grows**'})"
        if own
        else "not known here",
    ]
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
