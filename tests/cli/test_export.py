"""`tenfold export`: which file it writes, what it says of it, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Command

Words = Callable[..., str]


def test_a_run_becomes_a_script_named_after_it(runs: Path, shown: Words) -> None:
    told = shown("export", "first", "--to", "script", "--runs", runs)
    assert told.splitlines() == [
        "written: first-digits-0001.py",
        "and the pictures, which it reads: first-digits-0001-pictures.npz",
        "It needs no Tenfold: python first-digits-0001.py",
    ]
    program = Path("first-digits-0001.py").read_text(encoding="utf-8")
    assert 'x = layers.Dense(128, activation="relu")(x)' in program
    assert "import tenfold" not in program


def test_programs_are_told_the_files(runs: Path, told: Command, tmp_path: Path) -> None:
    file = tmp_path / "new" / "lesson.ipynb"
    assert told("export", "last", "--to", "notebook", "--output", file, "--runs", runs) == {
        "run": "first-digits-0001",
        "to": "notebook",
        "file": str(file),
        "pictures": str(file.with_name("lesson-pictures.npz")),
    }
    assert file.exists()


def test_mistakes_are_one_line(runs: Path, refused: Words) -> None:
    assert "--to" in refused("export", "last", "--runs", runs)
    assert "invalid choice: 'onnx'" in refused("export", "last", "--to", "onnx", "--runs", runs)
    Path("first-digits-0001.py").touch()
    assert "it exists already" in refused("export", "last", "--to", "script", "--runs", runs)
