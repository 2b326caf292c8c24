"""Each argument of `fit` means what it means to Keras, alone and together with others."""

from __future__ import annotations

import re
import warnings
from typing import Any

import jax.numpy as jnp
import keras
import numpy as np
import pytest
from keras import layers
from tests.equivalence.side_by_side import assert_same, blobs, compiled, dense, side_by_side, trained

from tenfold import engine

X, Y = blobs(50)
WEIGHTS = np.linspace(0.1, 2.0, 50)


def simple() -> keras.Model:
    """As little as has a loss, a metric, and an order of batches that shows."""
    return compiled(
        dense(units=3),
        keras.optimizers.SGD(0.1),
        metrics=["accuracy"],
        weighted_metrics=["sparse_categorical_crossentropy"],
    )


GIVEN: dict[str, dict[str, Any]] = {
    "everything default": {},
    "one short batch": {"batch_size": 64},
    "two validation weights": {"validation_data": (X[:25], Y[:25], WEIGHTS[:25]), "batch_size": 7},
    "split with weights": {"validation_split": 0.25, "sample_weight": WEIGHTS, "batch_size": 16},
    "data beats split": {"validation_split": 0.25, "validation_data": (X[:9], Y[:9])},
    "in order": {"shuffle": False, "batch_size": 16},
    "within batches": {"shuffle": "batch", "batch_size": 16},
    "class weights": {"class_weight": {0: 0.5, 1: 2.0, 2: 3.0}, "batch_size": 25},
    "later epochs": {"initial_epoch": 2, "epochs": 4, "batch_size": 25},
    "no epochs": {"epochs": 0},
    "no epochs left": {"initial_epoch": 5, "epochs": 3},
    "fewer steps": {"steps_per_epoch": 2, "batch_size": 12, "epochs": 5},
    "steps that come out even": {"steps_per_epoch": 1, "batch_size": 25, "epochs": 3},
    "steps within batches": {"steps_per_epoch": 3, "batch_size": 12, "epochs": 2, "shuffle": "batch"},
    "steps without a batch size": {"steps_per_epoch": 4},
    "every second epoch": {"validation_split": 0.5, "validation_freq": 2, "epochs": 5, "batch_size": 25},
    "chosen epochs": {"validation_split": 0.5, "validation_freq": [1, 3], "epochs": 3, "batch_size": 25},
    "never validated": {"validation_split": 0.5, "validation_freq": 9, "batch_size": 25},
    "validation batches": {"validation_split": 0.5, "validation_batch_size": 8, "validation_steps": 2},
    "as strings and sizes": {"batch_size": np.int64(25), "validation_split": np.float32(0.5)},
}
RARE = {
    "one short batch",
    "as strings and sizes",
    "split with weights",
    "steps that come out even",
    "in order",
    "later epochs",
    "never validated",
    "steps within batches",
    "every second epoch",
    "no epochs left",
    "steps without a batch size",
    "int64",
    "float16",
    "bool",
    "every other row",
    "column order",
}


@pytest.mark.parametrize(
    "given",
    [pytest.param(case, id=name, marks=[pytest.mark.slow] * (name in RARE)) for name, case in GIVEN.items()],
)
@pytest.mark.filterwarnings("ignore:Your input ran out of data")  # Keras, of a pass that ends within an epoch
def test_arguments(given: dict[str, Any]) -> None:
    trains = given.get("epochs", 2) > given.get("initial_epoch", 0)
    side_by_side(simple, {"x": X, "y": Y} | given, is_compiled=trains)


def test_more_steps_than_batches_trains_what_there_is_and_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        side_by_side(simple, {"x": X, "y": Y, "batch_size": 25, "steps_per_epoch": 5})
    with pytest.warns(UserWarning, match="steps_per_epoch is 5, but the data holds 2 batches"):
        engine.fit(simple(), X, Y, batch_size=25, steps_per_epoch=5, verbose=0)


INPUTS: dict[str, Any] = {
    "uint8": lambda x: (abs(x) * 40).astype("uint8"),
    "float64": lambda x: x.astype("float64"),
    "int64": lambda x: (x * 3).astype("int64"),
    "bool": lambda x: x > 0,
    "float16": lambda x: x.astype("float16"),
    "jax": jnp.asarray,
    "bfloat16": lambda x: jnp.asarray(x, "bfloat16"),
    "every other row": lambda x: np.repeat(x, 2, axis=0)[::2],
    "column order": np.asfortranarray,
}


@pytest.mark.parametrize(
    "convert",
    [pytest.param(case, id=name, marks=[pytest.mark.slow] * (name in RARE)) for name, case in INPUTS.items()],
)
def test_inputs_of_every_type(convert: Any) -> None:
    given = {"x": convert(X), "y": convert(np.asarray(Y)), "batch_size": 25, "epochs": 1}
    if convert(np.asarray(Y)).dtype in (bool, np.uint8):
        given["y"] = Y.astype("uint8")
    side_by_side(simple, given)


