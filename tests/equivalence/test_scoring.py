"""`engine.evaluate` and `engine.predict` say what `model.evaluate` and `model.predict` say."""

from __future__ import annotations

from typing import Any

import jax
import keras
import numpy as np
import pytest
from keras import layers, ops
from tests.equivalence.side_by_side import assert_close, blobs, compiled, dense

from tenfold import engine
from tenfold.engine import prediction

X, Y = blobs(50)
WEIGHTS = np.linspace(0, 1, 50)


def scored() -> keras.Model:
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((4,)), layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(model, "sgd", loss, metrics=["accuracy"], weighted_metrics=["sparse_categorical_accuracy"])


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"batch_size": 20},
        {"sample_weight": WEIGHTS, "batch_size": 50},
        {"steps": 2, "batch_size": 8},
    ],
    ids=lambda given: " ".join(given) or "default",
)
def test_evaluate(given: dict[str, Any]) -> None:
    model = scored()
    theirs = model.evaluate(X, Y, verbose=0, return_dict=True, **given)
    ours = engine.evaluate(model, X, Y, **given)
    assert list(theirs) == list(ours)
    for name, value in theirs.items():
        assert_close(value, ours[name], name)
    assert all(isinstance(value, float) for value in ours.values())


def test_evaluate_takes_anything_that_keras_takes() -> None:
    model = scored()

    def batches() -> Any:
        yield X[:10], Y[:10]
        yield X[10:40], Y[10:40]
        yield X[40:], Y[40:]

    theirs = model.evaluate(batches(), steps=2, verbose=0, return_dict=True)
    assert engine.evaluate(model, batches(), steps=2) == pytest.approx(theirs, rel=1e-5)


def test_evaluate_needs_a_compiled_model() -> None:
    with pytest.raises(ValueError, match="compile"):
        engine.evaluate(dense(), X, Y)


@pytest.mark.parametrize(
    "loss",
    ["sparse_categorical_crossentropy", keras.losses.SparseCategoricalCrossentropy()],
    ids=["function", "object"],
)
def test_loss_of_outputs_is_what_evaluate_says_penalties_included(loss: Any) -> None:
    keras.utils.set_random_seed(3)
    regularized = layers.Dense(3, activation="softmax", kernel_regularizer="l2", bias_regularizer="l1")
    model = compiled(
        keras.Sequential([keras.Input((4,)), layers.Dense(5, kernel_regularizer="l1"), regularized]), loss=loss
    )
    theirs = model.evaluate(X, Y, verbose=0, return_dict=True)["loss"]
    assert_close(theirs, engine.loss_of(model, Y, engine.predict(model, X)), "loss")
    regularized.bias.assign([0.5, 0, -0.25])
    with_more = model.evaluate(X, Y, verbose=0, return_dict=True)["loss"]
    assert with_more > theirs
    assert_close(with_more, engine.loss_of(model, Y, engine.predict(model, X)), "loss after the weights changed")


def two_outputs() -> keras.Model:
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    hidden = layers.Dense(3)(layers.Add()([a, b]))
    return keras.Model({"a": a, "b": b}, {"one": hidden, "other": [layers.Dense(2)(hidden), b]})


class Draws(layers.Layer):
    """A layer that is random at prediction too, as for Monte Carlo dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = keras.random.SeedGenerator(5)

    def call(self, inputs: Any) -> Any:
        return inputs + keras.random.normal(ops.shape(inputs), seed=self.generator)


class OwnPredictStep(keras.Sequential):
    def predict_step(self, state: Any, data: Any) -> Any:
        outputs, non_trainable = super().predict_step(state, data)
        return ops.argmax(outputs, -1), non_trainable


class OneRowABatch(keras.Model):
    """Its predictions depend on what is in the batch, so the batches must be Keras' own."""

    def call(self, inputs: Any) -> Any:
        return ops.sum(inputs, axis=0, keepdims=True)


MODELS: dict[str, tuple[Any, Any]] = {
    "compiled": (scored, X),
    "not compiled": (dense, X),
    "not built": (lambda: keras.Sequential([layers.Dense(3)]), X),
    "one short batch": (dense, X[:5]),
    "integers": (dense, (X * 9).astype("uint8")),
    "structures": (two_outputs, {"a": X, "b": X[::-1]}),
    "random": (lambda: keras.Sequential([keras.Input((4,)), Draws()]), X),
    "own step": (lambda: OwnPredictStep([keras.Input((4,)), layers.Dense(3)]), X),
    "not a row for a row": (OneRowABatch, X),
    "eager": (lambda: compiled(dense(), run_eagerly=True), X),
}


@pytest.mark.parametrize(("build", "x"), MODELS.values(), ids=MODELS)
def test_predict(build: Any, x: Any) -> None:
    check_predictions(build, x, batch_size=20)


@pytest.mark.parametrize(("build", "x"), MODELS.values(), ids=MODELS)
def test_predict_in_batches_of_its_own(build: Any, x: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prediction, "FEWEST", 7)
    monkeypatch.setattr(prediction, "MOST", 7)
    check_predictions(build, x)


def check_predictions(build: Any, x: Any, **given: int) -> None:
    """Twice, for a layer that is random at prediction draws on."""

    def predicted(predict: Any) -> Any:
        keras.utils.set_random_seed(4)
        model = build()
        first = predict(model)
        return first, predict(model)

    theirs = predicted(lambda model: model.predict(x, verbose=0, **given))
    ours = predicted(lambda model: engine.predict(model, x, **given))
    assert jax.tree.structure(theirs) == jax.tree.structure(ours)
    for one, other in zip(jax.tree.leaves(theirs), jax.tree.leaves(ours), strict=True):
        assert isinstance(other, np.ndarray)
        assert one.dtype == other.dtype
        assert one.shape == other.shape
        assert_close(one, other, "predictions")


def test_predict_does_not_depend_on_the_size_of_its_batches() -> None:
    model = scored()
    assert_close(engine.predict(model, X), engine.predict(model, X, batch_size=7), "batches of 7")


def test_predict_on_new_layers_after_a_model_was_changed() -> None:
    model = dense()
    engine.predict(model, X)
    model.pop()
    model.add(layers.Dense(3, activation="relu"))
    assert_close(model(X), engine.predict(model, X), "after another last layer")
