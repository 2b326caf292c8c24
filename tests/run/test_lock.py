"""One process trains a run at a time; a lock never outlives its process; a reused process number deceives nobody."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tenfold.errors import RunError
from tenfold.run import lock as locks
from tenfold.run import process as processes
from tenfold.run.lock import held, is_held
from tenfold.run.process import Process, this_process

HOLD = """
import sys
from pathlib import Path
from tenfold.run.lock import held
with held(Path(sys.argv[1]), "a"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "lock"


@pytest.fixture(params=["locks of the system", "no such locks"])
def with_or_without_locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if request.param == "no such locks":
        monkeypatch.setattr(locks, "try_lock", lambda descriptor, shared: None)
        return False
    return True


def gone() -> Process:
    """A process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return replace(this_process(), pid=ended.pid)


def test_held_and_let_go(lock: Path, with_or_without_locks: bool) -> None:
    with held(lock, "a"):
        assert is_held(lock, this_process())
        with (
            pytest.raises(RunError, match=rf"run a: it is being trained right now by process {os.getpid()} on"),
            held(lock, "a"),
        ):
            raise AssertionError("held twice")
        assert is_held(lock, this_process())
    with held(lock, "a"):
        pass


def test_let_go_after_an_error(lock: Path, with_or_without_locks: bool) -> None:
    with pytest.raises(ZeroDivisionError), held(lock, "a"):
        1 / 0  # noqa: B018
    with held(lock, "a"):
        pass


def test_what_is_let_go_is_not_held(lock: Path) -> None:
    with held(lock, "a"):
        pass
    assert not is_held(lock, this_process())


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("gold")
    (tmp_path / "lock").symlink_to(tmp_path / "precious")
    (tmp_path / "state").symlink_to(tmp_path)
    for lock in (tmp_path / "lock", tmp_path / "state" / "precious"):
        with (
            pytest.raises(RunError, match="a link to another place; expected a file of the run's own"),
            held(lock, "a"),
        ):
            pass
    assert (tmp_path / "precious").read_text() == "gold"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lock")
    assert not is_held(tmp_path / "lock", this_process())


def test_a_holder_on_another_host_is_believed_and_can_be_overruled(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "try_lock", lambda descriptor, shared: None)
    lock.write_text(json.dumps(replace(gone(), host="elsewhere").as_json()))
    with pytest.raises(RunError, match=r"on elsewhere; .* or delete .*lock if that process is gone"), held(lock, "a"):
        pass
    lock.unlink()
    with held(lock, "a"):
        pass


def test_a_killed_process_holds_nothing(lock: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with holder.stdout, holder.stdin:
        assert holder.stdout.readline() == b"held\n"
        said = Process.from_json(json.loads(lock.read_bytes()))
        assert said.pid == holder.pid
        assert is_held(lock, said)
        with pytest.raises(RunError, match=f"by process {holder.pid} on"), held(lock, "a"):
            pass
        holder.kill()
        holder.wait()
    assert not is_held(lock, said)
    with held(lock, "a"):
        pass


def test_words_of_a_process_that_is_gone_count_for_nothing(lock: Path, with_or_without_locks: bool) -> None:
    lock.write_text(json.dumps(gone().as_json()))
    assert not is_held(lock, gone())
    with held(lock, "a"):
        pass


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "1"}', '{"pid": -1, "host": "", "began": ""}'])
def test_words_that_make_no_sense_count_for_nothing(text: str, lock: Path, with_or_without_locks: bool) -> None:
    lock.write_text(text)
    with held(lock, "a"):
        pass


def test_a_process_is_more_than_its_number() -> None:
    me = this_process()
    assert me.is_alive()
    assert not replace(me, began="another moment").is_alive()
    assert not gone().is_alive()


def test_a_process_on_another_host_is_believed() -> None:
    assert replace(gone(), host="elsewhere").is_alive()


def test_a_process_that_is_only_not_yet_buried_is_gone() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and its parent has not asked yet
    assert processes.began_at(ended.pid) is None
    ended.wait()


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="there is no ps here")
def test_ps_knows_when_a_process_began() -> None:
    assert processes.began_by_ps(os.getpid())
    assert processes.began_by_ps(gone().pid) is None


def test_where_the_system_says_nothing_a_process_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "began_at", lambda pid: "")
    assert this_process().is_alive()
