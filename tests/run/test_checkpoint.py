"""A checkpoint comes back bit for bit, survives every way of being cut short, and never damages the one before it."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from tenfold import array_file
from tenfold.errors import RunError, StorageError
from tenfold.run.checkpoint import Checkpoint, newest, save

VARIABLES = {
    "trainable": [np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4), np.array(0.1, np.float64)],
    "non_trainable": [np.array([7, 2**32 - 1], np.uint32), np.array([True, False])],
    "optimizer": [np.array([1.5, -0.0], ml_dtypes.bfloat16), np.array(12, np.int64), np.zeros((2, 0), np.float16)],
    "metrics": [],
}


def checkpoint(epoch: int = 3, step: int = 0) -> Checkpoint:
    return Checkpoint(
        epoch=epoch,
        step=step,
        variables=VARIABLES,
        callbacks=[{"callback": "EarlyStopping", "memory": {"wait": 1, "best_weights": [{"array": 0}]}}],
        arrays=[np.array([3.0], np.float32), np.array(["a", "bc"])],
        rows=[{"epoch": 1, "loss": 0.1, "note": None}],
        stopped=True,
        seconds={"train": 1.25},
        logs={"own": np.array(0.5, np.float32), "each": np.arange(3.0)},
    )


def whole(state: Path) -> Checkpoint:
    found = newest(state)
    assert found is not None
    return found.checkpoint


def test_everything_comes_back(tmp_path: Path) -> None:
    save(tmp_path / "state", checkpoint(step=5))
    back = whole(tmp_path / "state")
    for group, arrays in VARIABLES.items():
        for given, found in zip(arrays, back.variables[group], strict=True):
            assert (found.dtype, found.shape, found.tobytes()) == (given.dtype, given.shape, given.tobytes())
    assert [array.tolist() for array in back.arrays] == [[3.0], ["a", "bc"]]
    assert (back.epoch, back.step, back.stopped, back.seconds) == (3, 5, True, {"train": 1.25})
    assert (back.callbacks, back.rows) == (checkpoint().callbacks, checkpoint().rows)
    assert {name: array.tolist() for name, array in back.logs.items()} == {"own": 0.5, "each": [0, 1, 2]}


def test_a_checkpoint_of_before_there_were_logs_is_read(tmp_path: Path) -> None:
    import json

    from tenfold.run.checkpoint import digest_of, packed

    members = packed(replace(checkpoint(), logs={}))
    meta = json.loads(members["meta"].tobytes())
    del meta["logs"], meta["types"]["log"], members["digest"]
    members["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    array_file.write_arrays(tmp_path / "checkpoint-000001.npz", {**members, "digest": digest_of(members)})
    assert (whole(tmp_path).epoch, whole(tmp_path).logs) == (3, {})


def test_the_newest_two_are_kept(tmp_path: Path) -> None:
    for epoch in range(5):
        save(tmp_path, checkpoint(epoch))
    assert whole(tmp_path).epoch == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-000004.npz", "checkpoint-000005.npz"]


def test_there_is_none_before_the_first(tmp_path: Path) -> None:
    assert newest(tmp_path / "state") is None
    (tmp_path / "lock").write_text("")
    assert newest(tmp_path) is None


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes) -> bytes:
    """One bit of an array is another, and the zip's own checksum is made to agree."""
    place = data.index(np.float32(-1).tobytes())
    changed = bytearray(data)
    changed[place] ^= 1
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        old = archive.getinfo("trainable-0.npy")
        start = data.index(b"\x93NUMPY")
        crc = zipfile.crc32(bytes(changed[start : start + old.file_size]))  # type: ignore[attr-defined]
    return bytes(changed).replace(old.CRC.to_bytes(4, "little"), crc.to_bytes(4, "little"))


def recoded(data: bytes) -> bytes:
    """The same arrays with one that was not there, and no digest to vouch for them."""
    import io

    arrays = {**np.load(io.BytesIO(data)), "more": np.zeros(2)}
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut": cut,
    "zeroed": lambda data: bytes(len(data)),
    "a flipped bit": flipped,
    "recoded": recoded,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_newest_falls_back_to_the_one_before(damage: str, tmp_path: Path) -> None:
    save(tmp_path, checkpoint(1))
    path = save(tmp_path, checkpoint(2))
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    found = newest(tmp_path)
    assert found is not None
    assert found.checkpoint.epoch == 1
    assert found.damaged_paths == (path,)
    assert path.name in found.damaged[0].line
    if damage in ("a flipped bit", "recoded"):
        assert "its contents are not those that were written" in found.damaged[0].line


