"""What metrics, progress and callbacks cost: an epoch with them against the same compiled loop without.

    .venv/bin/python benchmarks/overhead.py [--rounds 21] [--recipes hidden10 mlp] [--write]

All variants are trained in this one process, in turns; the figures are medians of the rounds' ratios, and the column
"noise" is what comparing the bare loop with itself gives. The progress line goes to a terminal (a pseudo-terminal that
is read as it is written), so this needs Unix. The goal: all of it together under 2 % of an epoch. `--write` puts the
table into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tenfold

# isort: split
import keras

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))
from networks import BATCH, keras_network, noise
from section import fill

RECIPES = {"first": 60_000, "hidden10": 60_000, "wide": 60_000, "mlp": 60_000, "cnn": 3_000}
VARIANTS = {  # name → (metrics, progress, callbacks)
    "none": (False, False, False),
    "none again": (False, False, False),  # what this finds is noise
    "metrics": (True, False, False),
    "progress": (False, True, False),
    "callbacks": (False, False, True),
    "all": (True, True, True),
}


class Clock(keras.callbacks.Callback):
    """Seconds from the start of an epoch to the start of the next: everything that happens between is in them."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.starts: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.starts.append(time.perf_counter())

    def seconds(self) -> list[float]:
        return [later - earlier for earlier, later in zip(self.starts, self.starts[1:], strict=False)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--epochs", type=int, default=3, help="measured in each round, after a first that is not")
    parser.add_argument("--recipes", nargs="+", default=list(RECIPES), choices=list(RECIPES))
    parser.add_argument("--images", type=int, help="another number of pictures than each recipe's own")
    parser.add_argument("--write", action="store_true", help="also put the table into docs/benchmarks.md")
    given = parser.parse_args()
    titles = ["", "seconds of an epoch without", "noise", *list(VARIANTS)[2:]]
    rows = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    print(*rows, sep="\n", flush=True)
    for recipe in given.recipes:
        seconds = measured(recipe, given.images or RECIPES[recipe], given.epochs, given.rounds)
        plain = seconds["none"]
        cells = [
            f"{100 * (statistics.median(b / a for a, b in zip(plain, seconds[name], strict=True)) - 1):+.1f} %"
            for name in list(VARIANTS)[1:]
        ]
        rows.append(f"| {recipe} | {statistics.median(plain):.4f} | " + " | ".join(cells) + " |")
        print(rows[-1], flush=True)
    if given.write:
        fill("overhead", "\n".join(rows))


def measured(recipe: str, images: int, epochs: int, rounds: int) -> dict[str, list[float]]:
    """For every variant the median epoch of each round."""
    x, y = noise(recipe, images)
    models = {metrics: compiled(recipe, metrics) for metrics in (False, True)}
    seconds: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for round_ in range(rounds):
        names = list(VARIANTS)[round_ % len(VARIANTS) :] + list(VARIANTS)[: round_ % len(VARIANTS)]
        for name in names:
            metrics, progress, callbacks = VARIANTS[name]
            clock = Clock()
            given = {"batch_size": BATCH[recipe], "epochs": epochs + 2, "verbose": int(progress)}
            given["callbacks"] = [clock, *(some_callbacks() if callbacks else [])]
            with terminal():
                tenfold.fit(models[metrics], x, y, **given)
            seconds[name].append(statistics.median(clock.seconds()[1:]))
    return seconds


def compiled(recipe: str, metrics: bool) -> keras.Model:
    model = keras_network(recipe, raw=True)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"] if metrics else None)
    return model


def some_callbacks() -> list[Any]:
    """What a script typically has, beside the History that there always is."""
    seen: list[float] = []
    return [
        keras.callbacks.EarlyStopping(monitor="loss", patience=1000),
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs["loss"])),
    ]


@contextmanager
def terminal() -> Iterator[None]:
    """Standard output is a terminal that somebody reads."""
    reading, writing = os.openpty()
    usual, sys.stdout = sys.stdout, os.fdopen(writing, "w", encoding="utf-8")

    def drain() -> None:
        try:
            while os.read(reading, 65536):
                pass
        except OSError:
            pass  # the other end was closed

    reader = threading.Thread(target=drain, daemon=True)
    reader.start()
    try:
        yield
    finally:
        sys.stdout.close()
        sys.stdout = usual
        reader.join()
        os.close(reading)


if __name__ == "__main__":
    os.environ.setdefault("TERM", "xterm-256color")
    main()
