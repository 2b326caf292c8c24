"""What cannot be compiled without changing what the user asked for, and the one line that says why.

Compiled chunks of steps see Python only between chunks. Whatever must look at, or change, training between any two
batches goes to `model.fit`, which does just that. The rule is: never a different result, and never a silent change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keras.src.backend.config import is_nnx_enabled, max_epochs

from tenfold.backend import keras

TRAIN_HOOKS = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
TEST_HOOKS = ("on_test_batch_begin", "on_test_batch_end")

# Keras marks these as beyond XLA for TensorFlow's sake. On JAX XLA compiles them, to the same pictures.
LAYERS_FOR_JAX = {"RandomRotation", "RandomTranslation", "RandomZoom", "RandomShear", "RandomPerspective"}


def why_not_compiled(model: keras.Model, callbacks: Any) -> str | None:
    """The reason why this training is left to `model.fit`, or None when it can be compiled."""
    if model.optimizer is None:
        return "the model was compiled without an optimizer"
    if model.run_eagerly:
        return "the model was compiled with run_eagerly=True"
    if not can_be_traced(model):
        return "the model was compiled with jit_compile=False, or has a layer that XLA cannot compile"
    if keras.distribution.distribution() is not None:
        return "a keras.distribution is set"
    if is_nnx_enabled():
        return "Keras runs in Flax NNX mode"
    if max_epochs():
        return "keras.config.set_max_epochs is set"
    for method in ("fit", "make_train_function"):
        if getattr(type(model), method) is not getattr(keras.Model, method):
            return f"the model has a {method}() of its own"
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return "callbacks were given as a CallbackList"
    for callback in keras.tree.flatten(callbacks) if callbacks else []:
        hooks = batch_hooks(callback)
        if hooks and not tolerates_chunks(callback):
            return f"the callback {type(callback).__name__} wants to be called at every batch ({hooks[0]})"
    return None


def can_be_traced(model: keras.Model) -> bool:
    """Whether the model may run as a compiled program: its user did not say no, and neither does one of its layers."""
    if model.run_eagerly or model.jit_compile:
        return not model.run_eagerly
    refusing = [layer for layer in model._flatten_layers() if not layer.supports_jit]
    known = [getattr(keras.layers, name) for name in LAYERS_FOR_JAX]
    return bool(refusing) and all(type(layer) in known for layer in refusing)


def batch_hooks(callback: Any) -> list[str]:
    """The batch-level methods that this callback has of its own."""
    return [
        hook for hook in TRAIN_HOOKS + TEST_HOOKS if not getattr(getattr(callback, hook, None), "_is_default", False)
    ]


def tolerates_chunks(callback: Any) -> bool:
    """Whether one of Keras' own callbacks, set up as it is, does nothing between the batches of an epoch."""
    kinds = keras.callbacks
    kind = type(callback)
    if kind in (kinds.ModelCheckpoint, kinds.BackupAndRestore):
        return bool(callback.save_freq == "epoch")
    if kind is kinds.TensorBoard:
        return callback.update_freq == "epoch" and not callback._should_trace and not callback.write_steps_per_second
    if kind is kinds.LambdaCallback:
        return not batch_hooks(callback)
    # Keras' bar would be redrawn once a chunk: that is what it does with `steps_per_execution`.
    return kind is kinds.ProgbarLogger


def hooks_wanted(callbacks: Iterable[Any]) -> bool:
    """Whether any callback has batch-level methods, which are then called once a chunk."""
    return any(batch_hooks(callback) for callback in callbacks)
