"""A CSV of pictures, one a row: `label,pixel0,pixel1,…`, as the digit-recognizer competition hands them out.

The file may be gzipped, with or without a header line, with or without the label column; pixels are whole numbers from
0 to 255, and as many as make a square. It is read twice, a block of rows at a time: once for the labels, so that
nothing is decoded before they are known to be sound, and once for the pixels, so that a table larger than memory is no
different from a small one. This module owns the reading of rows and cells; arrays and splits are checked and made by
`arrays.py` and `assemble.py`.
"""

from __future__ import annotations

import gzip
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tenfold.errors import DataError, UnsafeData
from tenfold.images.assemble import Say, assembled, ignore
from tenfold.images.collecting import check_side
from tenfold.images.dataset import Dataset, Images, Labels
from tenfold.images.limits import LIMITS, Limits
from tenfold.images.listing import as_text
from tenfold.images.picture import fitted
from tenfold.images.stored import Stored, first_bytes, refuse_bomb, unpacking

Row = tuple[int, bytes]  # the number a spreadsheet shows beside it, and its text

LABEL_NAMES = ("label", "labels", "class", "target", "digit", "y")
EXPECTED = "comma-separated rows of a label and a square number of pixels: label,pixel0,pixel1,…"
BLOCK = 4 * 1024 * 1024  # bytes of text at a time
PLAIN = b"0123456789,"  # what a row holds when nothing about it needs a second look


@dataclass(frozen=True)
class Table:
    """What is known of a CSV after its first reading."""

    path: Path
    columns: int
    header: int  # the row number of the header line, 0 where there is none
    label_column: int | None
    rows: int
    labels: Labels | None

    @property
    def side(self) -> int:
        return math.isqrt(self.columns - (self.label_column is not None))


def read_csv(
    path: Path,
    *,
    size: int | None = None,
    seed: int = 0,
    test_fraction: float = 0.2,
    limits: Limits = LIMITS,
    say: Say = ignore,
) -> Dataset:
    """The labelled pictures in a CSV, in the size they have there unless `size` asks for another."""
    table = surveyed(path, limits)
    if table.labels is None:
        raise DataError(
            path,
            found="no label column",
            expected=f"{EXPECTED.split(': ')[1]}",
            do="train with the file that has labels; pictures without them can only be predicted",
        )
    labels, classes = named_labels(table.labels)
    if table.rows > 100_000:
        say(f"Reading {table.rows:,} pictures from {path}")
    return assembled(
        as_text(path.name.removesuffix(".gz").removesuffix(".csv")),
        {"train": (pictures_in(table, size, limits), labels)},
        classes=classes,
        source=str(path),
        seed=seed,
        test_fraction=test_fraction,
    )


def named_labels(labels: Labels) -> tuple[Labels, tuple[str, ...] | None]:
    """Labels without gaps, and class names where there were some, as in sign language, which has no still J.

    A label beyond a gap that occurs only once is a slip of the pen: the names stay open, and the gap is refused later.
    """
    present, counts = np.unique(labels, return_counts=True)
    gaps = present[-1] - present[0] + 1 != len(present)
    if not gaps or counts.min() < 2:
        return labels, None
    return np.searchsorted(present, labels).astype(np.int64), tuple(str(label) for label in present)


def surveyed(path: Path, limits: Limits = LIMITS) -> Table:
    """Read a CSV once for its shape and its labels; the first row that does not fit is named."""
    columns = header = count = 0
    label_column: int | None = None
    labels: list[int] = []
    for block in blocks(path, limits):
        for number, text in block:
            if not columns:
                columns = text.count(b",") + 1
                header, label_column = told_by_first_row(path, number, text)
                if header:
                    continue
            if (commas := text.count(b",")) != columns - 1:
                raise DataError(
                    f"{path}: row {number}",
                    found=f"{commas + 1} values",
                    expected=f"{columns}, as in the first row",
                    do="correct or remove the row",
                )
            if label_column is not None:
                labels.append(label_in(path, number, text, label_column, limits))
            count += 1
    if not count:
        found = "a header and no rows" if header else "no rows"
        raise DataError(path, found=found, expected=EXPECTED, do="copy or download the file again")
    known = None if label_column is None else np.array(labels, np.int64)
    return Table(path, columns, header, label_column, count, known)


def pictures_in(table: Table, size: int | None = None, limits: Limits = LIMITS) -> Stored:
    """The pictures of a table, to be read in pieces as uint8 of shape (pictures, side, side, 1)."""
    side = table.side if size is None else size
    check_side(side, limits)

    def pieces() -> Iterator[Images]:
        for block in blocks(table.path, limits):
            rows = [row for row in block if row[0] != table.header]
            if not rows:
                continue
            pixels = pixels_in(table, rows).reshape(-1, table.side, table.side)
            if side != table.side:
                scaled = [np.asarray(fitted(Image.fromarray(picture), (side, side))) for picture in pixels]
                pixels = np.stack(scaled)
            yield pixels[..., None]

    return Stored(str(table.path), (table.rows, side, side, 1), np.dtype(np.uint8), pieces)


