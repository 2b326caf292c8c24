"""Compiled programs on the disk: a second process compiles nothing, and a damaged or foreign one costs only time."""

import os
import subprocess
import sys

import pytest

from tenfold.engine import cache

CODE = """
import warnings; warnings.simplefilter("error")
import jax, jax.monitoring, numpy as np
from tenfold import engine
from tenfold.backend import keras
found = []
jax.monitoring.register_event_listener(lambda event, **_: found.append(event))
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.layers.Input((6,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(3, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
x = np.random.default_rng(0).normal(size=(64, 6)).astype("float32")
history = engine.fit(model, x, np.arange(64) % 3, epochs=1, verbose=0)
print(history.history["loss"][0], sum(event.endswith("/cache_hits") for event in found))
"""


def train(folder):
    environment = {**os.environ, "TENFOLD_CACHE": str(folder), "PYTHONWARNINGS": "error"}
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    loss, hits = done.stdout.split()
    return loss, int(hits)


@pytest.mark.slow
def test_a_second_process_finds_the_programs_and_a_damaged_one_is_only_slower(tmp_path):
    first, hits = train(tmp_path)
    assert hits == 0
    kept = [path for path in (tmp_path / "programs").rglob("*") if path.name.endswith("-cache")]
    assert kept
    again, hits = train(tmp_path)
    assert (again, hits) == (first, len(kept))
    for path in kept:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] + b"\0damaged")
    damaged, hits = train(tmp_path)
    assert (damaged, hits) == (first, 0)


def test_another_machine_has_another_folder(monkeypatch):
    here = cache.machine()
    assert cache.machine() == here
    monkeypatch.setattr(cache, "processor_features", lambda: ["flags: fewer"])
    assert cache.machine() != here


def test_a_folder_that_cannot_be_made_is_done_without(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(cache.jax.config, "update", pytest.fail)
    cache.keep_programs.__wrapped__()