def test_none_that_is_whole_is_one_error(tmp_path: Path) -> None:
    for epoch in range(2):
        save(tmp_path, checkpoint(epoch)).write_bytes(b"no")
    with pytest.raises(RunError, match=r"none of its 2 checkpoints is whole .*Train again"):
        newest(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "of format 2, and this version of Tenfold reads 1"),
        ({"epoch": -1}, "-1 is not a number of epochs"),
        ({"types": {"trainable": ["object"], "callback": []}}, "'object' is not a type of numbers"),
        ({"types": {"trainable": ["no such"], "callback": []}}, "no type is called 'no such'"),
        ({"types": {"gone": ["float32"], "callback": []}}, "gone-0"),
        ({"rows": 3}, "no checkpoint that makes sense"),
    ],
)
def test_nonsense_with_a_right_digest_is_refused(change: dict[str, Any], words: str, tmp_path: Path) -> None:
    import json

    from tenfold.run.checkpoint import digest_of, packed

    members = packed(checkpoint())
    meta = {**json.loads(members["meta"].tobytes()), **change}
    members["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    del members["digest"]
    array_file.write_arrays(tmp_path / "checkpoint-000001.npz", {**members, "digest": digest_of(members)})
    with pytest.raises(RunError, match=words):
        newest(tmp_path)


class Count:
    """Calls of a function, the n-th of which fails as a full disk does."""

    def __init__(self, does: Callable[..., Any], fails_at: int) -> None:
        self.does, self.left = does, fails_at

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.left -= 1
        if self.left == -1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.does(*arguments, **named)


# A save writes 13 arrays, flushes the file and the folder, and renames once.
PLACES = [(np.lib.format, "write_array", n) for n in range(13)] + [
    (os, "fsync", 0),
    (os, "fsync", 1),
    (os, "replace", 0),
]


@pytest.mark.parametrize(("module", "name", "call"), PLACES, ids=lambda value: str(getattr(value, "__name__", value)))
def test_a_full_disk_is_one_error_and_leaves_a_good_checkpoint(
    module: Any, name: str, call: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, checkpoint(1))
    with monkeypatch.context() as patch:
        counted = Count(getattr(module, name), call)
        patch.setattr(module, name, counted)
        with pytest.raises(StorageError, match=r"checkpoint-000002\.npz: the disk is full.*Free some space"):
            save(tmp_path, checkpoint(2))
        assert counted.left == -1, "the save has fewer such calls than this test thinks"
    assert whole(tmp_path).epoch == (2 if (name, call) == ("fsync", 1) else 1)
    assert not list(tmp_path.glob(".*"))
    save(tmp_path, checkpoint(3))
    assert whole(tmp_path).epoch == 3


def test_a_read_only_disk_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **named: Any) -> Any:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    save(tmp_path, checkpoint(1))
    monkeypatch.setattr("io.open", refuse)
    with pytest.raises(StorageError, match=r"the disk is read-only; expected to write here\. Choose a folder"):
        save(tmp_path, checkpoint(2))
    monkeypatch.undo()
    assert whole(tmp_path).epoch == 1


KILLED_EVERYWHERE = """
import os, signal, sys
from pathlib import Path
import numpy as np
from tenfold.run.checkpoint import Checkpoint, newest, save

state = Path(sys.argv[1])
made = lambda epoch: Checkpoint(epoch, 0, {"trainable": [np.full(1000, epoch, np.float32)] * 3})
count = last = 0

def counting(does):
    def counted(*arguments, **named):
        global count
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        return does(*arguments, **named)
    return counted

save(state, made(0))
while True:  # the child is killed before its call number `last`, until there are no more calls
    child = os.fork()
    if not child:
        for module, name in ((os, "fsync"), (os, "replace"), (os, "unlink"), (np.lib.format, "write_array")):
            setattr(module, name, counting(getattr(module, name)))
        save(state, made(newest(state).checkpoint.epoch + 1))
        os._exit(0)
    before = newest(state).checkpoint.epoch
    killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    found = newest(state)
    arrays, epoch = found.checkpoint.variables["trainable"], found.checkpoint.epoch
    print(killed, epoch - before in (0, 1), len(found.damaged), all((array == epoch).all() for array in arrays))
    if not killed:
        break
    last += 1
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be doubled")
def test_killed_at_any_moment_of_a_save_there_is_a_whole_checkpoint(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", KILLED_EVERYWHERE, str(tmp_path)], env=env, capture_output=True, text=True, check=True
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) >= 9, "5 arrays, 2 flushes, a rename, and the end"
    assert [line[0] for line in lines] == ["True"] * (len(lines) - 1) + ["False"]
    assert {tuple(line[1:]) for line in lines} == {("True", "0", "True")}
