"""Names are unique however many ask, cannot leave the folder, and files of a run are read with limits."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tenfold.errors import RunError, StorageError
from tenfold.files import write_json
from tenfold.run.checkpoint import newest
from tenfold.run.directory import FILES, Directory, abandon, checked_name, claim, read_json, read_text, ready, stem_of


def test_numbers_follow_each_other_and_never_fill_gaps(tmp_path: Path) -> None:
    assert claim(tmp_path / "runs", None, "mlp-mnist").name == "mlp-mnist-0001"
    (tmp_path / "runs" / "mlp-mnist-0041").mkdir()
    (tmp_path / "runs" / "mlp-mnist-x").mkdir()
    (tmp_path / "runs" / "mlp-0099").mkdir()
    assert claim(tmp_path / "runs", None, "mlp-mnist").name == "mlp-mnist-0042"


def test_a_file_of_the_next_name_is_stepped_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a-0001").mkdir()
    monkeypatch.setattr("tenfold.run.directory.number_of", lambda entry, stem: 0)  # as another process would see it
    assert claim(tmp_path, None, "a").name == "a-0002"


CLAIM_20 = """
import sys
from pathlib import Path
from tenfold.run.directory import claim
sys.stdin.read(1)
print(*(claim(Path(sys.argv[1]), None, "a").name for _ in range(20)))
"""


def test_two_processes_never_get_the_same_name(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CLAIM_20, str(tmp_path)]
    claimers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=with_source())
        for _ in range(3)
    ]
    for claimer in claimers:  # started first, so that they run side by side
        assert claimer.stdin is not None
        claimer.stdin.write("go")
        claimer.stdin.flush()
    names = [name for claimer in claimers for name in claimer.communicate()[0].split()]
    assert sorted(names) == [f"a-{number:04d}" for number in range(1, 61)]


def with_source() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def test_a_name_of_ones_own(tmp_path: Path) -> None:
    directory = claim(tmp_path, "Try_2.b", "a")
    assert directory.name == "Try_2.b"
    with pytest.raises(RunError, match=r"Try_2\.b is no run: it is left from one .* Delete that folder, or choose"):
        claim(tmp_path, "Try_2.b", "a")
    directory.status.write_text("{}")
    with pytest.raises(RunError, match=r"run Try_2\.b: .* exists already; .*`tenfold resume Try_2\.b`"):
        claim(tmp_path, "Try_2.b", "a")


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "-x", "a b", "ü", "x" * 101, "a\n"])
def test_names_that_could_leave_the_folder_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"run name: .* 1 to 100 letters"):
        claim(tmp_path, name, "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["con", "NUL.txt", "lpt1", "a.", "last", "Last", "a.partial"])
def test_names_that_mean_something_else_are_refused(name: str) -> None:
    with pytest.raises(RunError, match="run name"):
        checked_name(name)


@pytest.mark.parametrize(
    ("parts", "stem"),
    [
        (("mlp", "mnist"), "mlp-mnist"),
        (("my.Net", "Fotos von Käfern!"), "my-net-fotos-von-kafern"),
        (("../..", "日本"), "run"),
        (("x" * 60, ""), "x" * 40),
    ],
)
def test_stems_are_names(parts: tuple[str, ...], stem: str) -> None:
    assert stem_of(*parts) == stem
    assert checked_name(f"{stem}-0001")


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(StorageError, match="runs: a file of this name is in the way"):
        claim(tmp_path / "runs", None, "a")


def test_abandoned_is_gone(tmp_path: Path) -> None:
    directory = claim(tmp_path, None, "a")
    directory.state.mkdir()
    directory.recipe.write_text("x")
    abandon(directory)
    assert list(tmp_path.iterdir()) == []


def test_sweeping_removes_only_what_was_left_half_written(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    directory.state.mkdir()
    for path in (directory.status, directory.state / "checkpoint-000001.npz"):
        path.write_text("x")
        path.with_name(f".{path.name}.0123abcd.partial").write_text("half")
    directory.sweep()
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["state/checkpoint-000001.npz", "status.json"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", r"is not JSON .*expected a file that Tenfold wrote\. Restore it from a copy, for it is damaged"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b"[1]", "a JSON list; expected a JSON object"),
        (b"\xff\xfe{\x00", "not text in UTF-8"),
        (b"[" * 200_000, "is not JSON"),
    ],
)
def test_json_of_a_stranger(data: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "status.json").write_bytes(data)
    with pytest.raises(RunError, match=words):
        read_json(tmp_path / "status.json")


def test_what_is_too_long_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 11)
    assert read_text(tmp_path / "a", limit=11) == "x" * 11
    with pytest.raises(RunError, match="a: more than 10 bytes"):
        read_text(tmp_path / "a", limit=10)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"status\.json: there is no such file"):
        read_json(tmp_path / "status.json")
    with pytest.raises(RunError, match="expected a file of a run"):
        read_text(tmp_path)  # a folder


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "status.json")
    with pytest.raises(RunError, match=r"status\.json: it is no file"):
        read_json(tmp_path / "status.json")
    os.mkfifo(tmp_path / "checkpoint-000001.npz")
    with pytest.raises(RunError, match="none of its 1 checkpoints is whole"):
        newest(tmp_path)


def test_a_name_that_is_not_utf8_goes_through_json(tmp_path: Path) -> None:
    name = os.fsdecode(b"K\xe4fer")
    write_json(tmp_path / "a.json", {"name": name, "plain": "Käfer"})
    assert read_json(tmp_path / "a.json") == {"name": name, "plain": "Käfer"}
    assert "Käfer" in read_text(tmp_path / "a.json")


def test_a_folder_for_runs_is_made_and_kept(tmp_path: Path) -> None:
    with ready(tmp_path / "a" / "runs"):
        assert (tmp_path / "a" / "runs").is_dir()
    assert (tmp_path / "a" / "runs").is_dir()


def test_a_folder_for_runs_that_stays_empty_is_removed(tmp_path: Path) -> None:
    def fail() -> None:
        with ready(tmp_path / "a" / "runs"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a").mkdir()
    with pytest.raises(KeyboardInterrupt):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]  # was there before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no system where such a folder cannot be made")
def test_a_folder_for_runs_that_cannot_be_made() -> None:
    words = r"^/proc/nope: a part of this path is not there, and cannot be made"
    with pytest.raises(StorageError, match=words), ready(Path("/proc/nope")):
        pass


def test_a_folder_for_runs_of_an_endless_name(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="this path is too long"), ready(tmp_path / "x" / ("n" * 999)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_every_file_of_a_run_is_told_about(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    named = [getattr(directory, name) for name, value in vars(Directory).items() if isinstance(value, property)]
    assert {path.name for path in named if isinstance(path, Path) and path.parent == tmp_path} == set(FILES)