def told_by_first_row(path: Path, number: int, text: bytes) -> tuple[int, int | None]:
    """The row number of the header (0 for none) and the column of the label (None for none)."""
    cells = [cell.strip(" \"'").casefold() for cell in text.decode("utf-8", "replace").split(",")]
    header = 0 if all(is_number(cell) for cell in cells) else number
    if header:
        label = next((cells.index(name) for name in LABEL_NAMES if name in cells), None)
    else:
        label = 0 if is_square(len(cells) - 1) else None
    pixels = len(cells) - (label is not None)
    if not is_square(pixels):
        if header and label is None and is_square(pixels - 1):
            found, do = (
                f"no column called label in the header ({cells[0]}, …)",
                "call the column with the labels 'label'",
            )
        elif len(cells) == 1:
            found, do = "a single column", "separate the values by commas"
        else:
            found, do = (
                f"{pixels:,} pixels a row, which is no square number",
                "give square pictures, such as 784 = 28×28",
            )
        raise DataError(path, found=found, expected=EXPECTED, do=do)
    return header, label


def is_square(pixels: int) -> bool:
    """Whether so many pixels make a square picture; a single one makes none."""
    return pixels > 1 and math.isqrt(pixels) ** 2 == pixels


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # Python reads 1_000 as a number, and nobody else does


def shortened(cell: str) -> str:
    return cell if len(cell) <= 40 else f"{cell[:40]}…"


def label_in(path: Path, number: int, text: bytes, column: int, limits: Limits) -> int:
    """The label of one row."""
    cell = text.split(b",", column + 1)[column].decode("utf-8", "replace").strip(" \"'")
    if not is_number(cell) or not float(cell).is_integer():  # NaN and infinity are no integers
        raise DataError(
            f"{path}: row {number}",
            found=f"label {shortened(cell)!r} is not a whole number",
            expected=f"a label from 0 to {limits.table_label}",
            do="number the classes, or give a folder for each class",
        )
    label = float(cell)
    if not 0 <= label <= limits.table_label:
        raise DataError(
            f"{path}: row {number}",
            found=f"label {shortened(cell)} is out of range",
            expected=f"a label from 0 to {limits.table_label}",
            do="correct or remove the row",
        )
    return int(label)


def pixels_in(table: Table, rows: Sequence[Row]) -> Images:
    """The pixels of some rows, as (rows, pixels)."""
    lines = [text.decode("latin-1") for _, text in rows]
    plain = not any(text.translate(None, PLAIN) for _, text in rows)
    try:
        if plain:
            values = np.loadtxt(lines, np.uint16, delimiter=",", comments=None, ndmin=2)
        else:  # quotes, spaces, 7.0 for 7
            values = np.loadtxt(lines, np.float64, delimiter=",", comments=None, ndmin=2, quotechar='"')
    except (ValueError, OverflowError):
        return pixel_by_pixel(table, rows)
    if table.label_column is not None:
        values = np.delete(values, table.label_column, axis=1)
    if not ((values >= 0) & (values <= 255) & (values == np.floor(values))).all():  # NaN is none of these
        return pixel_by_pixel(table, rows)
    return values.astype(np.uint8)


def pixel_by_pixel(table: Table, rows: Sequence[Row]) -> Images:
    """The same pixels read slowly, so that the first wrong one can be named by row and column."""
    pixels = np.empty((len(rows), table.side**2), np.uint8)
    for place, (number, text) in enumerate(rows):
        cells = text.decode("utf-8", "replace").split(",")
        positions = [column for column in range(table.columns) if column != table.label_column]
        for target, column in enumerate(positions):
            cell = cells[column].strip(" \"'")
            value = float(cell) if is_number(cell) else math.nan
            if math.isfinite(value) and value.is_integer() and 0 <= value <= 255:
                pixels[place, target] = int(value)
                continue
            wrong = "is out of range" if math.isfinite(value) and value.is_integer() else "is not a whole number"
            raise DataError(
                f"{table.path}: row {number}, column {column + 1}",
                found=f"pixel {shortened(cell)!r} {wrong}",
                expected="a whole number from 0 to 255",
                do="multiply fractions by 255, and fill in or drop missing values"
                if "whole" in wrong
                else "correct it",
            )
    return pixels


def blocks(path: Path, limits: Limits) -> Iterator[list[Row]]:
    """The lines of a CSV, some at a time, numbered as a spreadsheet numbers them; blank ones are passed over."""
    head = first_bytes(path)
    number, rest, size, expanded = 0, b"", path.stat().st_size, 0
    with unpacking(path), opened(path, head) as file:
        while data := file.read(BLOCK):
            if not expanded:
                data = text_begun(path, data)
            expanded += len(data)
            refuse_bomb(expanded, size, path)
            whole, newline, rest = (rest + data).rpartition(b"\n")
            if len(rest) > limits.table_row_bytes:
                raise UnsafeData(
                    path, found="a row without an end", expected=f"at most {limits.table_row_bytes:,} bytes"
                )
            if newline:
                lines = whole.split(b"\n")
                yield numbered(lines, number)
                number += len(lines)
    yield numbered([rest], number)


def numbered(lines: Sequence[bytes], before: int) -> list[Row]:
    return [(number, line.strip()) for number, line in enumerate(lines, before + 1) if line.strip()]


def opened(path: Path, head: bytes) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(path, "rb") if head.startswith(b"\x1f\x8b") else path.open("rb")


def text_begun(path: Path, data: bytes) -> bytes:
    """The first block without its byte-order mark; a file of two-byte characters is refused by its right name."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:64]:
        raise DataError(
            path, found="text in UTF-16, or no text at all", expected="a CSV in UTF-8", do="save it as 'CSV UTF-8'"
        )
    return data.removeprefix(b"\xef\xbb\xbf")
