"""Every kind of Keras model trains as Keras trains it: how a model is written makes no difference."""

from __future__ import annotations

from typing import Any

import jax
import keras
import numpy as np
import pytest
from keras import layers, ops
from tests.equivalence.side_by_side import blobs, compiled, dense, side_by_side

X, Y = blobs()
PICTURES = np.random.default_rng(1).integers(0, 256, (40, 6, 6, 1)).astype("uint8")
SEQUENCES = np.random.default_rng(2).normal(size=(36, 5, 2)).astype("float32")
SCALARS = np.random.default_rng(3).normal(size=(50, 2)).astype("float32")


def sequential(*stack: Any, shape: tuple[int, ...] = (4,), outputs: int = 3, **settings: Any) -> keras.Model:
    model = keras.Sequential([keras.Input(shape), *stack, layers.Dense(outputs, activation="softmax")])
    return compiled(model, **{"optimizer": "adam", "metrics": ["accuracy"]} | settings)


STACKS = {
    "dropout": lambda: [layers.Dense(6, activation="relu"), layers.Dropout(0.4)],
    "batch normalisation": lambda: [layers.Dense(6), layers.BatchNormalization(momentum=0.8), layers.ReLU()],
    "noise": lambda: [layers.GaussianNoise(0.3), layers.Dense(6, activation="elu"), layers.AlphaDropout(0.2)],
    "regularisers": lambda: [layers.Dense(6, activation="tanh", kernel_regularizer="l2", activity_regularizer="l1")],
    "constraints": lambda: [layers.Dense(6, activation="tanh", kernel_constraint=keras.constraints.MaxNorm(0.7))],
    "normalisations": lambda: [layers.LayerNormalization(), layers.Dense(4), layers.UnitNormalization()],
    "spectral": lambda: [layers.SpectralNormalization(layers.Dense(6, activation="tanh"))],
}


LESS_COMMON = ("noise", "constraints", "normalisations", "spectral")


@pytest.mark.parametrize(
    "stack",
    [pytest.param(stack, id=name, marks=[pytest.mark.slow] * (name in LESS_COMMON)) for name, stack in STACKS.items()],
)
def test_a_stack_of_layers(stack: Any) -> None:
    side_by_side(lambda: sequential(*stack()), {"x": X, "y": Y, "batch_size": 20, "validation_split": 0.2})


def test_a_model_that_is_built_by_its_first_batch() -> None:
    def build() -> keras.Model:
        return compiled(keras.Sequential([layers.Dense(6, activation="relu"), layers.Dense(3, activation="softmax")]))

    side_by_side(build, {"x": X, "y": Y, "batch_size": 25})


@pytest.mark.parametrize("kind", ["Max", pytest.param("Average", marks=pytest.mark.slow)])
def test_convolutions(kind: str) -> None:
    pooling = getattr(layers, f"{kind}Pooling2D")

    def build() -> keras.Model:
        head = [layers.Rescaling(1 / 255), layers.Conv2D(3, 3, activation="relu"), pooling(2), layers.Flatten()]
        return sequential(*head, shape=(6, 6, 1))

    side_by_side(build, {"x": PICTURES, "y": Y[:40], "batch_size": 20})


def test_augmentation_draws_the_same_pictures() -> None:
    def build() -> keras.Model:
        moves = [layers.RandomTranslation(0.1, 0.1), layers.RandomFlip("horizontal")]
        return sequential(layers.Rescaling(1 / 255), *moves, layers.Flatten(), shape=(6, 6, 1))

    side_by_side(build, {"x": PICTURES, "y": Y[:40], "batch_size": 20, "validation_split": 0.5})


@pytest.mark.slow
@pytest.mark.parametrize(
    "layer",
    [
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.2),
        layers.RandomContrast(0.2),
        layers.RandomBrightness(0.2),
        layers.SpatialDropout2D(0.3),
        layers.SeparableConv2D(2, 3),
        layers.DepthwiseConv2D(3),
        layers.Conv2DTranspose(2, 3),
    ],
    ids=lambda layer: layer.name,
)
def test_further_picture_layers(layer: Any) -> None:
    config = layer.get_config() | {"name": "this"}
    side_by_side(
        lambda: sequential(type(layer).from_config(config), layers.Flatten(), shape=(6, 6, 1), optimizer="sgd"),
        {"x": PICTURES / np.float32(255), "y": Y[:40], "batch_size": 16},
    )


