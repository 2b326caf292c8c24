"""One point of one curve: images a second of the mlp on uint8 noise, by Keras' own fit on JAX or by `tenfold.fit`.

    KERAS_BACKEND=jax python keras_growing.py IMAGES BATCH WIDTH DEVICES SECONDS [--tenfold]

Runs epochs for about SECONDS after the first two, and prints one JSON object: the median of their seconds.
"""

import argparse
import json
import os
import statistics
import sys
import time

parser = argparse.ArgumentParser()
for name, kind in (("images", int), ("batch", int), ("width", int), ("devices", int), ("seconds", float)):
    parser.add_argument(name, type=kind)
parser.add_argument("--tenfold", action="store_true")
given = parser.parse_args()

if given.devices > 1:  # as many as there are processors, and more, are made of the one that there is
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={given.devices}"
if given.tenfold:
    import tenfold

import keras
from networks import keras_network, noise

WARM_UP = 2


class Until(keras.callbacks.Callback):
    """Ends the training once enough epochs were measured, from the start of one to the start of the next."""

    def on_train_begin(self, logs=None):
        self.starts = []

    def on_epoch_begin(self, epoch, logs=None):
        self.starts.append(time.perf_counter())

    def on_epoch_end(self, epoch, logs=None):
        float(logs["loss"])  # waits for what a backend may still be computing
        measured = time.perf_counter() - self.starts[WARM_UP] if epoch >= WARM_UP else 0
        self.model.stop_training = measured > given.seconds

    def on_train_end(self, logs=None):
        self.starts.append(time.perf_counter())


if given.devices > 1 and not given.tenfold:
    keras.distribution.set_distribution(keras.distribution.DataParallel())
x, y = noise("mlp", given.images)
model = keras_network("mlp", given.width, raw=True)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
until = Until()
settings = {"epochs": 1_000_000, "batch_size": given.batch, "verbose": 0, "callbacks": [until]}
if given.tenfold:
    more = {"devices": given.devices} if given.devices > 1 else {}
    tenfold.fit(model, x, y, **settings, **more)
else:
    model.fit(x, y, **settings)
seconds = [later - earlier for earlier, later in zip(until.starts, until.starts[1:], strict=False)][WARM_UP:]
versions = {"Keras": keras.__version__, "jax": sys.modules["jax"].__version__}
print(json.dumps({"epoch": statistics.median(seconds), "epochs": len(seconds), "versions": versions}), flush=True)
