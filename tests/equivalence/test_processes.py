"""Two processes that share every batch through `jax.distributed` train as one process does."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tenfold import engine

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(150, 4)).astype("float32")
Y = RANDOM.integers(0, 3, 150)
GIVEN = {"x": X, "y": Y, "batch_size": 16, "validation_data": (X[:40], Y[:40])}
ONLY_HERE = 1  # the process whose user presses Ctrl-C


class PressesCtrlC(keras.callbacks.Callback):
    """Ctrl-C, in one of the processes, at the end of an epoch."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        signal.raise_signal(signal.SIGINT)


def model(seed: int) -> keras.Model:
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    stack = [keras.Input((4,)), layers.Dense(6), layers.BatchNormalization(), layers.Dropout(0.3), layers.Dense(3)]
    network = keras.Sequential([*stack, layers.Softmax()])
    network.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


def trainings(process: int, **named: Any) -> dict[str, Any]:
    """Resident and streamed; process 0's seed decides weights and order, whatever the other one's is."""
    network = model(seed=3 + process)
    first = engine.fit(network, **GIVEN, epochs=2, **named)
    streamed = engine.fit(network, **GIVEN | {"batch_size": 50}, epochs=2, seed=1, resident_bytes=0, **named)
    scores = engine.evaluate(network, X, Y, devices=named.get("devices"))
    return {"first": first.history, "streamed": streamed.history, "scores": scores}


def one_of_two(process: int, port: str) -> None:
    """What each of the two does; the result goes to stderr, so that stdout holds what a person would see."""
    import jax

    jax.config.update("jax_num_cpu_devices", 2)
    jax.distributed.initialize(f"127.0.0.1:{port}", 2, process, coordinator_bind_address=f"127.0.0.1:{port}")
    result = trainings(process, devices=4)
    try:
        callbacks = [PressesCtrlC()] if process == ONLY_HERE else []
        engine.fit(model(1), X, Y, epochs=9, callbacks=callbacks, verbose=0, devices=4)
    except engine.Interrupted as stopped:
        result["stopped"] = stopped.position[:2]
    try:
        engine.fit(model(1), X[: 100 + process], Y[: 100 + process], verbose=0, devices=4)
    except Exception as error:
        result["refused"] = str(error)
    print("RESULT", json.dumps(result), file=sys.stderr)


@pytest.mark.slow
def test_two_processes_train_as_one() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    paths = os.pathsep.join([str(Path(engine.__file__).parents[2]), str(Path(__file__).parents[2])])
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.equivalence.test_processes", str(process), port],
            env=os.environ | {"XLA_FLAGS": "", "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for process in (0, 1)
    ]
    ended = [process.communicate(timeout=200) for process in started]
    assert [process.returncode for process in started] == [0, 0], ended
    results = [json.loads(err.partition("RESULT ")[2].splitlines()[0]) for _, err in ended]
    assert results[0] == results[1]
    alone = trainings(0, verbose=0)
    for name, history in alone.items():
        for metric, values in history.items():
            np.testing.assert_allclose(results[0][name][metric], values, 1e-4, 1e-5, err_msg=f"{name} {metric}")
    assert results[0]["stopped"] == [1, 0]
    assert results[0]["refused"].startswith("rows: 100 in process 0, 101 in process 1; expected the same in every")
    assert "epoch 2/2" in ended[0][0]
    assert "epoch" not in ended[1][0], "only process 0 shows progress"


if __name__ == "__main__":
    one_of_two(int(sys.argv[1]), sys.argv[2])
