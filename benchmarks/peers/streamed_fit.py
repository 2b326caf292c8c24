"""One process of the streaming benchmark: `tenfold.fit` on noise in a file, kept on the device or streamed from there.

    python streamed_fit.py RECIPE EPOCHS IMAGES_NPY LABELS_NPY resident|streamed

Prints one JSON object: seconds of every epoch, and the process's memory after it in MiB (own, and mapped from files).
"""

import json
import re
import sys
import time
from pathlib import Path

import tenfold

# isort: split
import keras
import numpy as np
from networks import BATCH, keras_network

recipe, epochs, images, labels, how = sys.argv[1:6]


def memory():
    """What /proc tells, where there is one: memory of its own, and pages of files, which the system may take back."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    return [int(re.search(rf"{kind}:\s+(\d+) kB", status)[1]) // 1024 for kind in ("RssAnon", "RssFile")]


class Watch(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seconds, self.memory = [], []

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(round(time.perf_counter() - self.began, 5))
        self.memory.append(memory())


x = np.load(images, mmap_mode="r" if how == "streamed" else None)
y = np.load(labels)
model = keras_network(recipe, raw=True)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
watch = Watch()
budget = {"resident_bytes": 0} if how == "streamed" else {}
settings = {"epochs": int(epochs), "batch_size": BATCH[recipe], "verbose": 0, "callbacks": [watch]}
history = tenfold.fit(model, x, y, **settings, **budget)
assert history.compile_seconds, "this training was left to Keras"
print(json.dumps({"epochs": watch.seconds, "memory": watch.memory}), flush=True)
