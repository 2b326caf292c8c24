"""What Tenfold measures with each preset: test accuracy on MNIST, mean and range over five seeds.

    TENFOLD_DATA=folder/with/mnist .venv/bin/python benchmarks/recipes.py [--write] [PRESET ...]

`--write` puts the sentence into the preset's file, where `tenfold recipes` shows it.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
import time
from datetime import date
from importlib.resources import files
from pathlib import Path

import tenfold
from tenfold.recipe.presets import load_preset, names

SEEDS = range(1, 6)


def test_accuracy(name: str, seed: int, data: tenfold.Dataset) -> float:
    with tempfile.TemporaryDirectory() as runs:
        return tenfold.train(name, data, seed=seed, runs=runs, verbose=0).evaluation.accuracy


def sentence(name: str, accuracies: list[float]) -> str:
    percent = [100 * accuracy for accuracy in accuracies]
    epochs = load_preset(name).training.epochs
    return (
        f"{statistics.mean(percent):.2f} % on the test pictures after {epochs} epochs "
        f"({min(percent):.2f} to {max(percent):.2f} over {len(percent)} seeds, MNIST, {date.today():%Y-%m-%d})"
    )


def write_into_preset(name: str, measured: str) -> None:
    """Set the key `measured`, below `reported`, leaving every comment as it is."""
    path = Path(str(files("tenfold.recipe") / "presets" / f"{name}.toml"))
    text = re.sub(r"^measured = .*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    line = f"measured = {json.dumps(measured)}\n"
    path.write_text(re.sub(r"^(reported = .*\n)", lambda match: match[1] + line, text, flags=re.MULTILINE), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Test accuracy of the presets on MNIST over five seeds.")
    parser.add_argument("presets", nargs="*", metavar="PRESET", default=names(), help="default: all of them")
    parser.add_argument("--write", action="store_true", help="put the result into the preset's file")
    arguments = parser.parse_args()
    data = tenfold.load("mnist")
    for name in arguments.presets:
        started = time.perf_counter()
        measured = sentence(name, [test_accuracy(name, seed, data) for seed in SEEDS])
        print(f"{name:9} {measured}  [{time.perf_counter() - started:.0f} s]", flush=True)
        if arguments.write:
            write_into_preset(name, measured)


if __name__ == "__main__":
    main()
