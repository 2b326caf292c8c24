"""CSV tables of pictures: the layouts that are read, and a line for each thing that is wrong with a row."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.images.picture_files import GREYS

from tenfold.errors import DataError, DataNotFound, UnsafeData
from tenfold.images import table
from tenfold.images.limits import LIMITS
from tenfold.images.table import pictures_in, read_csv, surveyed

Write = Callable[..., Path]
PIXELS = GREYS[:20, :3, :3].reshape(20, 9)
HEADER = "label," + ",".join(f"pixel{i}" for i in range(9))
ROWS = [",".join(map(str, [i % 2, *row])) for i, row in enumerate(PIXELS)]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*rows: str, name: str = "own.csv", encoding: str = "utf-8", end: str = "\n") -> Path:
        (tmp_path / name).write_bytes((end.join(rows) + end).encode(encoding))
        return tmp_path / name

    return written


def all_pictures(path: Path) -> np.ndarray:
    """Every picture of a table in the order of its rows."""
    return pictures_in(surveyed(path)).read()


def test_the_digit_recognizer_layout(write: Write) -> None:
    path = write(HEADER, *ROWS)
    data = read_csv(path)
    assert (data.name, data.classes, data.shape) == ("own", ("0", "1"), (3, 3, 1))
    assert data.counts() == {"train": {"0": 8, "1": 8}, "test": {"0": 2, "1": 2}}
    assert (all_pictures(path) == PIXELS.reshape(20, 3, 3, 1)).all()
    for split in data.splits.values():
        for picture, label in zip(split.images, split.labels, strict=True):
            assert label == np.flatnonzero((picture.ravel() == PIXELS).all(axis=1))[0] % 2


def test_the_ways_to_write_it_make_no_difference(write: Write, tmp_path: Path) -> None:
    plain = read_csv(write(HEADER, *ROWS)).fingerprint
    label_last = [",".join([*row.split(",")[1:], row.split(",")[0]]) for row in ROWS]
    others = [
        write(*ROWS, name="bare.csv"),
        write("\ufeff" + HEADER, *ROWS, name="bom.csv"),
        write(HEADER, *ROWS, name="windows.csv", end="\r\n"),
        write(HEADER, *(f'"{row}"'.replace(",", '","') for row in ROWS), name="quoted.csv"),
        write(HEADER, *(row.replace(",", ".0, ") for row in ROWS), name="fractions.csv"),
        write("", HEADER, *ROWS[:5], "", *ROWS[5:], "", name="gaps.csv"),
        write(HEADER.removeprefix("label,") + ",Class", *label_last, name="last.csv"),
        tmp_path / "packed.csv.gz",
    ]
    others[-1].write_bytes(gzip.compress((tmp_path / "own.csv").read_bytes()))
    assert {path.name: read_csv(path).fingerprint for path in others} == {path.name: plain for path in others}


def test_rows_meet_at_the_edges_of_blocks(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(HEADER, *ROWS)
    for size in (1, 7, 64):
        monkeypatch.setattr(table, "BLOCK", size)
        assert (all_pictures(path) == PIXELS.reshape(20, 3, 3, 1)).all()


def test_a_last_row_without_an_end_counts(write: Write) -> None:
    path = write(HEADER, *ROWS)
    path.write_bytes(path.read_bytes().rstrip())
    assert len(all_pictures(path)) == 20


def test_a_size_may_be_asked_for(write: Write) -> None:
    assert read_csv(write(HEADER, *ROWS), size=6).shape == (6, 6, 1)
    with pytest.raises(DataError, match="size: 0; expected a whole number from 1 to 1024"):
        read_csv(write(HEADER, *ROWS), size=0)


def test_labels_with_a_gap_keep_their_names(write: Write) -> None:
    rows = [f"{(0, 8, 10)[i % 3]},{row.partition(',')[2]}" for i, row in enumerate(ROWS)]
    data = read_csv(write(HEADER, *rows))
    assert data.classes == ("0", "8", "10")
    assert set(data.train.labels.tolist()) == {0, 1, 2}


def test_pictures_without_labels_can_be_read_and_not_trained_on(write: Write) -> None:
    unlabelled = [row.partition(",")[2] for row in ROWS]
    path = write(HEADER.removeprefix("label,"), *unlabelled)
    assert surveyed(path).labels is None
    assert (all_pictures(path) == PIXELS.reshape(20, 3, 3, 1)).all()
    for same in (path, write(*unlabelled)):
        with pytest.raises(DataError, match=r"no label column; expected label,pixel0,.* can only be predicted"):
            read_csv(same)


def changed(row: int, column: int, value: str) -> list[str]:
    """All rows, with one value replaced; `row` counts as a spreadsheet does, the header being row 1."""
    rows = [text.split(",") for text in (HEADER, *ROWS)]
    rows[row - 1][column - 1] = value
    return [",".join(cells) for cells in rows]


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        (5, 1, "cat", "row 5: label 'cat' is not a whole number; expected a label from 0 to 999"),
        (5, 1, "1.5", "row 5: label '1.5' is not a whole number"),
        (5, 1, "", "row 5: label '' is not a whole number"),
        (5, 1, "nan", "row 5: label 'nan' is not a whole number"),
        (5, 1, "-1", "row 5: label -1 is out of range; expected a label from 0 to 999"),
        (5, 1, "1000", "row 5: label 1000 is out of range"),
        (5, 1, "1e300", "row 5: label 1e300 is out of range"),
        (5, 1, "57", "label 57 of picture 3 is out of range"),
        (7, 3, "256", r"row 7, column 3: pixel '256' is out of range; expected a whole number from 0 to 255"),
        (7, 3, "-1", "row 7, column 3: pixel '-1' is out of range"),
        (7, 3, "99999999999", "row 7, column 3: pixel '99999999999' is out of range"),
        (7, 3, "0.5", r"row 7, column 3: pixel '0\.5' is not a whole number; .* Multiply fractions by 255"),
        (7, 3, "NaN", "row 7, column 3: pixel 'NaN' is not a whole number"),
        (7, 3, "inf", "row 7, column 3: pixel 'inf' is not a whole number"),
        (7, 3, "", "row 7, column 3: pixel '' is not a whole number"),
        (7, 3, "1_0", "row 7, column 3: pixel '1_0' is not a whole number"),
        (7, 3, "\x1b[2J", r"row 7, column 3: pixel '\\x1b\[2J' is not a whole number"),
    ],
)
def test_a_wrong_cell_is_named_by_its_row(write: Write, row: int, column: int, value: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_csv(write(*changed(row, column, value)))


@pytest.mark.parametrize(("text", "values"), [("1,2,3", 3), (ROWS[0] + ",7", 11)])
def test_a_ragged_row_is_named(write: Write, text: str, values: int) -> None:
    with pytest.raises(DataError, match=rf"row 4: {values} values; expected 10, as in the first row"):
        read_csv(write(HEADER, *ROWS[:2], text, *ROWS[2:]))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([HEADER], "a header and no rows"),
        ([""], "no rows"),
        ([HEADER + ",pixel9", *(row + ",0" for row in ROWS)], "10 pixels a row, which is no square number"),
        (["1,2,3", "2,3,4"], "3 pixels a row, which is no square number"),
        ([HEADER.replace("label", "name"), *ROWS], r"no column called label in the header \(name, …\)"),
        (["label;pixel0", "1;2"], "a single column; .* Separate the values by commas"),
        ([HEADER, *(f"1,{row.partition(',')[2]}" for row in ROWS)], "only one class"),
    ],
)
def test_what_is_no_table_of_pictures_is_told(write: Write, rows: list[str], words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_csv(write(*rows))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_called_by_its_name(write: Write, encoding: str) -> None:
    with pytest.raises(DataError, match=r"text in UTF-16, or no text at all; expected a CSV in UTF-8\. Save it as"):
        read_csv(write(HEADER, *ROWS, encoding=encoding))


def test_empty_missing_and_html_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "page.csv").write_bytes(b"<!DOCTYPE html>")
    with pytest.raises(DataError, match="an empty file"):
        read_csv(tmp_path / "empty.csv")
    with pytest.raises(DataError, match="a web page"):
        read_csv(tmp_path / "page.csv")
    with pytest.raises(DataNotFound, match="there is no such file"):
        read_csv(tmp_path / "none.csv")


def test_a_broken_gzip_is_told(write: Write, tmp_path: Path) -> None:
    packed = gzip.compress(write(HEADER, *ROWS).read_bytes())
    for data, words in (
        (packed[:-20], "the compressed file is truncated"),
        (packed[:-8] + bytes(8), "the compressed file is damaged"),
    ):
        (tmp_path / "x.csv.gz").write_bytes(data)
        with pytest.raises(DataError, match=words):
            read_csv(tmp_path / "x.csv.gz")


def test_a_gzip_that_expands_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.images.stored.FREE_EXPANSION", 1_000_000)
    (tmp_path / "bomb.csv.gz").write_bytes(
        gzip.compress((HEADER + "\n").encode() + (ROWS[0] + "\n").encode() * 1_000_000)
    )
    with pytest.raises(UnsafeData, match="bytes that claim to expand to"):
        read_csv(tmp_path / "bomb.csv.gz")


def test_a_row_without_an_end_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "BLOCK", 500)
    with pytest.raises(UnsafeData, match="a row without an end; expected at most 1,000 bytes"):
        read_csv(write("1," * 5000), limits=replace(LIMITS, table_row_bytes=1000))


@pytest.mark.slow
def test_a_table_as_large_as_the_competition_s_is_read_in_seconds(tmp_path: Path) -> None:
    row = ",".join(map(str, np.random.default_rng(0).integers(0, 256, 784)))
    with (tmp_path / "train.csv").open("w") as file:
        file.write("label," + ",".join(f"pixel{i}" for i in range(784)) + "\n")
        file.writelines(f"{i % 10},{row}\n" for i in range(42_000))
    start = time.perf_counter()
    assert len(read_csv(tmp_path / "train.csv").train) == 33_600
    assert time.perf_counter() - start < 20
