"""Ctrl-C: heard wherever it falls, with the state that was reached in the model, and training can go on from there.

A real SIGINT is raised, at moments that are the same in every run: between two given steps, in a callback, while
something compiles, during validation. No test waits for a clock.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import keras
import numpy as np
import pytest
from tests.engine.a_small_training import X, Y, assert_same_bits, model, state_of

from tenfold import engine
from tenfold.engine import Interrupted, Position
from tenfold.engine import programs as compiled
from tenfold.engine import score as scoring
from tenfold.engine.interrupt import StopRequest
from tenfold.engine.pace import Pace
from tenfold.errors import InputError

loop = import_module("tenfold.engine.fit")  # where `tenfold.engine.fit` by itself is the function
GIVEN = {"x": X, "y": Y, "batch_size": 16, "epochs": 3, "validation_data": (X[:40], Y[:40]), "seed": 1, "verbose": 0}
STEPS = 10  # an epoch's: 9 whole batches and a short one
pytestmark = pytest.mark.optimised  # bits are compared


def ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def handler_is_put_back() -> Iterator[None]:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def pace_that(when: Callable[[int], None], steps: int = 2) -> type[Pace]:
    """Chunks of a few steps; after each, `when` is called with the number of steps taken so far."""

    class Interrupting(Pace):
        taken = 0

        def __init__(self) -> None:
            self.steps = steps

        def took(self, steps: int, seconds: float) -> None:
            type(self).taken += steps
            when(type(self).taken)

    return Interrupting


def after(step: int, times: int = 1) -> Callable[[int], None]:
    def when(taken: int) -> None:
        if taken == step:
            for _ in range(times):
                ctrl_c()

    return when


@pytest.fixture(scope="module")
def uninterrupted() -> tuple[list[np.ndarray], dict[str, list[float]]]:
    network = model()
    history = engine.fit(network, **GIVEN)
    return state_of(network), history.history


def interrupted(network: keras.Model, **named: Any) -> Position:
    with pytest.raises(Interrupted) as stopped:
        engine.fit(network, **GIVEN | named)
    assert isinstance(stopped.value, KeyboardInterrupt)
    return stopped.value.position


def goes_on(network: keras.Model, reached: Position, uninterrupted: Any) -> None:
    """The rest of the training, and what the uninterrupted one left behind: every bit, and what it said on the way."""
    history = engine.fit(network, **GIVEN, start=reached)
    assert_same_bits(uninterrupted[0], state_of(network))
    assert {name: values[reached.epoch :] for name, values in uninterrupted[1].items()} == history.history


@pytest.mark.parametrize(
    ("step", "position"), [(2, (0, 2)), (9, (0, 9)), (10, (0, 10)), (16, (1, 6)), (30, (2, 10))], ids=str
)
def test_training_goes_on_from_where_it_was_stopped(
    step: int, position: Any, uninterrupted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = model()
    monkeypatch.setattr(loop, "Pace", pace_that(after(step), steps=3 if step in (9, 16) else 2))
    reached = interrupted(network)
    assert reached == Position(*position)
    monkeypatch.setattr(loop, "Pace", Pace)
    goes_on(network, reached, uninterrupted)


def test_a_state_carried_to_another_model_goes_on_too(uninterrupted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after kill -9, when only what was saved is left."""
    network = model()
    monkeypatch.setattr(loop, "Pace", pace_that(after(14)))
    reached = interrupted(network)
    state = engine.TrainState.of(network)
    fresh = model()
    engine.fit(fresh, **GIVEN | {"epochs": 0})
    state.into(fresh)
    goes_on(fresh, reached, uninterrupted)


def test_the_model_is_whole_and_useful_after_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    network = model()
    monkeypatch.setattr(loop, "Pace", pace_that(after(4)))
    interrupted(network)
    assert network.predict(X, verbose=0).shape == (150, 3)
    assert network.evaluate(X, Y, verbose=0)[0] > 0
    network.fit(X, Y, verbose=0)


