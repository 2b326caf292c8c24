"""The zip of a .keras file: known members, honest sizes, nothing taken before it is looked at."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile

import pytest

from tenfold.errors import ModelFileError
from tenfold.recipe.keras_archive import open_archive

GOOD = {"config.json": b"{}", "metadata.json": b"{}", "model.weights.h5": b"weights"}


def zipped(path, members=GOOD, method=zipfile.ZIP_STORED):
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", method) as archive:
        warnings.simplefilter("ignore")  # of members written twice
        for name, data in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, data)
    return path


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.keras"


def test_an_honest_file_opens(path):
    with open_archive(zipped(path, {**GOOD, "assets/": b""})) as archive:
        assert archive.config() == b"{}"
        out = io.BytesIO()
        archive.unpack_weights(out, 7)
        assert out.getvalue() == b"weights"


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({**GOOD, "../../evil.py": b""}, r"the member '\.\./\.\./evil\.py', which would escape the folder"),
        ({**GOOD, "/etc/cron.d/evil": b""}, "which would escape the folder"),
        ({**GOOD, "..\\evil": b""}, "which would escape the folder"),
        ({**GOOD, "C:evil": b""}, "which would escape the folder"),
        ({**GOOD, "assets/../../evil/": b""}, "which would escape the folder"),
        ({**GOOD, "assets/vocabulary.txt": b""}, r"'assets/vocabulary\.txt'; expected only config\.json, metadata"),
        ({**GOOD, "model.weights.npz": b""}, r"the member 'model\.weights\.npz'; expected only"),
        ({"config.json": b"{}"}, r"no model\.weights\.h5 inside it"),
        ({"model.weights.h5": b""}, r"no config\.json inside it"),
        ([*GOOD.items(), ("config.json", b"[]")], "two members of the same name"),
        ([("config.json", b"{}"), (link("model.weights.h5"), b"/etc/passwd")], "h5 is encrypted or a link"),
        ({**GOOD, **{f"assets/{n}/": b"" for n in range(1001)}}, r"a zip of 1,004 members; expected at most 1,000"),
    ],
)
def test_other_members_are_refused(path, members, words):
    with pytest.raises(ModelFileError, match=words), open_archive(zipped(path, members)):
        pass


def test_an_unusual_compression_is_refused(path):
    zipped(path, method=zipfile.ZIP_LZMA)
    with pytest.raises(ModelFileError, match=r"compressed in an unusual way"), open_archive(path):
        pass


def test_a_member_that_declares_too_much_is_refused_unread(path):
    zipped(path, {**GOOD, "config.json": b" " * 9_000_000}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 20_000
    with (
        open_archive(path) as archive,
        pytest.raises(ModelFileError, match=r"config\.json inside it unpacks to more than"),
    ):
        archive.config()


def test_a_member_that_declares_too_little_is_stopped_while_it_unpacks(path):
    zipped(path, {**GOOD, "model.weights.h5": b"0" * 5_000_000}, zipfile.ZIP_DEFLATED)
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", 5_000_000), struct.pack("<L", 100)))
    out = io.BytesIO()
    with open_archive(path) as archive, pytest.raises(ModelFileError, match="is damaged: Bad CRC"):
        archive.unpack_weights(out, 100)
    assert len(out.getvalue()) <= 100


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a whole zip; expected a .keras file. Save it again with"),
        (b"<!doctype html>" * 100, "not a whole zip"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5, as Keras 1 and 2 wrote models"),
        (b"PK\x05\x06" + bytes(18), r"no config\.json inside it"),
        (b"PK\x05\x06" + bytes(6) + b"\xff\xff" + bytes(10), "a zip of a kind that Keras does not write"),
        (b"PK\x06\x07" + bytes(16) + b"PK\x05\x06" + bytes(18), "a zip of a kind that Keras does not write"),
        (
            b"PK\x05\x06" + bytes(6) + b"\x03\x00" + b"\x00\x00\xff\x00" + bytes(6),
            "a zip of 3 members; expected at most",
        ),
        (b"PK\x05\x06" + bytes(6) + b"\x03\x00" + b"\x00\x01\x00\x00" + bytes(6), "a damaged zip"),
    ],
)
def test_what_is_no_keras_file_is_said(path, data, words):
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match=words), open_archive(path):
        pass


def test_a_zip_with_a_comment_is_refused(path):
    with zipfile.ZipFile(zipped(path), "a") as archive:
        archive.comment = b"hello"
    with pytest.raises(ModelFileError, match="not a whole zip"), open_archive(path):
        pass


def test_a_damaged_member_is_said(path):
    zipped(path)
    path.write_bytes(path.read_bytes().replace(b"weights", b"weighty", 2)[: path.stat().st_size])
    with open_archive(path) as archive, pytest.raises(ModelFileError, match="inside it is damaged"):
        archive.unpack_weights(io.BytesIO(), 100)


def test_a_missing_file_and_a_folder_are_named(path):
    with pytest.raises(ModelFileError, match=r"x\.keras: No such file"), open_archive(path):
        pass
    path.mkdir()
    with pytest.raises(ModelFileError, match=r"x\.keras: Is a directory"), open_archive(path):
        pass
