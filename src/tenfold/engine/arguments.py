"""What `model.fit` would make of its arguments, as plain arrays and numbers.

Keras checks, converts and names everything itself: its own epoch iterator is built from the arguments, so that a
wrong one gets Keras' own message, and then read instead of iterated. This is the one module that looks inside Keras'
data adapters (`keras.src.trainers`); what cannot be read as arrays there is left to `model.fit`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import numpy as np
from keras.src.backend.jax.trainer import JAXEpochIterator
from keras.src.trainers.data_adapters import array_slicing
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter, can_convert_arrays

from tenfold.backend import keras
from tenfold.engine.feed import Arrays
from tenfold.engine.order import Shuffle


class Asked(NamedTuple):
    """What `fit` was asked for, data aside, under the names that `model.fit` has for it."""

    batch_size: int | None
    epochs: int
    verbose: int | str
    callbacks: Any
    shuffle: Shuffle
    class_weight: dict[int, float] | None
    initial_epoch: int
    steps_per_epoch: int | None
    validation_steps: int | None
    validation_batch_size: int | None
    validation_freq: int | list[int]


class Inputs(NamedTuple):
    """Everything that says which arrays go through the model in which batches."""

    arrays: Arrays
    rows: int
    batch_size: int
    shuffle: Shuffle
    steps: int | None  # `steps_per_epoch` as Keras sees it, after its own debugging caps
    iterator: Any  # Keras' own, which builds an unbuilt model with its first batch


def inputs(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    steps: int | None = None,
    shuffle: Shuffle = False,
    class_weight: dict[int, float] | None = None,
) -> Inputs | None:
    """The arguments as arrays, or None when they are something else (a generator, a tf.data pipeline, sparse)."""
    if not can_convert_arrays((x, y, sample_weight)):
        return None  # before an iterator is made of it: that would take the first batches out of a generator
    iterator = JAXEpochIterator(
        x=x,
        y=y,
        sample_weight=sample_weight,
        batch_size=batch_size,
        steps_per_epoch=steps,
        shuffle=shuffle,
        class_weight=class_weight,
    )
    adapter: ArrayDataAdapter = iterator.data_adapter
    sliceables = array_slicing.convert_to_sliceable(adapter._inputs, target_backend="jax")
    arrays = keras.tree.map_structure(
        lambda sliceable: sliceable.convert_to_jax_compatible(sliceable[:]), sliceables, none_is_leaf=False
    )
    leaves = [leaf for leaf in keras.tree.flatten(arrays) if leaf is not None]
    if not all(_is_dense(leaf) for leaf in leaves):
        return None
    return Inputs(
        arrays=arrays,
        rows=adapter._num_samples,
        batch_size=adapter.batch_size,
        shuffle=adapter._shuffle,
        steps=iterator.steps_per_epoch,
        iterator=iterator,
    )


def scoring_iterator(
    model: keras.Model, x: Any, y: Any, sample_weight: Any, batch_size: int | None, steps: int | None
) -> Any:
    """The iterator that Keras' own fit makes once and evaluates with after every epoch."""
    return JAXEpochIterator(
        x=x,
        y=y,
        sample_weight=sample_weight,
        batch_size=batch_size,
        steps_per_epoch=steps,
        steps_per_execution=model.steps_per_execution,
    )


def _is_dense(leaf: Any) -> bool:
    """Numbers in a NumPy or JAX array: not sparse, not text. (NumPy files bfloat16 under kind "V".)"""
    return isinstance(leaf, np.ndarray | jax.Array) and (leaf.dtype.kind in "biuf" or leaf.dtype.name == "bfloat16")


def split_off_validation(x: Any, y: Any, sample_weight: Any, fraction: float) -> tuple[Any, Any]:
    """Keras' `validation_split`: the last rows, before any shuffling. Returns (x, y, weights) twice."""
    train, held_out = array_slicing.train_validation_split((x, y, sample_weight), validation_split=fraction)
    return train, held_out


def from_dataset(x: Any, y: Any, validation_data: Any) -> tuple[Any, Any, Any]:
    """Let a Tenfold `Dataset`, or one split of it, stand where Keras takes arrays.

    Anything with `images` and `labels` is a split; anything with a `train` split is a data set, whose own validation
    split is used when no other is given. This folder knows no more of them than that.
    """
    if y is None and hasattr(x, "train") and hasattr(x.train, "images"):
        if validation_data is None:
            validation_data = getattr(x, "validation", None)
        x = x.train
    if hasattr(validation_data, "images") and hasattr(validation_data, "labels"):
        validation_data = (validation_data.images, validation_data.labels)
    if y is None and hasattr(x, "images") and hasattr(x, "labels"):
        x, y = x.images, x.labels
    return x, y, validation_data