def test_during_validation(uninterrupted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    network = model()
    monkeypatch.setattr(scoring, "Pace", pace_that(after(1), steps=1))
    assert interrupted(network) == Position(0, STEPS)
    monkeypatch.setattr(scoring, "Pace", Pace)
    goes_on(network, Position(0, STEPS), uninterrupted)


class PressesCtrlC(keras.callbacks.Callback):
    """Ctrl-C while a callback is at work, at a moment of the second epoch."""

    def __init__(self, moment: str, times: int = 1) -> None:
        super().__init__()
        self.times = times
        self.finished = False
        setattr(self, moment, self.press)

    def press(self, epoch: Any = None, logs: Any = None) -> None:
        if not isinstance(epoch, int) or epoch == 1:
            for _ in range(self.times):
                ctrl_c()
            self.finished = True


@pytest.mark.parametrize(
    ("moment", "position"),
    [("on_train_begin", (0, 0)), ("on_epoch_begin", (1, 0)), ("on_test_begin", (0, 10)), ("on_epoch_end", (2, 0))],
)
def test_in_a_callback_which_is_not_cut_off(moment: str, position: Any, uninterrupted: Any) -> None:
    network = model()
    callback = PressesCtrlC(moment)
    assert interrupted(network, callbacks=[callback]) == Position(*position)
    assert callback.finished
    goes_on(network, Position(*position), uninterrupted)


def test_a_second_ctrl_c_cuts_a_callback_off() -> None:
    network = model()
    callback = PressesCtrlC("on_epoch_end", times=2)
    with pytest.raises(KeyboardInterrupt):
        engine.fit(network, **GIVEN, callbacks=[callback])
    assert not callback.finished
    network.fit(X, Y, verbose=0)


def test_two_at_once_stop_where_the_state_is(uninterrupted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is obeyed on the spot, within a chunk's bookkeeping: position and state must still agree."""
    network = model()
    waited = loop.jax.block_until_ready
    chunks = 0

    def impatient(arrays: Any) -> Any:
        nonlocal chunks
        chunks += 1
        if chunks == 3:
            ctrl_c()
            ctrl_c()
        return waited(arrays)

    monkeypatch.setattr(loop, "Pace", pace_that(lambda taken: None))
    monkeypatch.setattr(loop.jax, "block_until_ready", impatient)
    reached = interrupted(network)
    monkeypatch.setattr(loop.jax, "block_until_ready", waited)
    goes_on(network, reached, uninterrupted)


def test_while_keras_validates_on_a_generator(uninterrupted: Any) -> None:
    """Keras' own evaluation takes the model's arrays away while it runs; two Ctrl-C cut it off."""

    def batches() -> Iterator[Any]:
        for number in range(100):
            if number == 4:
                ctrl_c()
                ctrl_c()
            yield X[:8], Y[:8]

    network = model()
    reached = interrupted(network, validation_data=batches(), validation_steps=50)
    assert reached == Position(0, STEPS)
    goes_on(network, reached, uninterrupted)


class Reports(keras.Sequential):
    """Has a step of its own, and what it reports stands in no metric."""

    def train_step(self, state: Any, data: Any) -> Any:
        _, state = super().train_step(state, data)
        return {"mine": data[0].mean(), "rows": {"first": data[0][0, :2]}}, state


@pytest.mark.parametrize("moment", ["training", "rescoring", "validation"])
def test_what_a_step_of_its_own_reported_last_is_kept(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At an epoch's last step no step is left that would report it again."""

    def network() -> keras.Model:
        keras.utils.set_random_seed(2)
        made = Reports([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
        made.compile("sgd", "sparse_categorical_crossentropy")
        return made

    given = {"epochs": 2, "rescore": moment == "rescoring"}
    whole = engine.fit(network(), **GIVEN | given).history
    stopped = network()
    place = loop if moment == "training" else scoring
    monkeypatch.setattr(place, "Pace", pace_that(after(STEPS, times=2) if place is loop else after(1), steps=1))
    reached = interrupted(stopped, **given)
    assert reached[:2] == (0, STEPS)
    monkeypatch.setattr(place, "Pace", Pace)
    history = engine.fit(stopped, **GIVEN | given, start=reached).history
    assert history.keys() == whole.keys()
    for name, values in whole.items():
        np.testing.assert_array_equal(history[name], values, err_msg=name)


@pytest.mark.parametrize("program", ["train", "score"])
def test_while_a_program_compiles(program: str, uninterrupted: Any) -> None:
    network = model()
    engine.fit(network, **GIVEN | {"epochs": 0})
    released = threading.Event()
    programs = compiled.programs_of(network)
    ordinary = programs._program

    def slow(kind: str, step: Any, carry: Any, fixed: Any, window: Any, stop: StopRequest, donate: Any = ()) -> Any:
        if kind == program:

            def compiles_for_ever() -> None:
                ctrl_c_from_outside.start()
                released.wait()

            stop.waiting_for(compiles_for_ever)
        return ordinary(kind, step, carry, fixed, window, stop, donate)

    ctrl_c_from_outside = threading.Thread(target=signal.pthread_kill, args=(threading.main_thread().ident, 2))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(programs, "_program", slow)
        reached = interrupted(network)
    released.set()
    assert reached == (Position(0, 0) if program == "train" else Position(0, STEPS))
    goes_on(network, reached, uninterrupted)


def test_waiting_hands_on_results_and_errors() -> None:
    assert StopRequest().waiting_for(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        StopRequest().waiting_for(lambda: 1 // 0)


def test_another_handler_of_ctrl_c_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        monkeypatch.setattr(loop, "Pace", pace_that(after(4)))
        engine.fit(model(), **GIVEN)
        assert heard == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_training_is_the_same(uninterrupted: Any) -> None:
    network = model()
    failures: list[BaseException] = []

    def train() -> None:
        try:
            engine.fit(network, **GIVEN)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert not failures
    assert_same_bits(uninterrupted[0], state_of(network))


def test_another_thread_can_stop_training_within_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a button beside a progress bar does; Keras looks at `stop_training` after every batch."""
    network = model()

    def when(taken: int) -> None:
        network.stop_training = taken >= 4

    monkeypatch.setattr(loop, "Pace", pace_that(when))
    history = engine.fit(network, **GIVEN)
    assert history.epoch == [0]
    assert int(network.optimizer.iterations.value) == 4


def test_going_on_within_an_epoch_needs_a_compiled_training() -> None:
    with pytest.raises(ValueError, match="cannot go on within epoch 2, only at the start of one: the model was"):
        engine.fit(model(run_eagerly=True), **GIVEN, start=Position(1, 3))


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ((0, 3), r"start: \(0, 3\); expected a Position, with an epoch and a step from 0 up\. Give the one that Inter"),
        (Position(0, -1), r"start: Position\(epoch=0, step=-1, logs=None\); expected a Position, with an epoch"),
        (Position(0, 1.0), r"step=1\.0, logs=None\); expected a Position, with an epoch and a step from 0 up"),  # type: ignore[arg-type]
        (Position(0, 99), r"start: step 99 of epoch 0, counted from 0; expected a number up to its 10 steps\. Give"),
        (Position(4), r"start: epoch 4, step 0, counted from 0; expected a place within the 3 epochs\. Give epochs="),
        (Position(3, 1), r"start: epoch 3, step 1, counted from 0; expected a place within the 3 epochs\. Give epochs"),
    ],
    ids=str,
)
def test_a_position_that_is_none_of_this_training_is_refused(start: Any, words: str) -> None:
    network = model()
    before = network.get_weights()
    with pytest.raises(InputError, match=words):
        engine.fit(network, **GIVEN, start=start)
    assert_same_bits(before, network.get_weights())


def test_a_position_beyond_an_epoch_that_is_part_of_a_pass() -> None:
    """Of the ten batches the third epoch has two."""
    with pytest.raises(InputError, match="start: step 3 of epoch 2, counted from 0; expected a number up to its 2 ste"):
        engine.fit(model(), **GIVEN, steps_per_epoch=4, start=Position(2, 3))


@pytest.mark.parametrize("seed", [-1, "a", 1.5, True, 2**128], ids=str)
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    words = f"^seed: {seed!r}; expected a whole number from 0 up, below 2\\*\\*128$"
    for settings in ({}, {"run_eagerly": True}):
        with pytest.raises(InputError, match=words):
            engine.fit(model(**settings), **GIVEN | {"seed": seed})