def test_plain_classes_of_arrays_are_taken_as_arrays() -> None:
    class Shelf:
        """Something that NumPy can read and that is neither NumPy's nor JAX's."""

        shape, dtype = X.shape, X.dtype

        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            return X

        def __getitem__(self, rows: Any) -> np.ndarray:
            return X[rows]

    side_by_side(simple, {"x": Shelf(), "y": Y, "batch_size": 25, "epochs": 1})


def test_a_dataset_stands_for_its_arrays() -> None:
    class Split:
        def __init__(self, images: np.ndarray, labels: np.ndarray) -> None:
            self.images, self.labels = images, labels

    class Data:
        train, validation = Split(X[:40], Y[:40]), Split(X[40:], Y[40:])

    def with_data(model: keras.Model, **named: Any) -> Any:
        return engine.fit(model, Data(), **named)

    arrays = {"x": X[:40], "y": Y[:40], "validation_data": (X[40:], Y[40:])}
    by_arrays = trained(engine.fit, simple, lambda: dict(arrays), list)
    by_dataset = trained(with_data, simple, dict, list)
    assert_same(by_arrays, by_dataset, rtol=0, atol=0)


def test_several_steps_per_execution() -> None:
    def build() -> keras.Model:
        return compiled(dense(), "sgd", metrics=["accuracy"], steps_per_execution=3)

    side_by_side(build, {"x": X, "y": Y, "batch_size": 12, "validation_split": 0.4})


def test_debugging_caps_on_steps_are_kept() -> None:
    keras.config.set_max_steps_per_epoch(2)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            side_by_side(simple, {"x": X, "y": Y, "batch_size": 10, "validation_split": 0.4})
    finally:
        keras.config.set_max_steps_per_epoch(None)


def test_a_second_fit_goes_on_from_the_first() -> None:
    def build() -> keras.Model:
        model = simple()
        model.fit(X, Y, batch_size=25, verbose=0)
        return model

    side_by_side(build, {"x": X, "y": Y, "batch_size": 25})


WRONG: dict[str, dict[str, Any]] = {
    "lengths": {"x": X, "y": Y[:-1]},
    "nothing": {},
    "both weights": {"x": X, "y": Y, "class_weight": {0: 1.0}, "sample_weight": WEIGHTS},
    "lists of numbers": {"x": [[1.0, 2.0]], "y": [1]},
    "split too small": {"x": X[:1], "y": Y[:1], "validation_split": 0.1},
    "split of a generator": {"x": (each for each in ()), "validation_split": 0.1},
    "empty generator": {"x": (each for each in ())},
    "wrong width": {"x": X[:, :3], "y": Y},
    "weights of another structure": {"x": X, "y": Y, "sample_weight": WEIGHTS[:-1]},
    "frequency": {"x": X, "y": Y, "validation_data": (X, Y), "validation_freq": "often"},
    "validation tuple": {"x": X, "y": Y, "validation_data": (X, Y, WEIGHTS, 1)},
}


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
def test_wrong_arguments_get_the_words_of_keras(given: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(Exception) as keras_own:  # noqa: PT011  (whatever Keras says is right)
            simple().fit(**given, verbose=0)
        with pytest.raises(keras_own.type, match=re.escape(words(keras_own.value))):
            engine.fit(simple(), **given, verbose=0)


def words(error: Exception) -> str:
    """The start of the first line of a message, without the names that Keras numbers anew for every model."""
    return re.split(r"sequential|\d", str(error).partition("\n")[0])[0]


def test_a_model_that_is_not_compiled_is_refused_in_the_words_of_keras() -> None:
    with pytest.raises(ValueError, match=re.escape("You must call `compile()` before calling `fit()`.")):
        engine.fit(dense(), X, Y)


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [1, 7, 50, 51])
@pytest.mark.parametrize("shuffle", [True, False, "batch"])
@pytest.mark.parametrize("steps", [None, 2, 3])
@pytest.mark.parametrize("normalised", [False, True])
def test_batches_steps_and_shuffling_together(batch_size: int, shuffle: Any, steps: Any, normalised: bool) -> None:
    def build() -> keras.Model:
        stack = [keras.Input((4,)), layers.BatchNormalization(), layers.Dense(3, activation="softmax")]
        return compiled(keras.Sequential(stack if normalised else [stack[0], stack[2]]), "sgd", metrics=["accuracy"])

    if normalised and batch_size == 1:
        pytest.skip("a row normalised by itself is 0, and every class as likely: which one wins is rounding")
    given = {"x": X, "y": Y, "batch_size": batch_size, "shuffle": shuffle, "steps_per_epoch": steps}
    given["epochs"] = 6  # whole passes: within batches Keras draws a batch at a time, the engine a pass at a time
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        side_by_side(build, given | {"validation_split": 0.2}, rtol=1e-3, atol=1e-4)
