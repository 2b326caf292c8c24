"""Training on several devices is training on one: the same losses and weights, wherever the data lie."""

from __future__ import annotations

import functools
import signal
from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from tests.engine.a_small_training import X, Y, assert_same_bits, model, state_of
from tests.equivalence.side_by_side import compiled

from tenfold import engine
from tenfold.engine import Interrupted, Position, feed
from tenfold.engine.pace import Pace

loop = import_module("tenfold.engine.fit")  # where `tenfold.engine.fit` by itself is the function
RANDOM = np.random.default_rng(5)
PICTURES = RANDOM.integers(0, 256, (150, 8, 8, 1)).astype("uint8")
WEIGHTS = RANDOM.uniform(0.5, 2.0, 150).astype("float32")
GIVEN = {"x": X[:144], "y": Y[:144], "batch_size": 16, "epochs": 2, "seed": 1, "verbose": 0}


def dense() -> keras.Model:
    return model(optimizer="adam")


def cnn() -> keras.Model:
    keras.utils.set_random_seed(2)
    stack = [
        *(keras.Input((8, 8, 1)), layers.Rescaling(1 / 255), layers.Conv2D(4, 3, activation="relu")),
        *(layers.MaxPooling2D(2), layers.BatchNormalization(), layers.Dropout(0.3), layers.Flatten()),
        layers.Dense(3, activation="softmax"),
    ]
    # Not Adam: it makes steps of full size of gradients that are zero but for rounding.
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    return compiled(keras.Sequential(stack), optimizer, metrics=["accuracy"], weighted_metrics=["accuracy"])


def trained(build: Any, **given: Any) -> tuple[dict[str, list[float]], list[np.ndarray]]:
    network = build()
    history = engine.fit(network, **GIVEN | given)
    return history.history, state_of(network)


def assert_close(one: Any, several: Any) -> None:
    assert one[0].keys() == several[0].keys()
    for name, values in one[0].items():
        np.testing.assert_allclose(several[0][name], values, 1e-4, 1e-5, err_msg=name)
    for number, (array, other) in enumerate(zip(one[1], several[1], strict=True)):
        assert array.dtype == other.dtype
        np.testing.assert_allclose(other, array, 1e-4, 2e-5, err_msg=f"array {number} of the state")


# Rows and the size of a batch. 144 rows make 9 batches of 16, and 6 more a short one; of 20 rows half of 8 devices have
# two and the other half three.
SHAPES = {"even": (144, 16), "short last batch": (150, 16), "uneven": (150, 20)}
CASES = [(build, shape, place) for build in (dense, cnn) for shape in SHAPES for place in ("resident", "streamed")]
QUICK = [(dense, "short last batch", "streamed")]


@pytest.mark.parametrize(
    ("build", "shape", "place"),
    [pytest.param(*case, marks=[pytest.mark.slow] * (case not in QUICK)) for case in CASES],
)
def test_eight_devices_are_one(build: Any, shape: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WINDOW_BYTES", 4 * 16 * 4 * 5)
    rows, batch_size = SHAPES[shape]
    x = (X if build is dense else PICTURES)[:rows]
    given = {"x": x, "y": Y[:rows], "sample_weight": WEIGHTS[:rows], "batch_size": batch_size}
    given |= {"resident_bytes": 0} if place == "streamed" else {"validation_data": (x[:40], Y[:40])}
    assert_close(trained(build, **given), trained(build, **given, devices=8))


def test_afterwards_the_model_is_an_ordinary_one(tmp_path: Path) -> None:
    network = dense()
    engine.fit(network, **GIVEN, devices=8)
    assert all(len(v.value.devices()) == 1 for v in [*network.variables, *network.optimizer.variables])
    network.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(X, verbose=0), network.predict(X, verbose=0))
    engine.fit(network, **GIVEN)
    assert engine.fit(network, **GIVEN, devices=8).compile_seconds == 0.0


def test_evaluation_on_eight_devices() -> None:
    network = model(weighted_metrics=["accuracy"])
    one, several = (engine.evaluate(network, X, Y, 20, WEIGHTS, devices=devices) for devices in (None, 8))
    assert several == pytest.approx(one, rel=1e-5)


