"""One small finished run that the tests of the commands look at, and pictures to show to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import tenfold
from tenfold.cli.main import main

Command = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one run, `first-digits-0001`; tests must not change it."""
    folder = tmp_path_factory.mktemp("runs")
    tenfold.train("first", "digits", runs=folder, epochs=2, verbose=0)
    return folder


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command with --json; what it told, when it ended well."""

    def tell(*words: object) -> dict[str, Any]:
        code = main([*map(str, words), "--json"])
        out = capsys.readouterr().out
        assert code == 0, out
        answer = json.loads(out)
        assert isinstance(answer, dict)
        return answer

    return tell


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command; what a person sees on stdout, when it ended well."""

    def show(*words: object) -> str:
        code = main([*map(str, words)])
        captured = capsys.readouterr()
        assert code == 0, captured.err
        return captured.out

    return show


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command that has to be refused as bad input; the one line that says why."""

    def refuse(*words: object) -> str:
        assert main([*map(str, words)]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        lines = captured.err.splitlines()
        assert lines[-1].startswith("error: ")
        assert "Traceback" not in captured.err
        return lines[-1]

    return refuse


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    """A picture of a digit, as a file."""
    digits = tenfold.load("digits").test
    picture = digits.images[int(np.argmax(digits.labels == 7)), :, :, 0]
    Image.fromarray(picture).save(tmp_path / "seven.png")
    return tmp_path / "seven.png"


@pytest.fixture
def leaves(tmp_path: Path) -> Path:
    """A folder of pictures with two classes, one of them dark and one bright, and a file that is no picture."""
    rng = np.random.default_rng(0)
    for name, low in (("dark", 0), ("bright", 128)):
        (tmp_path / "leaves" / name).mkdir(parents=True)
        for number in range(10):
            noise = rng.integers(low, low + 127, (12, 10, 3), dtype=np.uint8)
            Image.fromarray(noise).save(tmp_path / "leaves" / name / f"{number}.png")
    (tmp_path / "leaves" / "dark" / "broken.jpg").write_bytes(b"<html>not a picture</html>")
    return tmp_path / "leaves"