@pytest.mark.parametrize(
    "recurrent",
    [
        lambda: layers.LSTM(3, dropout=0.2),
        pytest.param(lambda: layers.GRU(3, recurrent_dropout=0.2), marks=pytest.mark.slow),
        pytest.param(lambda: layers.Bidirectional(layers.SimpleRNN(3)), marks=pytest.mark.slow),
    ],
    ids=["lstm", "gru", "bidirectional"],
)
def test_recurrent_layers(recurrent: Any) -> None:
    side_by_side(lambda: sequential(recurrent(), shape=(5, 2)), {"x": SEQUENCES, "y": Y[:36], "batch_size": 12})


def test_a_stateful_recurrent_layer() -> None:
    def build() -> keras.Model:
        stack = [keras.Input(batch_shape=(12, 5, 2)), layers.GRU(3, stateful=True), layers.Dense(3)]
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        return compiled(keras.Sequential(stack), "sgd", loss)

    data = {"x": SEQUENCES, "y": Y[:36], "batch_size": 12, "shuffle": False}
    side_by_side(build, data | {"validation_data": (SEQUENCES[:24], Y[:24])})


def test_several_inputs_and_outputs_by_name() -> None:
    def build() -> keras.Model:
        a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
        shared = layers.Dense(5, activation="tanh")
        hidden = layers.Concatenate()([shared(layers.Concatenate()([a, b])), b])
        outputs = {
            "kind": layers.Dense(3, activation="softmax", name="kind")(hidden),
            "size": layers.Dense(1, name="size")(hidden),
        }
        return compiled(
            keras.Model({"a": a, "b": b}, outputs),
            loss={"kind": "sparse_categorical_crossentropy", "size": "mse"},
            loss_weights={"kind": 1.0, "size": 0.3},
            metrics={"kind": ["accuracy"], "size": ["mae"]},
            weighted_metrics={"size": ["mse"]},
        )

    given = {"x": {"b": SCALARS, "a": X}, "y": {"kind": Y, "size": SCALARS[:, :1]}, "batch_size": 20}
    weights = np.linspace(0.5, 1.5, 50)
    side_by_side(build, given | {"validation_split": 0.2, "sample_weight": {"kind": weights, "size": weights[::-1]}})


@pytest.mark.parametrize("kind", [list, pytest.param(tuple, marks=pytest.mark.slow)])
def test_several_inputs_and_outputs_in_order(kind: Any) -> None:
    def build() -> keras.Model:
        a, b = keras.Input((4,)), keras.Input((2,))
        hidden = layers.Concatenate()([layers.Dense(3)(a), b])
        outputs = [layers.Dense(3, activation="softmax", name="kind")(hidden), layers.Dense(1, name="size")(hidden)]
        return compiled(
            keras.Model([a, b], outputs),
            "sgd",
            ["sparse_categorical_crossentropy", "mae"],
            metrics=[["accuracy"], None],
        )

    x, y = kind([X, SCALARS]), kind([Y, SCALARS[:, 0]])
    side_by_side(build, {"x": x, "y": y, "batch_size": 25, "sample_weight": np.linspace(0, 1, 50)})


def test_a_layer_used_twice_and_a_model_within_a_model() -> None:
    def build() -> keras.Model:
        inner = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation="tanh"), layers.Dropout(0.2)])
        inputs = keras.Input((4,))
        halves = [inner(inputs[:, :2]), inner(inputs[:, 2:])]
        return compiled(keras.Model(inputs, layers.Dense(3, activation="softmax")(layers.Add()(halves))))

    side_by_side(build, {"x": X, "y": Y, "batch_size": 25})


def test_frozen_layers_stay_as_they_are() -> None:
    def build() -> keras.Model:
        frozen = layers.Dense(6, activation="tanh", trainable=False)
        return sequential(frozen, layers.BatchNormalization(trainable=False), layers.Dense(4))

    _, (model, *_) = side_by_side(build, {"x": X, "y": Y, "batch_size": 25})
    assert len(model.trainable_variables) == 4


