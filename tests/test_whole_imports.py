"""Ctrl-C while NumPy, JAX or Keras is imported comes when they are whole, and is nobody else's business."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tenfold.whole_imports import ctrl_c_afterwards

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in another way there")

INTERRUPTED = """
import signal, sys
import tenfold
{before}
try:
    import keras
except KeyboardInterrupt:
    print("stopped")
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
"""
WHILE_ANOTHER_IS_LOOKED_FOR = """
class Finder:
    def find_spec(name, path=None, target=None):
        if name == "ml_dtypes":
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Finder)
"""


def told(code: str, folder: Path) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_ctrl_c_in_an_import_comes_when_it_is_through(tmp_path: Path) -> None:
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").write_text("import numpy\nprint('whole')")
    (tmp_path / "numpy.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\nprint('numpy')")
    assert told(INTERRUPTED.format(before=""), tmp_path) == ["numpy", "whole", "stopped", "True"]


@pytest.mark.slow
def test_keras_can_be_imported_again_after_that(tmp_path: Path) -> None:
    again = "import keras, numpy\nprint(keras.Sequential([keras.layers.Dense(3)])(numpy.ones((1, 2))).shape == (1, 3))"
    code = INTERRUPTED.format(before=WHILE_ANOTHER_IS_LOOKED_FOR) + again
    assert told(code, tmp_path) == ["stopped", "True", "True"]


def test_ctrl_c_is_raised_also_where_the_import_failed() -> None:
    def fail() -> None:
        with ctrl_c_afterwards():
            signal.raise_signal(signal.SIGINT)
            raise ImportError

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_handler_and_another_thread_are_left_alone() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        with ctrl_c_afterwards():
            signal.raise_signal(signal.SIGINT)
            assert heard == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)
    thread = threading.Thread(target=lambda: ctrl_c_afterwards().__enter__())
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGINT) is before
