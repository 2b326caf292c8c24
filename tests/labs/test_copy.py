"""A copy of a notebook: written once, opened with what there is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tenfold.errors import UsageError
from tenfold.labs import copy
from tenfold.labs.copy import open_copy, opener, write_copy
from tenfold.labs.sheets import SHEETS


def test_a_copy_is_the_notebook_of_the_package(tmp_path: Path) -> None:
    path = write_copy(SHEETS["first"], tmp_path / "week" / "one")
    assert path == tmp_path / "week" / "one" / "first.ipynb"
    assert path.read_text(encoding="utf-8") == SHEETS["first"].notebook()


def test_a_copy_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mlp.ipynb").write_text("an evening's work")
    words = r"it exists already, and may hold your work; .* Go on with it: jupyter notebook .*mlp\.ipynb; or write a "
    with pytest.raises(UsageError, match=rf"mlp\.ipynb: {words}fresh copy elsewhere: tenfold lab mlp --to FOLDER"):
        write_copy(SHEETS["mlp"], tmp_path)
    assert (tmp_path / "mlp.ipynb").read_text() == "an evening's work"


@pytest.mark.parametrize(
    ("there", "command"),
    [
        ({"notebook", "jupyter_core"}, [sys.executable, "-m", "jupyter", "notebook", "a.ipynb"]),
        ({"jupyterlab", "jupyter_core"}, [sys.executable, "-m", "jupyter", "lab", "a.ipynb"]),
        ({"ipykernel", "code"}, ["/bin/code", "a.ipynb"]),
        ({"code"}, []),
        ({"notebook"}, []),
        (set(), []),
    ],
)
def test_what_opens_a_notebook(there: set[str], command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy, "find_spec", lambda name: name if name in there else None)
    monkeypatch.setattr(copy.shutil, "which", lambda name: f"/bin/{name}" if name in there else None)
    assert opener(Path("a.ipynb")) == command


def test_the_exit_code_is_that_of_what_was_opened() -> None:
    before = signal.getsignal(signal.SIGINT)
    assert open_copy([sys.executable, "-c", "raise SystemExit(3)"]) == 3
    assert open_copy([sys.executable, "-c", "import os; os.kill(os.getpid(), 2)"]) == 130
    assert signal.getsignal(signal.SIGINT) is before


# It ends a while after Ctrl-C, as Jupyter does, which asks and then ends its kernels.
JUPYTER = """
import time
try:
    print("open", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(1)
    print("kernels ended", flush=True)
    raise SystemExit(5)
"""
OPENS = """
import sys
from tenfold.labs.copy import open_copy
raise SystemExit(open_copy([sys.executable, "-c", sys.argv[1]]))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to send Ctrl-C to")
def test_ctrl_c_is_left_to_jupyter() -> None:
    words = [sys.executable, "-c", OPENS, JUPYTER]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True) as opened:
        assert opened.stdout is not None
        assert opened.stdout.readline() == "open\n"
        os.killpg(opened.pid, signal.SIGINT)  # as a terminal does
        assert opened.stdout.read() == "kernels ended\n"
    assert opened.returncode == 5
