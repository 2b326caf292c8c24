"""What the person waiting sees, in a terminal, a pipe and a notebook, and that it never gets in the way."""

from __future__ import annotations

import io
import re
import sys
import threading
import types
from typing import Any

import keras
import numpy as np
import pytest
from rich.console import Console
from tests.engine.a_small_training import X, Y, model

from tenfold import engine
from tenfold.engine import progress
from tenfold.engine.progress import Log, Progress, numbers

GIVEN = {"x": X, "y": Y, "batch_size": 32, "epochs": 2, "validation_data": (X[:40], Y[:40])}
EPOCH = (
    r"epoch {}/2  [\d.:]+ (ms|s|min)  [\d,]+ images/s  loss \d\S*  accuracy \d\S*  val_loss \d\S*  val_accuracy \d\S*"
)


def test_a_pipe_gets_whole_lines_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    engine.fit(model(), **GIVEN)
    out = capsys.readouterr().out
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\x1b]", out)
    lines = [line for line in out.splitlines() if line.strip(".")]
    assert len(lines) == 2
    for number, line in enumerate(lines, 1):
        assert re.fullmatch(EPOCH.format(number), line)


def test_silence_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    engine.fit(model(), **GIVEN, verbose=0)
    assert capsys.readouterr() == ("", "")


def test_one_line_an_epoch_and_no_dots(capsys: pytest.CaptureFixture[str]) -> None:
    engine.fit(model(), **GIVEN, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(re.fullmatch(EPOCH.format(number), line) for number, line in enumerate(lines, 1))


def test_a_pipe_shows_life_while_nothing_else_can_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    dotted = threading.Event()

    class Out(io.StringIO):
        def write(self, text: str) -> int:
            if written.write(text) and written.getvalue().count(".") == 130:
                dotted.set()
            return len(text)

    monkeypatch.setattr(progress, "DOT_SECONDS", 0.0005)
    monkeypatch.setattr(sys, "stdout", Out())
    log = Log(dots=True)
    log.open()
    assert dotted.wait(60)
    log.keep("epoch 1/1")
    log.close()
    *dots, last = written.getvalue().rstrip(".\n").splitlines()
    assert last == "epoch 1/1"
    assert set("".join(dots)) == {"."}
    assert len(dots) >= 3
    assert all(len(line) == progress.DOTS_A_LINE for line in dots[:-1])


def test_no_thread_is_left_behind_even_by_an_error() -> None:
    class Fails(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        engine.fit(model(), **GIVEN, callbacks=[Fails()])
    for thread in threading.enumerate():
        if thread.name == "tenfold-progress":
            thread.join(10)
            assert not thread.is_alive()


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_keeps_one_line_an_epoch_below_a_line_that_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Tty()
    monkeypatch.setattr(sys, "stdout", out)
    terminal_of = Console
    monkeypatch.setattr(
        progress, "Console", lambda **named: terminal_of(**named, force_terminal=True, width=150, legacy_windows=False)
    )
    engine.fit(model(), **GIVEN)
    shown = out.getvalue()
    assert "\x1b[?25l" in shown, "the cursor is hidden while the line moves"
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l"), "and comes back"
    plain = re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", shown)
    for number in (1, 2):
        assert re.search(EPOCH.format(number) + "\n", plain)


def test_the_line_that_moves_says_where_training_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    display = types.SimpleNamespace(
        open=lambda: shown.append("open"), show=shown.append, keep=shown.append, close=lambda: shown.append("close")
    )
    monkeypatch.setattr(progress, "_display", lambda verbose: display)
    monkeypatch.setattr(progress, "DOT_SECONDS", 0.0)
    engine.fit(model(), **GIVEN)
    assert (shown[0], shown[-1]) == ("open", "close")
    assert shown[1] == "epoch 1/2 " + "╌" * 18 + " compiling"
    assert any(
        re.fullmatch(r"epoch 2/2 ━{18} 0 ms left  [\d,]+ images/s  loss .*  accuracy .*", line) for line in shown
    )
    assert "epoch 1/2 " + "━" * 18 + " validating" in shown


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """IPython as a notebook has it, as far as it is used here. Returns what the cell's output held, in order."""
    held: list[dict[str, str]] = []

    class Handle:
        def update(self, bundle: dict[str, str], raw: bool) -> None:
            assert raw
            held.append(bundle)

    def display(bundle: dict[str, str], raw: bool, display_id: bool) -> Handle:
        assert raw
        assert display_id
        held.append(bundle)
        return Handle()

    shell = type("ZMQInteractiveShell", (), {})
    ipython, its_display = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    ipython.get_ipython = lambda: shell()  # type: ignore[attr-defined]
    its_display.display = display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", its_display)
    return held


def test_a_notebook_updates_one_output_in_place(
    notebook: list[dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    engine.fit(model(), **GIVEN)
    assert capsys.readouterr().out == ""
    assert len(notebook) > 4
    last = notebook[-1]["text/plain"].splitlines()
    assert len(last) == 2
    assert all(re.fullmatch(EPOCH.format(number), line) for number, line in enumerate(last, 1))


def test_an_interrupted_display_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []
    monkeypatch.setattr(progress.Silent, "close", lambda self: closed.append(True))
    with pytest.raises(ZeroDivisionError), Progress(0, 1, 1):
        raise ZeroDivisionError
    assert closed == [True]


def test_numbers_put_the_loss_first_and_validation_last() -> None:
    logs = {"val_loss": 0.5, "accuracy": 0.91544, "loss": 0.29131, "val_accuracy": 1.0, "scores": np.ones(3)}
    assert numbers(logs) == "loss 0.2913  accuracy 0.9154  scores …  val_loss 0.5  val_accuracy 1"
    assert numbers({"val_loss": 1, "train_loss": 2, "accuracy": 3}) == "accuracy 3  train_loss 2  val_loss 1"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.004, "4 ms"), (0.0949, "95 ms"), (0.1, "0.1 s"), (9.94, "9.9 s"), (10.2, "10 s"), (89.4, "89 s"),
     (90, "1:30 min"), (3599.6, "1:00:00 h"), (7322, "2:02:02 h")],
)  # fmt: skip
def test_durations(seconds: float, words: str) -> None:
    assert progress._duration(seconds) in (words, words.removesuffix(" h"))


def test_without_a_stdout_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with Progress("auto", epochs=1, rows=1) as progress:
        progress.epoch_begins(0, steps=1, first=0)
        progress.epoch_done(0, {"loss": 1.0})
