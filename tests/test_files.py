"""A file is replaced whole or not at all, and a disk that refuses is one line."""

import errno
import os

import pytest

from tenfold import files
from tenfold.errors import StorageError

REFUSALS = {
    errno.ENOSPC: "the disk is full; expected to write here. Free some space$",
    errno.EFBIG: r"a file may not get that large here; .*Raise the limit \('ulimit -f'\), or choose another disk$",
    errno.EROFS: "the disk is read-only; expected to write here. Choose a folder that can be written to",
    errno.EACCES: "permission to write was denied",
    errno.ENOTDIR: "a part of this path is a file",
    errno.ENOENT: "a part of this path is not there, and cannot be made",
    errno.ENAMETOOLONG: "this path is too long",
    errno.ELOOP: "the links on this path lead in a circle",
    errno.EISDIR: "a folder of this name is in the way",
    errno.EIO: "the disk reported an error",
}


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("number", REFUSALS, ids=errno.errorcode.get)
def test_a_refused_write_keeps_the_old_file_and_leaves_nothing(tmp_path, monkeypatch, call, number):
    path = tmp_path / "file"
    files.write_text(path, "old")

    def refuse(*arguments):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(StorageError, match=REFUSALS[number]):
        files.write_text(path, "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"


def test_an_interrupted_block_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    files.write_text(path, "old")

    def write_half():
        with files.replacing(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"


def test_a_reader_on_windows_is_waited_for(tmp_path, monkeypatch):
    path, rename, refused = tmp_path / "file", os.replace, []

    def busy(beside, over):
        if len(refused) < 2:
            refused.append(over)
            raise PermissionError(errno.EACCES, "in use")
        rename(beside, over)

    monkeypatch.setattr(files, "RENAME_PAUSES", (0, 0, 0))
    monkeypatch.setattr(os, "replace", busy)
    files.write_text(path, "new")
    assert (path.read_text(), len(refused)) == ("new", 2)


def test_json_has_no_word_for_nan(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.write_json(tmp_path / "file", {"loss": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_lines_are_added_each_on_its_own(tmp_path):
    path = tmp_path / "lines"
    files.append_line(path, "one")
    files.append_line(path, "zwö")
    with path.open("a") as file:
        file.write("cut sho")
    files.append_line(path, "three")
    assert path.read_text(encoding="utf-8").splitlines() == ["one", "zwö", "cut sho", "three"]
    assert path.read_bytes().endswith(b"three\n")


def test_a_line_that_cannot_be_added_is_one_error(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match="the disk is full"):
        files.append_line(tmp_path / "lines", "one")
