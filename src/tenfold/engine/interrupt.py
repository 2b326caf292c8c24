"""Ctrl-C during training: answered within a second, and never between two halves of a step.

A compiled step takes the arrays of the state away and hands back new ones. A `KeyboardInterrupt` that fell between
the two would leave a model without weights. So while training runs the signal is only noted, and the loop looks at
the note between chunks of steps; a second Ctrl-C is not noted but obeyed at once.
"""

from __future__ import annotations

import atexit
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple, TypeVar

from tenfold.errors import InputError

T = TypeVar("T")


class Position(NamedTuple):
    """Where training stands: `step` batches of epoch number `epoch` (from 0) are done.

    `logs` is what a `train_step` of the model's own reported last. The epoch's logs are made of it, and when no batch
    is left nothing else remembers it; Keras' own step leaves all that it reports in the metrics.
    """

    epoch: int
    step: int = 0
    logs: Mapping[str, Any] | None = None


def check_start(start: object, epochs: int) -> None:
    """Refuse a position that training of so many epochs cannot go on from."""
    if start is None:
        return
    if not isinstance(start, Position) or not all(type(each) is int and each >= 0 for each in start[:2]):
        raise InputError(
            "start",
            found=repr(start)[:80],
            expected="a Position, with an epoch and a step from 0 up",
            do="give the one that Interrupted had",
        )
    if start[:2] > (epochs, 0):
        raise InputError(
            "start",
            found=f"epoch {start.epoch}, step {start.step}, counted from 0",
            expected=f"a place within the {epochs} epochs",
            do="give epochs= as it was when training was stopped",
        )


def check_step(start: Position | None, steps: int) -> None:
    """Refuse a position that lies beyond the steps of its epoch."""
    if start and start.step > steps:
        raise InputError(
            "start",
            found=f"step {start.step} of epoch {start.epoch}, counted from 0",
            expected=f"a number up to its {steps} steps",
            do="give the data and the batch_size that training was stopped with",
        )


class Interrupted(KeyboardInterrupt):
    """The user stopped training. The model holds the state that was reached; `fit(start=position)` goes on there."""

    def __init__(self, position: Position) -> None:
        super().__init__(f"stopped in epoch {position.epoch + 1} after {position.step} steps")
        self.position = position


class StopRequest:
    """Whether the user has asked to stop."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        self._asked.set()

    def __bool__(self) -> bool:
        return self._asked.is_set()

    def waiting_for(self, work: Callable[[], T]) -> T:
        """Do `work` in another thread, so that Ctrl-C is answered while a long compilation is under way.

        XLA cannot be told to stop: the abandoned thread finishes by itself, at the latest before Python ends, for it
        must not be in there when the interpreter is taken down around it.
        """
        outcome: list[T] = []
        failure: list[BaseException] = []

        def target() -> None:
            try:
                outcome.append(work())
            except BaseException as error:
                failure.append(error)

        thread = threading.Thread(target=target, name="tenfold-compile", daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(0.05)
            if self:
                atexit.register(thread.join)
                raise KeyboardInterrupt
        if failure:
            raise failure[0]
        return outcome[0]


@contextmanager
def stop_request() -> Iterator[StopRequest]:
    """Note Ctrl-C instead of raising it, for the length of the block (in the main thread, where signals arrive)."""
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return

    def note(number: int, frame: FrameType | None) -> None:
        if request:
            signal.default_int_handler(number, frame)
        request.ask()

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:
        # Whoever installed another handler (an IDE, a service) has decided what Ctrl-C means: leave it.
        yield request
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield request
    finally:
        signal.signal(signal.SIGINT, before)
