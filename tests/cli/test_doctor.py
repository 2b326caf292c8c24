"""`doctor`: it finds what is there, names what is wrong and what to do, and works when something is broken."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenfold.cli import checks
from tenfold.cli.main import main

WOKEN = '{"keras": "3", "jax": "0", "backend": "jax", "device": "cpu", "devices": ["cpu"]}'


@pytest.fixture
def keras_says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put an answer in the place of the process that wakes Keras."""

    def say(stdout: str = WOKEN, stderr: str = "", code: int = 0) -> None:
        done = subprocess.CompletedProcess([], code, stdout, stderr)
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)

    return say


def found(subject: str, answer: dict[str, Any]) -> dict[str, Any]:
    return next(check for check in answer["checks"] if check["subject"] == subject)


def test_a_healthy_machine(told: Callable[..., dict[str, Any]], home: Path) -> None:
    answer = told("doctor")
    assert answer["healthy"] is True
    assert found("Tenfold", answer)["facts"]["executable"] == sys.executable
    assert found("packages", answer)["facts"]["packages"]["keras"] == importlib.metadata.version("keras")
    assert found("Keras", answer)["facts"]["backend"] == "jax"
    assert found("device", answer)["facts"]["device"] == "cpu"
    assert found("threads", answer)["facts"]["threads"] >= 1
    assert found("cache", answer)["facts"]["folder"].startswith(str(home))
    assert found("runs", answer)["facts"]["free_bytes"] > 0
    assert found("data mnist", answer)["do"] == "to download it, type: tenfold data fetch mnist"


def test_a_person_sees_arrows_that_say_what_to_do(
    keras_says: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    keras_says(stderr="Traceback\nImportError: libomp is missing\n", code=1)
    assert main(["doctor"]) == 1
    text = capsys.readouterr().out
    assert "BAD  Keras" in text
    assert "cannot be imported: ImportError: libomp is missing" in text
    assert "→ type: pip install --force-reinstall tenfold" in text
    assert text.endswith("\n1 problem to solve\n")


def test_keras_that_ends_its_process(keras_says: Callable[..., None]) -> None:
    keras_says(code=-4)
    (check,) = checks.check_keras()
    assert check.state == "problem"
    assert "SIGILL" in check.found
    assert "does not fit this machine's processor" in check.do


def test_a_package_that_is_missing_or_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        importlib.metadata, "requires", lambda _: ["numpy>=99", "nosuch>=1", "never; python_version<'3'"]
    )
    check = checks.check_packages()
    assert check.state == "problem"
    assert "nosuch MISSING" in check.found
    assert check.do == 'type: pip install "numpy>=99" "nosuch>=1"'


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(
    keras_says: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> list[checks.Check]:
        raise ImportError("no numpy\x1b[31m")

    keras_says()
    monkeypatch.setattr(checks, "check_caches", broken)
    all_found = checks.all_checks(Path("runs"), None)
    (check,) = [check for check in all_found if check.subject == "caches"]
    assert check.state == "problem"
    assert check.found == "could not be examined: ImportError: no numpy\\x1b[31m"
    assert all_found[-1].subject == "data fashion"


def test_runs_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "this is a file" in checks.check_runs(tmp_path / "file").do
    if os.name == "posix" and os.geteuid():
        (tmp_path / "closed").mkdir(mode=0o500)
        assert "you may not write there" in checks.check_runs(tmp_path / "closed" / "runs").do


def test_data_that_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (digits, mnist, _) = checks.check_data(tmp_path)
    assert (digits.state, digits.found) == ("fine", "built in")
    assert mnist.state == "note"


def test_sizes_are_said_as_people_say_them() -> None:
    assert [checks.in_bytes(size) for size in (12, 3_400, 25_300_000_000, 2 * 10**13)] == [
        "12 bytes",
        "3 kB",
        "25.3 GB",
        "20.0 TB",
    ]
