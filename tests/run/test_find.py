"""Runs are found by path, name, beginning and "last", and thousands are listed without looking far into any."""

import builtins
import io
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tenfold.errors import RunError, UsageError
from tenfold.run.find import find, list_runs
from tenfold.run.lock import held
from tenfold.run.status import Status


def make(runs: Path, name: str, started: int = 0, **more: Any) -> Path:
    path = runs / name
    path.mkdir(parents=True)
    begun = f"2026-01-01T00:00:00.{started:06d}+00:00"
    status = Status(state="done", recipe="mlp", data="digits", epochs=5, started=begun)
    (path / "status.json").write_text(json.dumps({**asdict(status), **more}))
    return path


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for number, name in enumerate(["mlp-digits-0001", "mlp-digits-0002", "cnn-mnist-0001"]):
        make(tmp_path / "runs", name, started=9 - number)
    return tmp_path / "runs"


@pytest.mark.parametrize("what", ["cnn-mnist-0001", "cnn", "c"])
def test_by_name_or_its_beginning(what: str, runs: Path) -> None:
    assert find(runs, what).name == "cnn-mnist-0001"


def test_last_is_the_one_that_was_started_last(runs: Path) -> None:
    assert find(runs, "last").name == "mlp-digits-0001"


def test_by_path(runs: Path) -> None:
    assert find(Path("elsewhere"), runs / "cnn-mnist-0001").name == "cnn-mnist-0001"
    assert find(Path("elsewhere"), str(runs / "cnn-mnist-0001") + "/").name == "cnn-mnist-0001"


def test_by_path_from_within(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(runs / "cnn-mnist-0001")
    assert find(runs, ".").name == "cnn-mnist-0001"
    monkeypatch.chdir(runs)
    assert find(Path("elsewhere"), "cnn-mnist-0001").name == "cnn-mnist-0001"


def test_an_exact_name_beats_a_longer_one(runs: Path) -> None:
    make(runs, "cnn")
    assert find(runs, "cnn").name == "cnn"


def test_several_are_too_many(runs: Path) -> None:
    with pytest.raises(RunError, match="run mlp: 2 runs begin so: mlp-digits-0001, mlp-digits-0002; expected one"):
        find(runs, "mlp")


def test_none_is_too_few(runs: Path) -> None:
    with pytest.raises(RunError, match=r"run cnn-mnist-001: no run of this name in .*Did you mean 'cnn-mnist-0001'\?"):
        find(runs, "cnn-mnist-001")


@pytest.mark.parametrize("what", ["", "*", "..\\x", "\x1b[2J", "a b", "x" * 5000])
def test_what_is_no_name_finds_nothing(what: str, runs: Path) -> None:
    with pytest.raises(RunError, match="no run of this name"):
        find(runs, what)


def test_what_is_no_run(runs: Path, tmp_path: Path) -> None:
    Path("pictures").mkdir()
    with pytest.raises(RunError, match=r"^pictures: it is not a run .* directory of a run. `tenfold runs` lists the"):
        find(runs, "pictures")
    with pytest.raises(RunError, match="nothing is there"):
        find(runs, tmp_path / "gone")
    with pytest.raises(RunError, match=r"it is not a run \(it has no status\.json\)"):
        find(runs, tmp_path)


def test_what_was_killed_while_it_was_made(runs: Path) -> None:
    (runs / "new-0001" / "state").mkdir(parents=True)
    with pytest.raises(RunError, match=r"ended before it was begun.*Delete it and train again"):
        find(runs, "new-0001")
    assert "new-0001" not in [listed.name for listed in list_runs(runs)]


def test_a_file_is_no_folder_of_runs(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(UsageError, match=r"a\.txt: it is no folder; expected the folder of runs"):
        list_runs(tmp_path / "a.txt")


def test_no_runs_yet(tmp_path: Path) -> None:
    assert list_runs(tmp_path / "runs") == list_runs() == []
    with pytest.raises(RunError, match=r"run last: no runs in .*Train one"):
        find(tmp_path / "runs", "last")


def test_without_a_folder_the_runs_are_those_beside_one(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert runs.name == "runs"
    monkeypatch.chdir(runs.parent)
    assert [one.name for one in list_runs()] == [one.name for one in list_runs(str(runs))] != []


def test_the_list_is_newest_first_and_says_what_cannot_be_read(runs: Path) -> None:
    (runs / "broken").mkdir()
    (runs / "broken" / "status.json").write_text("{")
    (runs / "a file").write_text("")
    (runs / ".hidden").mkdir()
    listed = list_runs(runs)
    assert [one.name for one in listed] == ["mlp-digits-0001", "mlp-digits-0002", "cnn-mnist-0001", "broken"]
    assert listed[-1].status is None
    assert "is not JSON" in listed[-1].error


def test_what_runs_is_told_from_what_was_killed(runs: Path) -> None:
    for name in ("alive", "killed"):
        (make(runs, name, state="running") / "state").mkdir()
    with held(runs / "alive" / "state" / "lock", "alive"):
        states = {one.name: one.status.state for one in list_runs(runs) if one.status}
    assert (states["alive"], states["killed"]) == ("running", "interrupted")


def test_a_list_of_2000_opens_one_file_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2000):
        make(tmp_path, f"mlp-digits-{number:04d}", started=number)
    opened = []
    really = io.open

    def counting(file: Any, *more: Any, **named: Any) -> Any:
        opened.append(str(file))
        return really(file, *more, **named)

    monkeypatch.setattr(io, "open", counting)
    monkeypatch.setattr(builtins, "open", counting)
    assert len(list_runs(tmp_path)) == 2000
    assert len([path for path in opened if path.endswith("status.json")]) == 2000
    assert len(opened) < 2010


def test_listing_wakes_nothing_heavy(runs: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tenfold.run.find import find, list_runs\n"
        "print(len(list_runs(Path(sys.argv[1]))), find(Path(sys.argv[1]), 'last').status.state)\n"
        "print([name for name in ('keras', 'jax', 'numpy', 'PIL', 'sklearn') if name in sys.modules])"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    said = subprocess.run(
        [sys.executable, "-c", code, str(runs)], env=env, capture_output=True, text=True, check=True
    ).stdout
    assert said == "3 done\n[]\n"
