"""What callbacks remember comes back exactly, and nothing else does."""

import json
from typing import Any

import numpy as np
import pytest

from tenfold.backend import keras
from tenfold.errors import RunError
from tenfold.run.memory import read, remember, remind, written


class Patient:
    """Like Keras' callbacks: plain attributes, and some that are not."""

    def __init__(self) -> None:
        self.model = object()
        self.compare = np.less
        self.file = None
        self.path = "here"
        self.wait = 0
        self.best: Any = None
        self.weights: Any = None

    def on_epoch_end(self) -> None: ...


VALUES = [
    None,
    True,
    3,
    -0.1,
    float("inf"),
    float("-inf"),
    "é",
    [1, [2.5, None]],
    (1, ("a", 2)),
    {"a": 1, 2: (3,)},
    np.float32(0.1),
    np.int64(7),
    np.arange(6, dtype=np.int16).reshape(2, 3),
    [np.zeros((2, 0), np.float32), np.array(3.0)],
    np.array(["a", "bc"]),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_come_back_exactly(value: Any) -> None:
    arrays: list[Any] = []
    again = read(json.loads(json.dumps(written(value, arrays), allow_nan=False)), arrays)
    np.testing.assert_equal(again, value)
    assert type(again) is type(value)


def test_nan_comes_back() -> None:
    assert np.isnan(read(written(float("nan"), []), []))


def test_callbacks_remember() -> None:
    before, after = Patient(), Patient()
    before.wait, before.best, before.weights = 2, np.float32(0.25), [np.ones(3), np.zeros((2, 2))]
    before.file = object()  # not plain: belongs to how it was made
    before.path = "elsewhere"
    remind([after], *remember([before]))
    assert (after.wait, after.best, after.file, after.path) == (2, np.float32(0.25), None, "here")
    np.testing.assert_equal(after.weights, before.weights)
    assert after.model is not before.model


def test_what_is_half_plain_leaves_nothing_behind() -> None:
    callback = Patient()
    callback.weights = [np.ones(3), object()]
    memories, arrays = remember([callback])
    assert arrays == []
    assert "weights" not in memories[0]["memory"]


def test_a_list_that_holds_itself_is_not_plain() -> None:
    callback = Patient()
    callback.best = endless = []
    endless.append(endless)
    assert "best" not in remember([callback])[0][0]["memory"]


def test_other_callbacks_are_refused() -> None:
    memories, arrays = remember([Patient()])
    with pytest.raises(RunError, match="callbacks: none; expected those that the run was trained with: Patient"):
        remind([], memories, arrays)


def test_which_way_is_better_comes_back_with_the_sign_that_goes_with_it() -> None:
    before, after = (keras.callbacks.EarlyStopping(monitor="loss", min_delta=1.0) for _ in range(2))
    before._set_monitor_op()
    assert before.min_delta == -1.0
    remind([after], *remember([before]))
    assert after.monitor_op is before.monitor_op
    assert after.min_delta == -1.0


def test_a_stranger_sets_no_method_no_path_and_nothing_new() -> None:
    callback = Patient()
    memory = {"on_epoch_end": 1, "new": 2, "wait": 3, "path": 4, "best": "/etc/passwd"}
    remind([callback], [{"callback": "Patient", "memory": memory}], [])
    assert callable(callback.on_epoch_end)
    assert not hasattr(callback, "new")
    assert (callback.path, callback.best) == ("here", None)
    assert callback.wait == 3


@pytest.mark.parametrize(
    "memories",
    [
        3,
        [3],
        [{"callback": "Patient", "memory": {"wait": {"array": 9}}}],
        [{"memory": {}}],
        [{"callback": "Patient", "memory": {"wait": {"eval": "1"}}}],
    ],
)
def test_nonsense_is_refused(memories: Any) -> None:
    with pytest.raises(RunError, match="no callbacks that make sense"):
        remind([Patient()], memories, [])
