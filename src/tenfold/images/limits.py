"""How much Tenfold takes from a stranger's file before it says no: every such number of `images/`, in one place.

Pictures, archives and tables may come from anywhere, so each reader asks for sizes first and takes memory after. This
module owns the numbers and the reason for each. What happens when one is passed belongs to the reader that met it.
"""

from __future__ import annotations

from dataclasses import dataclass

MEBI = 1024 * 1024
GIBI = 1024 * MEBI


@dataclass(frozen=True)
class Limits:
    """The limits that hold while pictures are read. A test, or a server for strangers, may bring stricter ones."""

    picture_bytes: int = 64 * MEBI  # one encoded picture; a raw bmp from a large camera still fits
    picture_pixels: int = 64_000_000  # 8000 × 8000; four of these decoded at once stay below 2 GiB
    side: int = 1024  # the largest height or width that pictures are brought to

    archive_members: int = 2_000_000  # files and folders in a zip
    archive_bytes: int = 64 * GIBI  # all members together, unpacked; they are never unpacked onto the disk

    table_bytes: int = 4 * GIBI  # a CSV after any gzip: about two million pictures of 28 × 28
    table_row_bytes: int = 4 * MEBI  # one row; a picture of 1000 × 1000 fits
    table_label: int = 999  # the largest label that a CSV may hold: larger ones are pixels or row numbers

    classes: int = 10_000  # class folders; more is a folder of something else

    memory: int = 1 * GIBI  # decoded pictures beyond this live in a file in the cache, mapped, not in memory


LIMITS = Limits()
