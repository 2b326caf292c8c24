"""A zip of class folders reads like the folder, and a zip that is up to something is refused by what it tries."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.images.picture_files import grey

from tenfold.errors import DataError, DataNotFound, UnsafeData
from tenfold.images.archive import read_zip
from tenfold.images.folder import read_folder
from tenfold.images.limits import LIMITS

Zipped = Callable[..., Path]
SOUND = {f"{kind}/{i}.png": grey(i + 5 * (kind == "b")) for kind in "ab" for i in range(5)}


@pytest.fixture
def zipped(tmp_path: Path) -> Zipped:
    """Write a zip of two sound classes and of whatever else is given, as names or as `ZipInfo`."""

    def made(
        *more: tuple[str | zipfile.ZipInfo, bytes], sound: bool = True, packing: int = zipfile.ZIP_DEFLATED
    ) -> Path:
        path = tmp_path / "pets.zip"
        with zipfile.ZipFile(path, "w", packing) as archive:
            for name, data in (*(SOUND.items() if sound else ()), *more):
                archive.writestr(name, data)
        return path

    return made


def member(name: str, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def test_a_zip_reads_like_its_folder(zipped: Zipped, tmp_path: Path) -> None:
    for name, data in SOUND.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    data, folder = read_zip(zipped()), read_folder(tmp_path / "folder")
    assert (data.name, data.classes) == ("pets", ("a", "b"))
    assert data.fingerprint == folder.fingerprint


def test_hidden_folders_with_pictures_are_told(zipped: Zipped) -> None:
    data = read_zip(zipped((".c/1.png", grey(40)), (".git/HEAD", b"x"), ("__MACOSX/.d/1.png", b"x")))
    assert data.classes == ("a", "b")
    told = "1 hidden folder with pictures was passed over (a name that begins with a dot is hidden): .c."
    assert told in data.notes


def test_folders_around_litter_and_backslashes_do_no_harm(zipped: Zipped) -> None:
    more = [(f"pets\\{name}".replace("/", "\\"), data) for name, data in SOUND.items()]
    path = zipped(*more, ("__MACOSX/pets/a/._1.png", b"x"), ("pets\\.DS_Store", b"x"), sound=False)
    data = read_zip(path)
    assert data.classes == ("a", "b")
    assert "The class folders were found inside 'pets'." in data.notes


def test_splits_and_sizes_hold_in_a_zip_too(zipped: Zipped) -> None:
    more = [(f"{split}/{name}", data) for split in ("train", "test") for name, data in SOUND.items()]
    data = read_zip(zipped(*more, sound=False), size=16)
    assert {name: len(split) for name, split in data.splits.items()} == {"train": 10, "test": 10}
    assert data.shape == (16, 16, 1)


def test_a_large_zip_is_mapped_from_the_cache(zipped: Zipped) -> None:
    path = zipped()
    memory = read_zip(path)
    assert [read_zip(path, budget=1000).fingerprint for _ in range(2)] == [memory.fingerprint] * 2


def test_a_member_with_a_wrong_checksum_is_left_out(zipped: Zipped) -> None:
    path = zipped(("b/z.png", grey(50)), packing=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    at = data.find(grey(50))
    data[at + 60] ^= 0xFF
    path.write_bytes(data)
    reading = read_zip(path).reading
    assert reading is not None
    assert [one.name for one in reading.unreadable] == ["b/z.png"]
    assert "Bad CRC-32" in reading.unreadable[0].reason


@pytest.mark.parametrize("name", ["../evil.png", "a/../../evil.png", "a\\..\\..\\evil.png"])
def test_a_member_that_leaves_the_folder_is_refused(zipped: Zipped, name: str) -> None:
    with pytest.raises(UnsafeData, match=r"evil\.png: a path that leaves the archive's folder"):
        read_zip(zipped((name, grey(0))))


@pytest.mark.parametrize("name", ["/etc/evil.png", "\\evil.png", "C:\\evil.png", "c:evil.png", "//host/evil.png"])
def test_an_absolute_path_and_a_drive_letter_are_refused(zipped: Zipped, name: str) -> None:
    with pytest.raises(UnsafeData, match=r"evil\.png: an absolute path; expected a path inside the archive"):
        read_zip(zipped((name, grey(0))))


def test_a_symbolic_link_is_refused(zipped: Zipped) -> None:
    with pytest.raises(UnsafeData, match=r"a/link\.png: a symbolic link; expected files and folders only"):
        read_zip(zipped((member("a/link.png", stat.S_IFLNK | 0o777), b"/etc/passwd")))


def test_a_device_is_refused(zipped: Zipped) -> None:
    with pytest.raises(UnsafeData, match="neither a file nor a folder"):
        read_zip(zipped((member("a/null.png", stat.S_IFCHR | 0o666), b"")))


def test_a_picture_that_claims_to_expand_too_far_is_refused(zipped: Zipped) -> None:
    path = zipped(("a/zeros.png", bytes(200_000)))
    with pytest.raises(
        UnsafeData, match=r"a/zeros\.png: .* claims to expand to 200,000 bytes; expected at most 100,000"
    ):
        read_zip(path, limits=replace(LIMITS, picture_bytes=100_000))


def test_members_that_together_claim_too_much_are_refused(zipped: Zipped) -> None:
    path = zipped(*((f"a/{i}.bin", b"") for i in range(30)))
    data, at = bytearray(path.read_bytes()), 0
    while (at := data.find(b"PK\1\2", at + 1)) > 0:  # every entry of the list of members
        data[at + 24 : at + 28] = struct.pack("<L", 60_000_000)
    path.write_bytes(data)
    with pytest.raises(UnsafeData, match=r"bytes that claim to expand to 2,400,000,000; expected at most 1 GiB"):
        read_zip(path)


def test_a_member_that_lies_about_its_size_gives_no_more_than_it_said(zipped: Zipped) -> None:
    path = zipped(("b/z.png", bytes(1_000_000)))
    data = path.read_bytes().replace(struct.pack("<L", 1_000_000), struct.pack("<L", 1_000))
    path.write_bytes(data)
    reading = read_zip(path).reading
    assert reading is not None
    assert [one.name for one in reading.unreadable] == ["b/z.png"]


def test_too_many_members_are_refused(zipped: Zipped) -> None:
    with pytest.raises(UnsafeData, match="10 members; expected at most 9"):
        read_zip(zipped(), limits=replace(LIMITS, archive_members=9))


def test_a_list_of_members_too_long_to_read_is_refused_before_it_is_read(zipped: Zipped) -> None:
    with pytest.raises(UnsafeData, match=r"a list of members of 5\d\d bytes; expected at most 100"):
        read_zip(zipped(), limits=replace(LIMITS, archive_index_bytes=100))


def test_an_encrypted_zip_is_refused(zipped: Zipped) -> None:
    path = zipped()
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.find(signature) + flags] |= 1
    path.write_bytes(data)
    with pytest.raises(
        DataError, match=r"a/0\.png: it is encrypted; expected a zip without a password\. Unpack it first"
    ):
        read_zip(path)


def test_a_packing_without_bounds_is_refused(zipped: Zipped) -> None:
    with pytest.raises(DataError, match=r"packed by bzip2; expected a plain zip \(stored or deflated\)"):
        read_zip(zipped(packing=zipfile.ZIP_BZIP2))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(zipped: Zipped) -> None:
    with pytest.raises(DataError, match=r"a/0\.png: two members of this name"):
        read_zip(zipped(("a/0.png", grey(60))))


def test_an_empty_class_folder_in_a_zip_is_refused(zipped: Zipped) -> None:
    with pytest.raises(DataError, match="the class folder 'c' holds no pictures"):
        read_zip(zipped((member("c/"), b"")))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (b"<!doctype html>", r"a web page \(HTML\)"),
        (b"PK\3\4" + bytes(100), "not a zip, or one that is cut off"),
        (b"PK\5\6" + bytes(18), "no pictures; expected a folder for each class"),
    ],
)
def test_what_is_no_zip_is_called_by_its_name(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(DataError, match=words):
        read_zip(tmp_path / "x.zip")


def test_a_missing_zip_and_one_with_a_table_are_told(zipped: Zipped, tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match=r"none\.zip: there is no such file"):
        read_zip(tmp_path / "none.zip")
    with pytest.raises(DataError, match=r"no pictures \(1 other file: train\.csv\)"):
        read_zip(zipped(("train.csv", b"label,pixel0"), sound=False))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
    cut=st.integers(0, 200),
)
def test_a_damaged_zip_ends_in_a_dataset_or_one_line(zipped: Zipped, changes: list[tuple[int, int]], cut: int) -> None:
    path = zipped()
    data = bytearray(path.read_bytes())
    for place, value in changes:
        data[-1 - place % len(data)] = value
    path.write_bytes(data[: len(data) - cut])
    try:
        read_zip(path)
    except DataError as error:
        message = error.line
    else:
        message = "fine"
    assert "\n" not in message
