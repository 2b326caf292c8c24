"""The outside of a .keras file from elsewhere: a zip of three known members, opened without believing what it says.

The end of the file is read before any library is given it, so that a list of a million members is refused unread. Only
`config.json`, `metadata.json` and `model.weights.h5` may be inside; nothing is ever unpacked under a name that the file
chose, and no member may grow beyond a limit, whatever size it declares. What the members say is for
`keras_config.py` and `keras_weights.py`. No Keras is imported here.
"""

from __future__ import annotations

import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO

from tenfold.errors import ModelFileError

MEBI = 1024 * 1024
LARGEST_FILE = 4096 * MEBI - 1  # beyond this a zip needs other records than the ones checked here
LARGEST_CONFIG = 8 * MEBI
LARGEST_INDEX = MEBI  # of the list of members
MOST_MEMBERS = 1000
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
END = struct.Struct("<4s4H2LH")  # the record at the end of a zip
AGAIN = "save it again with model.save(...) in Keras 3"


@dataclass(frozen=True)
class Archive:
    """An open .keras file whose members have known names and plausible sizes."""

    path: Path
    file: BufferedReader
    zip: zipfile.ZipFile

    def config(self) -> bytes:
        """The bytes of config.json."""
        return b"".join(self.pieces(CONFIG, LARGEST_CONFIG))

    def unpack_weights(self, to: IO[bytes], limit: int) -> None:
        """Write the weights to the open file `to`, at most `limit` bytes."""
        for piece in self.pieces(WEIGHTS, limit):
            to.write(piece)

    def pieces(self, name: str, limit: int) -> Iterator[bytes]:
        """The contents of a member, a piece at a time: at most what it declares, and that is at most `limit` bytes."""
        if self.zip.getinfo(name).file_size > limit:
            raise ModelFileError(
                self.path,
                found=f"{name} inside it unpacks to more than {limit:,} bytes",
                expected="no more than its network needs",
            )
        try:
            with self.zip.open(name) as member:  # zipfile stops at the declared size, whatever is packed
                while piece := member.read(MEBI):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise ModelFileError(
                self.path, found=f"{name} inside it is damaged: {error}", expected="a whole .keras file", do=AGAIN
            ) from error

    def sha256(self) -> str:
        """SHA-256 over the whole file."""
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a .keras file and look at its members' names and sizes, before anything of them is read."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise ModelFileError(path, found=error.strerror or "it cannot be read", expected="a .keras file") from error
    with file:
        check_end(path, file)
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
            raise ModelFileError(path, found=f"a damaged zip: {error}", expected="a .keras file", do=AGAIN) from error
        with archive:
            check_members(path, archive.infolist())
            yield Archive(path, file, archive)


def check_end(path: Path, file: BufferedReader) -> None:
    """Read the record that ends a zip, and refuse long lists of members before they are read."""
    size = file.seek(0, 2)
    file.seek(0)
    if file.read(8) == b"\x89HDF\r\n\x1a\n":
        raise ModelFileError(path, found="HDF5, as Keras 1 and 2 wrote models", expected="a .keras file", do=AGAIN)
    if size > LARGEST_FILE:
        raise ModelFileError(path, found=f"{size:,} bytes", expected=f"at most {LARGEST_FILE:,}")
    file.seek(max(0, size - END.size - 20))
    tail = file.read()
    if len(tail) < END.size or tail[-END.size :][:4] != b"PK\x05\x06":
        raise ModelFileError(path, found="a file that is not a whole zip", expected="a .keras file", do=AGAIN)
    _, _, _, _, members, index, _, comment = END.unpack(tail[-END.size :])
    if comment or members == 0xFFFF or index == 0xFFFFFFFF or tail[:4] == b"PK\x06\x07":
        raise ModelFileError(
            path, found="a zip of a kind that Keras does not write", expected="a .keras file", do=AGAIN
        )
    if members > MOST_MEMBERS or index > LARGEST_INDEX:
        raise ModelFileError(path, found=f"a zip of {members:,} members", expected=f"at most {MOST_MEMBERS:,}")


def check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    for member in members:
        name = member.filename
        known = name in (CONFIG, METADATA, WEIGHTS) or (name.startswith("assets/") and name.endswith("/"))
        escapes = name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name
        if escapes or not known:
            raise ModelFileError(
                path,
                found=f"the member {name[:120]!r}" + escapes * ", which would escape the folder it is unpacked to",
                expected=f"only {CONFIG}, {METADATA} and {WEIGHTS}",
            )
        if member.flag_bits & 1 or stat.S_ISLNK(member.external_attr >> 16):
            raise ModelFileError(path, found=f"{name} is encrypted or a link", expected="plain members")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ModelFileError(path, found=f"{name} is compressed in an unusual way", expected="plain members")
    if len(set(names)) != len(names):
        raise ModelFileError(path, found="two members of the same name", expected="one of each")
    for name in (CONFIG, WEIGHTS):
        if name not in names:
            raise ModelFileError(path, found=f"no {name} inside it", expected="a .keras file", do=AGAIN)
