"""Callbacks that work between epochs see what they see under Keras, and what they change takes effect as there."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import callbacks as kinds
from tests.equivalence.side_by_side import assert_same, blobs, compiled, dense, side_by_side, trained

from tenfold import engine

X, Y = blobs(48)
GIVEN = {"x": X, "y": Y, "batch_size": 24, "epochs": 4, "validation_data": (X[:24], Y[:24])}


def simple(learning_rate: float = 0.1) -> keras.Model:
    return compiled(dense(units=3), keras.optimizers.SGD(learning_rate), metrics=["accuracy"])


class Watches(keras.callbacks.Callback):
    """Writes down every call, with everything that it was told and could read off the model."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Any] = []

    def note(self, name: str, *told: Any, **logs: float) -> None:
        rate = self.model.optimizer.learning_rate
        state = [np.asarray(variable.value).sum() for variable in self.model.variables]
        state += [np.asarray(rate.value), np.asarray(self.model.optimizer.iterations.value)]
        self.calls.append((name, told, logs, state))

    def on_train_begin(self, logs: Any = None) -> None:
        self.note("train begins", **logs)

    def on_train_end(self, logs: Any = None) -> None:
        self.note("train ends", **logs)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.note("epoch begins", epoch, **logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.note("epoch ends", epoch, **logs)

    def on_test_begin(self, logs: Any = None) -> None:
        self.note("test begins", **logs)

    def on_test_end(self, logs: Any = None) -> None:
        self.note("test ends", **logs)


def test_what_a_callback_is_told_and_can_see() -> None:
    (_, _, (one,), _), (_, _, (other,), _) = side_by_side(simple, GIVEN | {"epochs": 2}, lambda: [Watches()])
    assert [call[:2] for call in one.calls] == [call[:2] for call in other.calls]
    for (name, _, logs, state), (_, _, other_logs, other_state) in zip(one.calls, other.calls, strict=True):
        assert list(logs) == list(other_logs), name
        np.testing.assert_allclose(list(other_logs.values()), list(logs.values()), 1e-4, 1e-5, err_msg=name)
        np.testing.assert_allclose(other_state, state, 1e-4, 1e-5, err_msg=name)
    assert one.params == other.params


def test_every_layers_weights_printed_after_every_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    """The lab sheet's own callback."""

    def callbacks() -> list[Any]:
        model_of: list[Any] = []
        show = kinds.LambdaCallback(on_epoch_end=lambda epoch, logs: weights_of(epoch, model_of[0].model))
        model_of.append(show)
        return [show]

    def weights_of(epoch: int, model: keras.Model) -> None:
        for layer in model.layers:
            print(epoch, [np.round(each, 3).tolist() for each in layer.get_weights()])

    trained(lambda model, **named: model.fit(**named), simple, lambda: dict(GIVEN), callbacks)
    keras_own = capsys.readouterr().out
    trained(engine.fit, simple, lambda: dict(GIVEN), callbacks)
    assert capsys.readouterr().out == keras_own
    assert len(keras_own.splitlines()) == 4 * 2


class SetsRate(keras.callbacks.Callback):
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.model.optimizer.learning_rate = 0.1 / (epoch + 1)


class EditsWeights(keras.callbacks.Callback):
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.model.set_weights([0.5 * each for each in self.model.get_weights()])

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.model.layers[0].kernel.assign_add(np.full(self.model.layers[0].kernel.shape, 0.1, "float32"))


class Stops(keras.callbacks.Callback):
    """Asks to stop, at one of the moments at which a callback can."""

    def __init__(self, moment: str) -> None:
        super().__init__()
        setattr(self, moment, self.stop)

    def stop(self, epoch: Any = None, logs: Any = None) -> None:
        if not isinstance(epoch, int) or epoch == 1:
            self.model.stop_training = True


class UsesTheModel(keras.callbacks.Callback):
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.model.evaluate(X, Y, verbose=0)
        logs["predicted"] = float(self.model.predict(X[:5], verbose=0).sum())
        self.model.train_on_batch(X[:24], Y[:24])


CALLBACKS: dict[str, Any] = {
    "early stopping": lambda: [kinds.EarlyStopping("loss", min_delta=0.05, patience=0, restore_best_weights=True)],
    "stops and does not restore": lambda: [kinds.EarlyStopping("val_accuracy", patience=1, mode="min")],
    "reduces the rate": lambda: [kinds.ReduceLROnPlateau("val_loss", 0.5, patience=0, min_delta=1.0)],
    "schedules the rate": lambda: [kinds.LearningRateScheduler(lambda epoch, rate: rate * 0.7)],
    "sets the rate": lambda: [SetsRate()],
    "edits weights": lambda: [EditsWeights()],
    "stops at the end of an epoch": lambda: [Stops("on_epoch_end")],
    "stops at the beginning of an epoch": lambda: [Stops("on_epoch_begin")],
    "stops before everything": lambda: [Stops("on_train_begin")],
    "uses the model": lambda: [UsesTheModel()],
    "with a history of its own": lambda: [kinds.History(), SetsRate()],
    "averages": lambda: [kinds.SwapEMAWeights(swap_on_epoch=False)],
}


LIKE_OTHERS = (
    "stops and does not restore",
    "schedules the rate",
    "stops before everything",
    "with a history of its own",
)


@pytest.mark.parametrize(
    "callbacks",
    [pytest.param(make, id=name, marks=[pytest.mark.slow] * (name in LIKE_OTHERS)) for name, make in CALLBACKS.items()],
)
def test_callbacks_of_an_epoch(callbacks: Any) -> None:
    def build() -> keras.Model:
        if not isinstance(callbacks()[0], kinds.SwapEMAWeights):
            return simple()
        return compiled(dense(units=3), keras.optimizers.SGD(0.1, use_ema=True), metrics=["accuracy"])

    side_by_side(build, GIVEN, callbacks)


def test_a_single_callback_needs_no_list() -> None:
    side_by_side(simple, lambda: GIVEN | {"callbacks": SetsRate()})


def test_the_history_that_was_given_is_returned() -> None:
    history = kinds.History()
    assert engine.fit(simple(), X, Y, callbacks=[history], verbose=0) is history


@pytest.mark.parametrize("best", [True, False])
def test_model_checkpoints(tmp_path: Path, best: bool) -> None:
    def saved_by(fit: Any, folder: str) -> dict[str, list[np.ndarray]]:
        path = tmp_path / folder / "{epoch}.weights.h5"
        saving = kinds.ModelCheckpoint(path, "val_loss", save_best_only=best, save_weights_only=True)
        model = trained(fit, simple, lambda: dict(GIVEN), lambda: [saving]).model
        weights = {}
        for file in sorted(path.parent.iterdir()):
            model.load_weights(file)
            weights[file.name] = model.get_weights()
        return weights

    ones = saved_by(lambda model, **named: model.fit(**named), "keras")
    others = saved_by(engine.fit, "tenfold")
    assert list(ones) == list(others)
    assert ones
    for name, weights in ones.items():
        for one, other in zip(weights, others[name], strict=True):
            np.testing.assert_allclose(other, one, 1e-4, 1e-5, err_msg=name)


def test_a_csv_log(tmp_path: Path) -> None:
    def rows_by(fit: Any, name: str) -> list[dict[str, str]]:
        path = tmp_path / f"{name}.csv"
        trained(fit, simple, lambda: dict(GIVEN), lambda: [kinds.CSVLogger(path)])
        return list(csv.DictReader(path.read_text().splitlines()))

    ones, others = rows_by(lambda model, **named: model.fit(**named), "keras"), rows_by(engine.fit, "tenfold")
    assert [list(row) for row in ones] == [list(row) for row in others]
    for one, other in zip(ones, others, strict=True):
        np.testing.assert_allclose([float(v) for v in other.values()], [float(v) for v in one.values()], 1e-4, 1e-5)


class Fails(keras.callbacks.Callback):
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch == 1:
            raise RuntimeError("the machine went down")


def test_backup_and_restore_goes_on_where_it_broke_off(tmp_path: Path) -> None:
    def broken_off_and_restarted(fit: Any, folder: str) -> Any:
        def twice(model: keras.Model, **named: Any) -> Any:
            again = named.pop("callbacks")
            with pytest.raises(RuntimeError, match="the machine went down"):
                fit(model, callbacks=[kinds.BackupAndRestore(tmp_path / folder), Fails()], **named)
            return fit(model, callbacks=again, **named)

        return trained(twice, simple, lambda: dict(GIVEN), lambda: [kinds.BackupAndRestore(tmp_path / folder)])

    keras_own = broken_off_and_restarted(lambda model, **named: model.fit(**named), "keras")
    tenfold_own = broken_off_and_restarted(engine.fit, "tenfold")
    assert_same(keras_own, tenfold_own)
    assert tenfold_own.history.epoch == [2, 3]
    assert tenfold_own.history.compile_seconds == 0.0, "the programs of the first call serve the second"


def test_tensorboard(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow", exc_type=ImportError)
    side_by_side(simple, GIVEN, lambda: [kinds.TensorBoard(tmp_path)])
    assert list(tmp_path.rglob("*.tfevents.*"))


@pytest.mark.slow
@pytest.mark.parametrize("second", CALLBACKS.values(), ids=CALLBACKS)
@pytest.mark.parametrize("first", ["early stopping", "reduces the rate", "sets the rate"])
def test_callbacks_together(first: str, second: Any) -> None:
    def build() -> keras.Model:
        return compiled(dense(), keras.optimizers.SGD(0.1, momentum=0.5, use_ema=True), metrics=["accuracy"])

    side_by_side(build, GIVEN | {"batch_size": 20, "epochs": 6}, lambda: CALLBACKS[first]() + second())
