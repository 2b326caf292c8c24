"""`status.json` goes through the disk unharmed, and `running` is only said of what runs."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tenfold.errors import RunError
from tenfold.run import status
from tenfold.run.directory import Directory
from tenfold.run.lock import held
from tenfold.run.status import Status


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    (tmp_path / "state").mkdir()
    return Directory(tmp_path)


BEGUN = Status(state="running", recipe="mlp", data="digits", epochs=5, started="2026-01-01T00:00:00.000000+00:00")


def test_written_and_read(directory: Directory) -> None:
    done = status.write(directory, Status(**{**asdict(BEGUN), "state": "done", "accuracy": 0.5, "loss": None}))
    assert status.read(directory) == done
    assert done.updated >= done.started


def test_running_is_what_holds_the_lock(directory: Directory) -> None:
    with held(directory.lock, "a"):
        status.write(directory, BEGUN.by_this_process())
        assert status.read(directory).state == "running"
    after = status.read(directory)
    assert (after.state, after.message) == ("interrupted", "its process ended before it was done")


def test_unknown_keys_of_a_later_version_are_passed_over(directory: Directory) -> None:
    directory.status.write_text(json.dumps({**asdict(BEGUN), "state": "done", "mood": "good"}))
    assert status.read(directory).state == "done"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": "sleeping"}, "state is 'sleeping'; expected running, interrupted, failed, done"),
        ({"epoch": "3"}, "epoch is '3'; expected int"),
        ({"epoch": True}, "epoch is True; expected int"),
        ({"accuracy": "good"}, r"accuracy is 'good'; expected float \| None"),
        ({"train_seconds": None}, "train_seconds is None"),
        ({"recipe": ["a"]}, "recipe is"),
        ({"train_seconds": 1e308 * 10}, "Infinity is not JSON"),
    ],
)
def test_nonsense_is_named(change: dict[str, object], words: str, directory: Directory) -> None:
    directory.status.write_text(json.dumps({**asdict(BEGUN), **change}))
    with pytest.raises(RunError, match=words):
        status.read(directory)


def test_what_is_missing_is_named(directory: Directory) -> None:
    directory.status.write_text('{"state": "done", "recipe": "a"}')
    with pytest.raises(RunError, match="no data and no epochs; expected the status of a run"):
        status.read(directory)
