"""Ctrl-C in the moments before and beside the work: no traceback, exit code 130, and it is never lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tenfold.cli.failure import STOPPED, in_four_parts
from tenfold.errors import StorageError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in another way there")

COMMAND = """
import gc, signal, sys, time
{before}
from tenfold.__main__ import console
sys.argv = ["tenfold", "runs"]
console()
"""
WHILE_IMPORTING = """
class Finder:
    def find_spec(name, path=None, target=None):
        if name == "tenfold.cli.commands":
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Finder)
"""
WHILE_COLLECTING = """
import tenfold.cli.main

def collecting(phase, about):
    gc.callbacks.clear()
    signal.raise_signal(signal.SIGINT)

def work(*words):
    gc.callbacks.append(collecting)
    gc.collect()
    time.sleep(20)
    return 0

tenfold.cli.main.answer = work
"""
WHILE_EXECUTING = """
import tenfold.cli.main

def work(*words):
    exec("signal.raise_signal(signal.SIGINT)")

tenfold.cli.main.answer = work
"""


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (WHILE_IMPORTING, ""),
        (WHILE_COLLECTING, "stopped: nothing was left half-done\n"),
        (WHILE_EXECUTING, "stopped: nothing was left half-done\n"),
    ],
    ids=["importing", "collecting", "executing"],
)
def test_ctrl_c_at_any_moment_is_answered_in_a_line_or_less(before: str, said: str) -> None:
    words = [sys.executable, "-c", COMMAND.format(before=before)]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr, ran.stdout) == (STOPPED, said, "")


def after_ctrl_c(error: Exception) -> Exception:
    """`error` as it comes out of a library that was stopped, and failed while it put things back."""
    try:
        try:
            raise KeyboardInterrupt
        finally:
            raise error
    except type(error) as raised:
        return raised


@pytest.mark.parametrize("error", [AttributeError("save_nargs"), ImportError("cannot import name 'x'")])
def test_an_error_that_ctrl_c_brought_up_is_ctrl_c(error: Exception) -> None:
    told = in_four_parts(after_ctrl_c(error))
    assert (told.exit_code, told.line) == (STOPPED, "stopped: nothing was left half-done")


@pytest.mark.parametrize("error", [OSError(5, "Input/output error", "x"), StorageError("x", found="the disk is full")])
def test_a_disk_that_refuses_after_ctrl_c_is_told(error: Exception) -> None:
    assert in_four_parts(after_ctrl_c(error)).line.startswith("x: ")