def test_losses_that_a_layer_adds() -> None:
    class Penalty(layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_loss(0.1 * ops.mean(ops.square(inputs)))
            return inputs

    side_by_side(lambda: sequential(layers.Dense(4), Penalty()), {"x": X, "y": Y, "batch_size": 25})


def test_only_added_losses_and_no_targets() -> None:
    class Shrinks(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.hidden = layers.Dense(4)

        def call(self, inputs: Any) -> Any:
            outputs = self.hidden(inputs)
            self.add_loss(ops.mean(ops.square(outputs - inputs)))
            return outputs

    side_by_side(lambda: compiled(Shrinks(), "sgd", None), {"x": X, "batch_size": 25})


class OwnCall(keras.Model):
    """A subclassed model with a metric and a counter of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = layers.Dense(5, activation="tanh")
        self.drop = layers.Dropout(0.3)
        self.out = layers.Dense(3, activation="softmax")

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.out(self.drop(self.hidden(inputs), training=training))


class OwnMetrics(OwnCall):
    def __init__(self) -> None:
        super().__init__()
        self.confidence = keras.metrics.Mean(name="confidence")

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        self.confidence.update_state(ops.max(y_pred, axis=-1))
        results = super().compute_metrics(x, y, y_pred, sample_weight)
        return results | {"confidence": self.confidence.result(), "batch_confidence": ops.mean(ops.max(y_pred, -1))}


class OwnLoss(OwnCall):
    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None) -> Any:
        return super().compute_loss(x, y, y_pred, sample_weight) + 0.1 * ops.mean(ops.square(y_pred))


class OwnTrainStep(OwnCall):
    """As in Keras' guide for JAX, with a report that Keras' metrics do not hold, and a plain SGD in tuples."""

    def train_step(self, state: Any, data: Any) -> Any:
        trainable, non_trainable, optimizer, metrics = state
        x, y = data[0], data[1]

        def loss_of(trainable: Any, non_trainable: Any) -> Any:
            predicted, changed = self.stateless_call(trainable, non_trainable, x, training=True)
            return self.compute_loss(x, y, predicted), changed

        gradient_of = jax.value_and_grad(loss_of, has_aux=True)
        (loss, non_trainable), gradients = gradient_of(trainable, non_trainable)
        trainable, optimizer = self.optimizer.stateless_apply(optimizer, gradients, trainable)
        norm = ops.sqrt(sum(ops.sum(ops.square(each)) for each in gradients))
        logs = {"loss": loss, "norm": norm, "rate": 0.5, "nested": {"inner": loss * 2}}
        return logs, (tuple(trainable), tuple(non_trainable), tuple(optimizer), tuple(metrics))


class OwnTestStep(OwnCall):
    def test_step(self, state: Any, data: Any) -> Any:
        logs, state = super().test_step(state, data)
        return logs | {"doubled": 2 * logs["loss"]}, state


@pytest.mark.parametrize(
    "model",
    [
        OwnMetrics,
        OwnTrainStep,
        OwnTestStep,
        *(pytest.param(kind, marks=pytest.mark.slow) for kind in (OwnCall, OwnLoss)),
    ],
)
def test_a_subclassed_model(model: Any) -> None:
    given = {"x": X, "y": Y, "batch_size": 25, "validation_data": (X[:25], Y[:25])}
    side_by_side(lambda: compiled(model(), metrics=["accuracy"]), given)


def test_own_metrics_property_and_reset() -> None:
    class Tracks(OwnCall):
        def __init__(self) -> None:
            super().__init__()
            self.tracker = keras.metrics.Mean(name="tracked")

        @property
        def metrics(self) -> list[Any]:
            return [self.tracker]

        def reset_metrics(self) -> None:
            self.tracker.reset_state()

        def compute_loss(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None, training: bool = True) -> Any:
            loss = ops.mean(keras.losses.sparse_categorical_crossentropy(y, y_pred))
            self.tracker.update_state(loss)
            return loss

    _, (_, history, *_) = side_by_side(lambda: compiled(Tracks(), "sgd", None), {"x": X, "y": Y, "batch_size": 25})
    assert list(history.history) == ["tracked"]


@pytest.mark.parametrize(
    "policy",
    ["mixed_float16", *(pytest.param(name, marks=pytest.mark.slow) for name in ("mixed_bfloat16", "float16"))],
)
def test_lower_precision(policy: str) -> None:
    def build() -> keras.Model:
        keras.config.set_dtype_policy(policy)
        try:
            return compiled(dense(), metrics=["accuracy"])
        finally:
            keras.config.set_dtype_policy("float32")

    side_by_side(build, {"x": X, "y": Y, "batch_size": 25, "validation_split": 0.5}, rtol=0.02, atol=0.01)


def test_a_loss_scale_that_overflows_and_grows_back() -> None:
    def build() -> keras.Model:
        optimizer = keras.optimizers.LossScaleOptimizer(
            keras.optimizers.SGD(0.1, momentum=0.5), initial_scale=2.0**125, dynamic_growth_steps=2
        )
        return compiled(dense(), optimizer)

    _, (model, *_) = side_by_side(build, {"x": 100 * X, "y": Y, "batch_size": 10, "epochs": 3})
    assert model.optimizer.dynamic_scale.value != 2.0**125
