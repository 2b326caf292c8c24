"""Losses and metrics say what they say in Keras' own loop, over short last batches, weights and several outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, losses, metrics
from tests.equivalence.side_by_side import blobs, compiled, dense, side_by_side

X, Y = blobs(50)
ONE_HOT = np.eye(3, dtype="float32")[Y]
YES_NO = (Y > 0).astype("float32")[:, None]
WEIGHTS = np.linspace(0.1, 2.0, 50)
GIVEN = {"x": X, "batch_size": 20, "epochs": 1, "validation_split": 0.4}
WHOLE = GIVEN | {"batch_size": 10}  # without a short last batch, which has to be compiled too


def one_output(activation: str | None = "sigmoid", units: int = 1) -> keras.Model:
    return keras.Sequential([keras.Input((4,)), layers.Dense(units, activation=activation)])


LOSSES: dict[str, tuple[Any, Callable[[], keras.Model], np.ndarray]] = {
    "sparse": ("sparse_categorical_crossentropy", dense, Y[:, None].astype("int64")),
    "categorical smoothed": (losses.CategoricalCrossentropy(label_smoothing=0.1), dense, ONE_HOT),
    "binary": ("binary_crossentropy", one_output, YES_NO),
    "mse": ("mse", lambda: one_output(None, 3), ONE_HOT),
    "mae": ("mae", lambda: one_output(None), YES_NO[:, 0]),
    "focal": (losses.CategoricalFocalCrossentropy(), dense, ONE_HOT),
    "hinge": ("hinge", lambda: one_output("tanh"), 2 * YES_NO - 1),
    "huber": (losses.Huber(0.5), lambda: one_output(None), YES_NO),
    "kl": ("kl_divergence", dense, 0.9 * ONE_HOT + 0.1 / 3),
    "sum over batch": (losses.MeanSquaredError(reduction="sum"), lambda: one_output(None), YES_NO),
    "own function": (lambda y, p: keras.ops.mean(keras.ops.abs(y - p) ** 1.5, -1), lambda: one_output(None), YES_NO),
}
BY_DEFAULT = ("categorical smoothed", "binary", "sum over batch")


@pytest.mark.parametrize(
    ("loss", "model", "labels"),
    [
        pytest.param(*case, id=name, marks=[] if name in BY_DEFAULT else pytest.mark.slow)
        for name, case in LOSSES.items()
    ],
)
def test_a_loss_with_weights_and_a_short_last_batch(loss: Any, model: Any, labels: np.ndarray) -> None:
    given = GIVEN | {"y": labels, "sample_weight": WEIGHTS}
    side_by_side(lambda: compiled(model(), "sgd", loss, metrics=["accuracy"], weighted_metrics=["mse"]), given)


def test_metrics_of_two_classes() -> None:
    def build() -> keras.Model:
        # Keras numbers the names that it makes up itself anew for every model.
        watched = [metrics.AUC(20, name="auc"), metrics.Precision(name="p"), metrics.Recall(name="r")]
        counted = [metrics.TruePositives(name="tp"), metrics.PrecisionAtRecall(0.5, name="par"), "accuracy"]
        return compiled(one_output(), "sgd", "binary_crossentropy", metrics=watched, weighted_metrics=counted)

    side_by_side(build, WHOLE | {"y": YES_NO, "sample_weight": WEIGHTS})


@pytest.mark.filterwarnings("ignore:Explicitly requested dtype int64")  # Keras' MeanIoU on JAX
def test_metrics_of_several_classes() -> None:
    def build() -> keras.Model:
        iou = metrics.OneHotMeanIoU(3, name="iou")
        watched = [metrics.TopKCategoricalAccuracy(2), metrics.F1Score(name="f1_score"), iou, "accuracy"]
        return compiled(dense(), "sgd", "categorical_crossentropy", metrics=watched)

    _, (_, history, *_) = side_by_side(build, WHOLE | {"y": ONE_HOT})
    assert np.shape(history.history["val_f1_score"]) == (1, 3), "one score a class, as Keras has it"


def test_a_metric_that_a_user_wrote() -> None:
    class Largest(keras.Metric):
        def __init__(self) -> None:
            super().__init__(name="largest")
            self.largest = self.add_variable((), "zeros", name="largest")

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            self.largest.assign(keras.ops.maximum(self.largest, keras.ops.max(y_pred)))

        def result(self) -> Any:
            return {"largest": self.largest + 0.0, "smallest": 1 - self.largest}

    side_by_side(lambda: compiled(dense(), metrics=[Largest()]), WHOLE | {"y": Y})


def test_no_metrics_at_all() -> None:
    _, (_, history, *_) = side_by_side(lambda: compiled(dense(), "sgd"), {"x": X, "y": Y})
    assert list(history.history) == ["loss"]


def test_a_loss_that_is_not_a_number_is_reported_as_it_is() -> None:
    _, (_, history, *_) = side_by_side(lambda: compiled(dense(), "sgd"), {"x": X * np.float32(np.nan), "y": Y})
    assert np.isnan(history.history["loss"][0])


@pytest.mark.slow
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_two_outputs_that_share_their_trunk(named: bool, weighted: bool) -> None:
    def build() -> keras.Model:
        inputs = keras.Input((4,))
        hidden = layers.Dense(5, activation="tanh")(inputs)
        outputs = {
            "kind": layers.Dense(3, activation="softmax", name="kind")(hidden),
            "good": layers.Dense(1, activation="sigmoid", name="good")(hidden),
        }
        loss = {"kind": "categorical_crossentropy", "good": "binary_crossentropy"}
        weights, watched = {"kind": 2.0, "good": 0.5}, {"kind": ["accuracy"], "good": [metrics.AUC(10, name="auc")]}
        if named:
            model = keras.Model(inputs, outputs)
        else:
            model = keras.Model(inputs, list(outputs.values()))
            loss, watched, weights = (list(each.values()) for each in (loss, watched, weights))  # type: ignore[assignment]
        return compiled(model, "adam", loss, loss_weights=weights if weighted else None, metrics=watched)

    labels = {"kind": ONE_HOT, "good": YES_NO}
    given = GIVEN | {"y": labels if named else list(labels.values()), "epochs": 3}
    side_by_side(build, given | ({"sample_weight": WEIGHTS} if weighted else {}))
