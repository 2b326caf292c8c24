"""How soon there is an answer: a program's start, a first training, one picture, ten thousand pictures.

    .venv/bin/python benchmarks/answers.py [--rounds 5] [--write]

Everything is measured in turns, round by round; figures are medians, with the range in brackets. Keras here is
`model.predict` of the very same model on the same backend. `--write` puts the tables into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import tenfold
import tenfold.engine

# isort: split
import keras
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))
from networks import keras_network, noise
from processes import answer
from section import fill

MANY = 10_000
ONES = 200  # pictures that are asked about one by one, in each round


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--recipes", nargs="+", default=["mlp", "cnn"], choices=["first", "hidden10", "wide", "mlp", "cnn"]
    )
    parser.add_argument("--write", action="store_true", help="also put the tables into docs/benchmarks.md")
    given = parser.parse_args()
    text = f"{predictions(given.recipes, given.rounds)}\n\n{starts(given.rounds)}"
    print(text)
    if given.write:
        fill("answers", text)


def predictions(recipes: list[str], rounds: int) -> str:
    titles = ["", "one picture, ms", "with Keras, ms", f"{MANY:,} pictures, s", "with Keras, s", "of the matrix rate"]
    rate = max(answer("matrix_rate.py", ["jax"])["gflops"] for _ in range(2))
    rows = []
    for recipe in recipes:
        model, (pictures, _) = keras_network(recipe, raw=True), noise(recipe, MANY)
        asked: dict[str, Callable[[], float]] = {
            "one": lambda model=model, x=pictures: one_by_one(lambda each: tenfold.engine.predict(model, each), x),
            "one, Keras": lambda model=model, x=pictures: one_by_one(
                lambda each: model.predict(each, verbose=0), x[:40]
            ),
            "many": lambda model=model, x=pictures: seconds(lambda: tenfold.engine.predict(model, x)),
            "many, Keras": lambda model=model, x=pictures: seconds(lambda: model.predict(x, verbose=0)),
        }
        took: dict[str, list[float]] = {name: [] for name in asked}
        for round_ in range(rounds + 1):
            for name, measure in asked.items():
                value = measure()
                if round_:  # the first compiles
                    took[name].append(value)
        reached = operations(model) * MANY / statistics.median(took["many"]) / 1e9 / rate
        cells = [
            spread(took["one"], 1e3, "{:.2f}"),
            spread(took["one, Keras"], 1e3, "{:.1f}"),
            spread(took["many"], 1, "{:.3f}"),
            spread(took["many, Keras"], 1, "{:.2f}"),
        ]
        rows.append([recipe, *cells, f"{100 * reached:.0f} %"])
    return table(titles, rows)


def one_by_one(predict: Callable[[np.ndarray], object], pictures: np.ndarray) -> float:
    """The median seconds for one picture at a time."""
    return statistics.median(
        seconds(lambda at=at: predict(pictures[at : at + 1])) for at in range(min(ONES, len(pictures)))
    )


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def operations(model: keras.Model) -> float:
    """Floating-point operations of the matrix products and convolutions that one picture needs."""
    of_layers = [
        2 * math.prod(layer.kernel.shape) * (math.prod(layer.output.shape[1:-1]) if layer.kernel.ndim > 2 else 1)
        for layer in model.layers
        if hasattr(layer, "kernel")
    ]
    return float(sum(of_layers))


def starts(rounds: int) -> str:
    """Whole processes; the programs that Tenfold keeps are there, but for the row that says otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        train = [sys.executable, "-m", "tenfold", "train", "--data", "digits", "--runs", str(Path(folder) / "runs")]
        commands = {
            "`import keras`": [sys.executable, "-c", "import keras"],
            "`import tenfold.engine`, which imports Keras": [sys.executable, "-c", "import tenfold.engine"],
            "`tenfold --help`": [sys.executable, "-m", "tenfold", "--help"],
            "`tenfold train --data digits --no-report`, to the end": [*train, "--no-report"],
            "`tenfold train --data digits`, with its report": train,
            "the same, no programs kept": train,
        }
        took: dict[str, list[float]] = {name: [] for name in commands}
        for round_ in range(rounds + 1):
            for number, (name, command) in enumerate(commands.items()):
                cache = Path(folder) / ("kept" if number < len(commands) - 1 else f"empty-{round_}")
                surroundings = {**os.environ, "KERAS_BACKEND": "jax", "TENFOLD_CACHE": str(cache)}
                value = seconds(lambda command=command, env=surroundings: run(command, env))
                if round_:  # the first fills the cache, and the disk's
                    took[name].append(value)
    return table(
        ["a process, from start to end", "s"], [[name, spread(each, 1, "{:.2f}")] for name, each in took.items()]
    )


def run(command: list[str], surroundings: dict[str, str]) -> None:
    subprocess.run(command, env=surroundings, check=True, capture_output=True)


def spread(values: list[float], scale: float, form: str) -> str:
    told = [form.format(scale * value) for value in (statistics.median(values), min(values), max(values))]
    return f"{told[0]} ({told[1]}–{told[2]})"


def table(titles: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (titles, ["---"] * len(titles), *rows))


if __name__ == "__main__":
    main()
