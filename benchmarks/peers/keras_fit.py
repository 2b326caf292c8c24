"""One peer, one process: a Keras script as the lab sheets write it, or the same script with `tenfold.fit`.

    KERAS_BACKEND=jax python keras_fit.py RECIPE EPOCHS ROWS SEED MNIST_NPZ
                                          [--tenfold] [--steps-per-execution N] [--jit-compile]

Prints one JSON object: seconds of every epoch, test accuracy, floating-point operations of an epoch, versions.
"""

import argparse
import json
import math
import sys
import time

parser = argparse.ArgumentParser()
for name, kind in (("recipe", str), ("epochs", int), ("rows", int), ("seed", int), ("npz", str)):
    parser.add_argument(name, type=kind)
parser.add_argument("--tenfold", action="store_true")
parser.add_argument("--steps-per-execution", type=int, default=1)
parser.add_argument("--jit-compile", action="store_true", help="where Keras by itself would not: TensorFlow on a CPU")
given = parser.parse_args()

if given.tenfold:
    import tenfold  # before Keras, as its page says
    import tenfold.engine

import keras
from networks import BATCH, keras_network, pictures


class Clock(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        float(logs["loss"])  # waits for what a backend may still be computing
        self.seconds.append(round(time.perf_counter() - self.began, 5))


def operations(network, rows):
    """Floating-point operations of one epoch's matrix products: forward, and back to the weights and the inputs."""
    forward = []
    for layer in network.layers:
        if hasattr(layer, "kernel"):
            places = math.prod(layer.output.shape[1:-1]) if layer.kernel.ndim > 2 else 1
            forward.append(2 * math.prod(layer.kernel.shape) * places)
    return rows * (3 * sum(forward) - forward[0])  # nothing flows back into the pictures


x, y, test_x, test_y = pictures(given.recipe, given.npz, given.rows)
keras.utils.set_random_seed(given.seed)
model = keras_network(given.recipe)
steps = {"steps_per_execution": given.steps_per_execution, "jit_compile": given.jit_compile or "auto"}
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], **steps)
clock = Clock()
settings = {"epochs": given.epochs, "batch_size": BATCH[given.recipe], "verbose": 0, "callbacks": [clock]}
if given.tenfold:
    history = tenfold.fit(model, x, y, **settings)
    assert history.compile_seconds, "this training was left to Keras"
    accuracy = tenfold.engine.evaluate(model, test_x, test_y, batch_size=1000)["accuracy"]
else:
    model.fit(x, y, **settings)
    accuracy = model.evaluate(test_x, test_y, batch_size=1000, verbose=0)[1]
backend = keras.backend.backend()
versions = {"Keras": keras.__version__, backend: sys.modules[backend].__version__}
versions |= {"Tenfold": tenfold.__version__} if given.tenfold else {}
said = {"epochs": clock.seconds, "accuracy": float(accuracy), "operations": operations(model, len(x))}
print(json.dumps({**said, "versions": versions}), flush=True)