class Watches(keras.callbacks.Callback):
    """Sees and changes the model between epochs, as a callback may."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[float] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        assert all(len(variable.value.devices()) == 1 for variable in self.model.variables)
        self.seen.append(float(np.sum(self.model.get_weights()[0])))
        self.model.optimizer.learning_rate = 0.01 / (epoch + 1)


def test_callbacks_early_stopping_and_history() -> None:
    def with_callbacks(devices: int | None) -> tuple[Any, ...]:
        watches = Watches()
        stops = keras.callbacks.EarlyStopping("loss", mode="max", patience=2, restore_best_weights=True)
        given = {"epochs": 9, "callbacks": [watches, stops]}
        history, state = trained(dense, **given, devices=devices)
        return history, [*state, np.array(watches.seen, "float32")]

    one, several = with_callbacks(None), with_callbacks(4)
    assert len(one[0]["loss"]) == 3
    assert_close(one, several)


class OwnStep(keras.Sequential):
    """A model that brings a step of its own, which reports more than the metrics know."""

    def train_step(self, state: Any, data: Any) -> Any:
        logs, state = super().train_step(state, data)
        return {**logs, "rows": data[0].shape[0]}, state


@pytest.mark.parametrize("resident_bytes", [0, 10**9])
def test_a_step_of_its_own(resident_bytes: int) -> None:
    def build() -> keras.Model:
        keras.utils.set_random_seed(1)
        return compiled(OwnStep([keras.Input((4,)), layers.Dense(3, activation="softmax")]), "sgd")

    given = {"resident_bytes": resident_bytes}
    one, several = trained(build, **given), trained(build, **given, devices=4)
    assert one[0]["rows"] == [16, 16]
    assert_close(one, several)


class PressesCtrlC(Pace):
    """Chunks of two steps, and Ctrl-C in the second epoch."""

    taken = 0

    def __init__(self) -> None:
        self.steps = 2

    def took(self, steps: int, seconds: float) -> None:
        self.taken += steps
        if self.taken == 13:
            signal.raise_signal(signal.SIGINT)


def test_ctrl_c_and_going_on_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = trained(dense, devices=4)[1]
    network = dense()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(loop, "Pace", PressesCtrlC)
        with pytest.raises(Interrupted) as stopped:
            engine.fit(network, **GIVEN, devices=4)
    assert stopped.value.position == Position(1, 4)
    engine.fit(network, **GIVEN, devices=4, start=stopped.value.position)
    assert_same_bits(whole, state_of(network))


def test_what_goes_to_keras_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    given = GIVEN | {"verbose": 2, "epochs": 1, "callbacks": [keras.callbacks.TerminateOnNaN()]}
    engine.fit(model(), **given, devices=4)
    assert "so Keras' own fit trains this model, at its own speed and on one device." in capsys.readouterr().out


def convolutional(channels: int = 4) -> keras.Model:
    """A first convolution with its pooling, and one whose patches go through in groups."""
    keras.utils.set_random_seed(2)
    first = layers.Conv2D(channels, 3, padding="same", activation="relu")
    stack = [
        *(keras.Input((8, 8, 1)), layers.Rescaling(1 / 255), first),
        *(layers.MaxPooling2D(2), layers.Conv2D(6, 3, padding="same"), layers.MaxPooling2D(2), layers.Dropout(0.3)),
        *(layers.Flatten(), layers.Dense(3, activation="softmax")),
    ]
    return compiled(keras.Sequential(stack), keras.optimizers.SGD(0.05))


@pytest.fixture
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four pictures at a time, in forward and backward passes of convolutions."""
    names = ("pooled_convolution", "convolution", "pooled_filtering")
    first, later, filtering = (import_module(f"tenfold.engine.lowering.{name}") for name in names)
    monkeypatch.setattr(first, "CACHE_BYTES", 4 * 8 * 8 * 4 * 4)  # pictures, places, channels, bytes
    four = 4 * 4 * 4 * 9 * 4 * 4  # pictures, places, window, channels, bytes
    monkeypatch.setattr(later, "MOST", later.Most(whole=0, group=four))
    monkeypatch.setattr(filtering, "MOST", later.Most(whole=0, group=4 * 4 * 16 * (16 + 6) * 4))  # likewise, of sums


def step_of(build: Any, devices: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The compiled program of a training step, for batches of 64 rows on several devices."""
    programs = import_module("tenfold.engine.programs")
    texts = []
    compile_it = programs.Programs._compile

    def kept(self: Any, traced: Any, stop: Any) -> Any:
        program = compile_it(self, traced, stop)
        texts.append(program.as_text())
        return program

    monkeypatch.setattr(programs.Programs, "_compile", kept)
    x = X[:144] if build is dense else PICTURES[:144]
    trained(build, x=x, batch_size=64, steps_per_epoch=2, epochs=1, devices=devices)
    return next(text for text in texts if "all-reduce" in text)


@pytest.mark.optimised
def test_the_batch_is_really_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise every test above would pass with each device computing everything."""
    step = step_of(dense, 8, monkeypatch)
    assert "f32[8,6]" in step, "eight rows for each device, six units"
    assert "f32[64,6]" not in step
    assert "all-gather" not in step


@pytest.mark.optimised
@pytest.mark.parametrize("devices", [2, pytest.param(8, marks=pytest.mark.slow)])
def test_pictures_are_really_divided(devices: int, small_groups: None, monkeypatch: pytest.MonkeyPatch) -> None:
    step = step_of(convolutional, devices, monkeypatch)
    share = 64 // devices
    assert f"f32[{share // 4},4,8,8,1]" in step, "a device's share of the pictures goes through in groups of four"
    for all_of_them in ("[64,8,8,1]", "[64,4,4,4]", "[16,4,8,8,1]", "[16,4,4,4,4]"):
        assert all_of_them not in step
    for travelling in ("all-gather", "all-to-all", "collective-permute"):
        assert travelling not in step


@pytest.mark.slow
def test_what_takes_fewer_multiplications_is_that_of_one_device(small_groups: None) -> None:
    given = {"x": PICTURES[:150], "y": Y[:150], "batch_size": 20, "epochs": 1}
    many = functools.partial(convolutional, 16)
    assert_close(trained(many, **given), trained(many, **given, devices=2))


@pytest.mark.parametrize(
    ("rows", "batch_size"), [(144, 16), *(pytest.param(150, size, marks=pytest.mark.slow) for size in (16, 20))]
)
def test_pictures_in_groups_are_those_of_one_device(rows: int, batch_size: int, small_groups: None) -> None:
    given = {"x": PICTURES[:rows], "y": Y[:rows], "batch_size": batch_size, "epochs": 1}
    assert_close(trained(convolutional, **given), trained(convolutional, **given, devices=2))
