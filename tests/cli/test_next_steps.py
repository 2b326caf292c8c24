"""What the screen says to type works when it is typed: wherever the program and the run are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tenfold.cli.next_steps import program, to_type
from tenfold.recipe.find import find
from tenfold.recipe.toml import write_toml
from tenfold.run.run import Run


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `tenfold` in a virtual environment below the current folder, which was called by its path."""
    script = Path.cwd() / ".venv" / "bin" / "tenfold"
    script.parent.mkdir(parents=True)
    script.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(script)])
    monkeypatch.setenv("PATH", "")
    return script


def test_a_program_that_is_not_on_the_path_is_called_by_its_path(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert program() == str(Path(".venv/bin/tenfold"))
    (elsewhere := Path.cwd() / "deeper").mkdir()
    monkeypatch.chdir(elsewhere)
    assert program() == str(installed)


@pytest.mark.skipif(sys.platform == "win32", reason="there a program on the PATH needs an ending")
def test_a_program_on_the_path_is_called_by_its_name(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(installed.parent))
    assert program() == "tenfold"


def test_another_program_on_the_path_is_not_this_one(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (other := Path.cwd() / "other").mkdir()
    (other / "tenfold").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(other))
    assert program() == str(Path(".venv/bin/tenfold"))


def test_a_module_is_called_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/tenfold/__main__.py"])
    monkeypatch.setattr(sys, "executable", "/my programs/python")
    assert program() == "'/my programs/python' -m tenfold"


def test_a_run_where_runs_are_looked_for_goes_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert to_type("show", Run(Path("runs/mine"))) == "tenfold show mine"
    assert to_type("show", Run(Path("my runs/mine"))) == "tenfold show 'my runs/mine'"
    monkeypatch.setenv("TENFOLD_RUNS", "my runs")
    assert to_type("show", Run(Path("my runs/mine"))) == "tenfold show mine"


def test_a_network_of_ones_own_code_is_allowed_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "argv", ["tenfold"])
    run = Run(tmp_path / "mine")
    run.path.mkdir()
    write_toml(find("mynet:make"), run.directory.recipe)
    monkeypatch.setenv("TENFOLD_RUNS", str(tmp_path))
    assert to_type("resume", run) == "tenfold resume mine --trust-code"
    assert to_type("predict PICTURE --run", run) == "tenfold predict PICTURE --run mine --trust-code"
    assert to_type("show", run) == "tenfold show mine"
