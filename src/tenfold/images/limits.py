"""How much of a stranger's picture, archive or table is taken before the answer is no: the numbers, in one place.

Pictures may come from anywhere, so each reader asks for sizes first and takes memory after. This module owns the
numbers and the reason for each; what happens when one is passed belongs to the reader that met it. How far any
compressed file may expand is said in `stored.py`, how much memory pictures may fill in `pixels.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

MEBI = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The limits that hold while pictures are read. A test, or a server for strangers, may bring stricter ones."""

    picture_bytes: int = 64 * MEBI  # one encoded picture; a plain bmp from a large camera still fits
    picture_pixels: int = 64_000_000  # 8000 × 8000; four of these decoded at once stay near 1 GiB
    side: int = 1024  # the largest height or width that pictures are brought to

    archive_members: int = 2_000_000  # files and folders in a zip
    archive_index_bytes: int = 256 * MEBI  # the zip's own list of them, which is read whole

    table_row_bytes: int = 4 * MEBI  # one row of a CSV; a picture of 1000 × 1000 fits
    table_label: int = 999  # the largest label in a CSV: beyond it, they are row numbers or pixels


LIMITS = Limits()
