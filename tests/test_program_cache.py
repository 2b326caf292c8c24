"""Compiled programs on the disk: a second process compiles nothing, and a damaged or foreign one costs only time."""

import hashlib
import os
import subprocess
import sys
import zlib
from pathlib import Path
from types import ModuleType

import jax
import jax._src
import pytest
from jax._src import compilation_cache

from tenfold import program_cache
from tenfold.program_cache import KeptPrograms

CODE = """
import warnings; warnings.simplefilter("error")
import jax, jax.monitoring, numpy as np
from tenfold import engine
from tenfold.backend import keras
events = []
jax.monitoring.register_event_listener(lambda event, **_: events.append(event.rpartition("/")[2]))
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.layers.Input((6,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(3, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
x = np.random.default_rng(0).normal(size=(64, 6)).astype("float32")
history = engine.fit(model, x, np.arange(64) % 3, epochs=1, verbose=0)
print(history.history["loss"][0], events.count("compile_requests_use_cache"), events.count("cache_hits"))
"""


def train(folder):
    """The loss of a small training in a process of its own, how many programs it needed and how many it found."""
    environment = {**os.environ, "TENFOLD_CACHE": str(folder), "PYTHONWARNINGS": "error"}
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    loss, needed, found = done.stdout.split()
    return loss, int(needed), int(found)


def entries(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.slow
def test_a_second_process_compiles_nothing_and_a_damaged_program_is_only_slower(tmp_path):
    loss, needed, found = train(tmp_path)
    assert needed > 10  # those that draw the first weights are among them
    assert found == 0
    assert train(tmp_path) == (loss, needed, needed)
    for path in entries(tmp_path):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] + b"\0damaged")
    assert train(tmp_path) == (loss, needed, 0)
    assert train(tmp_path) == (loss, needed, needed)  # repaired


@pytest.mark.slow
def test_a_program_that_xla_will_not_take_back_is_compiled_again_and_replaced(tmp_path):
    loss, needed, _ = train(tmp_path)
    for path in entries(tmp_path):
        KeptPrograms(path.parent).put(path.name, zlib.compress(b"\0\0\0\0" + b"no program"))
    assert train(tmp_path) == (loss, needed, 0)
    assert train(tmp_path) == (loss, needed, needed)


def test_what_was_put_is_got(tmp_path):
    kept = KeptPrograms(tmp_path / "not" / "there")
    assert kept.get("one") is None
    kept.put("one", b"program")
    kept.put("two", b"")
    assert kept.get("one") == b"program"
    assert kept.get("two") == b""
    kept.put("one", b"compiled anew")
    assert KeptPrograms(tmp_path / "not" / "there").get("one") == b"compiled anew"
    assert sorted(path.name for path in entries(tmp_path)) == ["one", "two"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda entry: entry[:-1],
        lambda entry: b"",
        lambda entry: entry[:20] + bytes([entry[20] ^ 1]) + entry[21:],
        lambda entry: entry[:-1] + bytes([entry[-1] ^ 1]),
        lambda entry: hashlib.sha256(entry[32:]).digest() + entry[32:],  # the digest is over the key as well
    ],
    ids=["cut", "empty", "a bit of the digest", "a bit of the program", "another's"],
)
def test_an_entry_that_is_not_as_it_was_written_is_removed(damage, tmp_path):
    kept = KeptPrograms(tmp_path)
    kept.put("one", b"program")
    (tmp_path / "one").write_bytes(damage((tmp_path / "one").read_bytes()))
    assert kept.get("one") is None
    assert not entries(tmp_path)


def test_an_entry_under_another_key_is_none(tmp_path):
    kept = KeptPrograms(tmp_path)
    kept.put("one", b"program")
    (tmp_path / "one").rename(tmp_path / "two")
    assert kept.get("two") is None


def test_those_that_were_not_used_for_longest_make_room(tmp_path, monkeypatch):
    monkeypatch.setattr(program_cache, "MOST_BYTES", 10 * 100)
    for number in range(8):
        KeptPrograms(tmp_path).put(f"old-{number}", bytes(100 - 32))
        os.utime(tmp_path / f"old-{number}", (number, number))
    kept = KeptPrograms(tmp_path)
    assert kept.get("old-0")
    for number in range(3):  # the last of them is too much
        kept.put(f"new-{number}", bytes(100 - 32))
    assert sorted(path.name for path in entries(tmp_path)) == ["new-0", "new-1", "new-2", "old-0", "old-7"]


def test_what_a_killed_process_left_half_written_is_swept_away(tmp_path):
    (tmp_path / ".old.partial").write_bytes(b"half")
    (tmp_path / ".now.partial").write_bytes(b"half")
    os.utime(tmp_path / ".old.partial", (0, 0))
    KeptPrograms(tmp_path).put("one", b"program")
    assert sorted(path.name for path in entries(tmp_path)) == [".now.partial", "one"]


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path):
    (tmp_path / "file").write_text("in the way")
    kept = KeptPrograms(tmp_path / "file" / "programs")
    kept.put("one", b"program")
    assert kept.get("one") is None
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(path, content):
        path.touch()
        raise OSError(28, "no space left")

    monkeypatch.setattr(Path, "write_bytes", full)
    KeptPrograms(tmp_path).put("one", b"program")
    assert not entries(tmp_path)


def test_another_machine_and_another_build_have_other_folders(monkeypatch):
    here = program_cache.machine()
    assert program_cache.machine() == here
    with monkeypatch.context() as patch:
        patch.setattr(program_cache, "processor_features", lambda: ["flags: fewer"])
        assert program_cache.machine() != here
    with monkeypatch.context() as patch:
        patch.setattr(program_cache.jaxlib.version, "_git_hash", "another")
        assert program_cache.machine() != here


def test_other_cores_have_another_folder(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 3, 5}, raising=False)
    of_three = program_cache.machine()
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3}, raising=False)
    of_one = program_cache.machine()
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert program_cache.machine() == of_three != of_one


def test_a_jax_that_keeps_its_cache_elsewhere_is_only_slower(monkeypatch):
    before = jax.config.jax_persistent_cache_min_compile_time_secs
    without_names = ModuleType("compilation_cache")
    monkeypatch.setattr(jax._src, "compilation_cache", without_names)
    program_cache.keep_programs()
    assert not vars(without_names).keys() & program_cache.NAMES
    monkeypatch.delattr(jax._src, "compilation_cache")
    monkeypatch.setitem(sys.modules, "jax._src.compilation_cache", None)
    program_cache.keep_programs()
    assert jax.config.jax_persistent_cache_min_compile_time_secs == before


@pytest.mark.parametrize(
    ("name", "value"), [("jax_compilation_cache_dir", "of/my/own"), ("jax_enable_compilation_cache", False)]
)
def test_what_the_user_set_stays(name, value, monkeypatch):
    before = getattr(jax.config, name)
    monkeypatch.setattr(compilation_cache, "_cache", "untouched")
    jax.config.update(name, value)
    try:
        program_cache.keep_programs()
    finally:
        jax.config.update(name, before)
    assert compilation_cache._cache == "untouched"
