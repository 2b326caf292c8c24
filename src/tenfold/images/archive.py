"""A zip of picture folders becomes a `Dataset`, read where it lies and never unpacked onto the disk.

A zip from a stranger may try to escape its folder, to point elsewhere, or to expand without end. Nothing is ever
written under a member's name here, so most of that could do no harm; it is refused all the same, because a zip that
tries is not a zip of pictures. This module owns those checks: names and kinds of members, what they claim to expand to
and what they do. What the names mean is told by `layout.py`.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from functools import partial
from pathlib import Path
from typing import IO, Unpack

from tenfold.errors import DataError, UnsafeData
from tenfold.images.collecting import HowRead, collected
from tenfold.images.dataset import Dataset
from tenfold.images.limits import LIMITS, Limits
from tenfold.images.listing import Listing, PictureFile, as_text, is_called_like_a_picture, is_hidden, is_litter
from tenfold.images.stored import first_bytes, refuse_bomb, unpacking

ENCRYPTED = 0x1  # in a member's flags
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others are unpacked by Python without a bound on memory
OTHERS = {9: "deflate64", 12: "bzip2", 14: "lzma", 93: "zstandard"}
DRIVE = re.compile(r"[A-Za-z]:")
KINDS = (0, stat.S_IFREG, stat.S_IFDIR)  # 0 is what systems without such kinds write

END = struct.Struct("<4s4H2LH")  # the record that ends a zip: where its index is, and how long
END_64 = struct.Struct("<4sQ2H2L4Q")  # the same for large archives
LOCATOR_64 = struct.Struct("<4sLQL")
LONGEST_COMMENT = 0xFFFF


def read_zip(path: Path, **how: Unpack[HowRead]) -> Dataset:
    """The pictures in a zip, brought to `size` × `size` (28 unless asked otherwise)."""
    limits = how.get("limits", LIMITS)
    first_bytes(path)
    check_index(path, limits)
    with zip_at(path) as archive:
        return collected(listed_zip(archive, path, limits), name=as_text(path.stem), **how)


def zip_at(path: Path) -> zipfile.ZipFile:
    """The opened archive; what its list of members trips over is told as damage."""
    with unpacking(path):
        try:
            return zipfile.ZipFile(path)
        except (ValueError, struct.error, OverflowError) as error:
            raise zipfile.BadZipFile(str(error)) from error


def listed_zip(archive: zipfile.ZipFile, path: Path, limits: Limits) -> Listing:
    """Every picture and every folder in a zip, after every member was found harmless."""
    members = archive.infolist()
    if len(members) > limits.archive_members:
        expected = f"at most {limits.archive_members:,}"
        raise UnsafeData(path, found=f"{len(members):,} members", expected=expected, do="give a folder instead")
    for member in members:
        check_member(member, path, limits)
    refuse_bomb(sum(member.file_size for member in members), path.stat().st_size, path)
    files: dict[str, PictureFile] = {}
    folders: set[str] = set()
    strangers: list[str] = []
    hidden: set[str] = set()
    for member in members:
        parts = [part for part in as_text(member.filename).replace("\\", "/").split("/") if part not in ("", ".")]
        if litter := next((part for part in parts if is_litter(part)), None):
            if is_hidden(litter) and litter != parts[-1] and is_called_like_a_picture(parts[-1]):
                hidden.add("/".join(parts[: parts.index(litter) + 1]))
            continue
        above = parts if member.is_dir() else parts[:-1]
        folders.update("/".join(parts[:depth]) for depth in range(1, len(above) + 1))
        name = "/".join(parts)
        if member.is_dir():
            continue
        if not is_called_like_a_picture(name):
            strangers.append(name)
        elif name in files:
            raise DataError(f"{path}: {name}", found="two members of this name", expected="a name of its own for each")
        else:
            stamp = f"{member.file_size} {member.CRC:08x}"
            files[name] = PictureFile(name, stamp, partial(member_bytes, archive, member, path, limits))
    return Listing(
        str(path),
        tuple(files[name] for name in sorted(files)),
        tuple(sorted(folders)),
        tuple(strangers),
        hidden=tuple(sorted(hidden)),
    )


def check_member(member: zipfile.ZipInfo, path: Path, limits: Limits) -> None:
    """Refuse a member that does not belong in a zip of pictures, by what the archive says about it."""
    thing = f"{path}: {member.orig_filename}"
    name = member.orig_filename.replace("\\", "/")
    trusted = "make the zip anew, from the folder that holds the class folders"
    if name.startswith("/") or DRIVE.match(name):
        raise UnsafeData(thing, found="an absolute path", expected="a path inside the archive", do=trusted)
    if ".." in name.split("/") or "\0" in name:
        raise UnsafeData(
            thing, found="a path that leaves the archive's folder", expected="a path inside it", do=trusted
        )
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in KINDS:
        found = "a symbolic link" if kind == stat.S_IFLNK else "neither a file nor a folder"
        raise UnsafeData(thing, found=found, expected="files and folders only", do=trusted)
    if member.flag_bits & ENCRYPTED:
        raise DataError(thing, found="it is encrypted", expected="a zip without a password", do="unpack it first")
    if member.compress_type not in PACKED:
        packed = OTHERS.get(member.compress_type, f"method {member.compress_type}")
        raise DataError(thing, found=f"packed by {packed}", expected="a plain zip (stored or deflated)", do=trusted)
    if is_called_like_a_picture(name) and member.file_size > limits.picture_bytes:
        raise UnsafeData(
            thing,
            found=f"a picture that claims to expand to {member.file_size:,} bytes",
            expected=f"at most {limits.picture_bytes:,}",
            do="make the picture smaller, or remove it",
        )


def member_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, limits: Limits) -> bytes:
    """The bytes of one member. `zipfile` gives no more than was declared and compares the checksum; this does not ask
    for more than the limit either."""
    with unpacking(f"{path}: {member.filename}"), archive.open(member) as file:
        data = file.read(limits.picture_bytes + 1)
    if len(data) != member.file_size:
        raise DataError(f"{path}: {member.filename}", found="fewer bytes than it declares", expected="a whole picture")
    return data


def check_index(path: Path, limits: Limits) -> None:
    """Refuse a zip whose list of members is itself too large, before `zipfile` reads that list into memory."""
    with path.open("rb") as file:
        length = index_length(file, path.stat().st_size)
    if length is None:
        raise DataError(
            path,
            found="not a zip, or one that is cut off",
            expected="a zip of picture folders",
            do="copy or download the file again",
        )
    if length > limits.archive_index_bytes:
        raise UnsafeData(
            path,
            found=f"a list of members of {length:,} bytes",
            expected=f"at most {limits.archive_index_bytes:,}",
            do="unpack it and give the folder instead",
        )


def index_length(file: IO[bytes], size: int) -> int | None:
    """How many bytes a zip's list of members has by its own account; None where it does not end like a zip."""
    start = max(0, size - END.size - LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + END.size:
        return None
    length = int(END.unpack_from(tail, at)[5])
    before = start + at - LOCATOR_64.size
    file.seek(max(0, before))
    locator = file.read(LOCATOR_64.size)
    if not locator.startswith(b"PK\6\7"):
        return length
    lengths = [length if length != 0xFFFFFFFF else 0]
    for place in (LOCATOR_64.unpack(locator)[2], before - END_64.size):  # where it should be, and where zipfile looks
        file.seek(max(0, min(place, size)))
        record = file.read(END_64.size)
        if len(record) == END_64.size and record.startswith(b"PK\6\6"):
            lengths.append(int(END_64.unpack(record)[8]))
    return max(lengths)
