"""Predictions count what they say, and their file is safe to read from anyone."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tenfold.array_file import Unreadable
from tenfold.errors import InputError
from tenfold.evaluation.predictions import Predictions

CLASSES = ("cat", "dog", "Käfer")


@pytest.fixture
def predictions() -> Predictions:
    rows = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.5, 0.4, 0.1], [0.2, 0.2, 0.6]]
    return Predictions.of(np.array(rows), [0, 1, 1, 2], CLASSES)


def test_counts(predictions: Predictions) -> None:
    assert predictions.predicted.tolist() == [0, 1, 0, 2]
    assert predictions.wrong.tolist() == [2]
    assert predictions.accuracy == 0.75
    assert predictions.log_loss == pytest.approx(-np.log([0.7, 0.6, 0.4, 0.6]).mean(), rel=1e-6)
    assert predictions.ids.tolist() == [0, 1, 2, 3]
    assert predictions.confidence == pytest.approx([0.7, 0.6, 0.5, 0.6])
    assert predictions.truth == pytest.approx([0.7, 0.6, 0.4, 0.6])


def test_a_certain_mistake_costs_much_but_not_infinitely() -> None:
    assert Predictions.of([[1.0, 0.0]], [1], ("a", "b")).log_loss == pytest.approx(-np.log(1e-7))


def test_sigmoids_are_brought_to_probabilities() -> None:
    predictions = Predictions.of([[0.9, 0.9], [0.0, 0.0]], [1, 1], ("a", "b"))
    assert predictions.confidence.tolist() == [0.5, 0.0]
    assert predictions.log_loss == pytest.approx((-np.log(0.5) - np.log(1e-7)) / 2)


@pytest.mark.parametrize("row", [[np.nan, 0.5, 0.5], [-0.1, 0.6, 0.5], [np.inf, 0.0, 0.0], [0.1, 9.0, 0.0]])
def test_what_is_no_probability_has_no_confidence(row: list[float]) -> None:
    predictions = Predictions.of([row, [0.1, 0.1, 0.8]], [2, 2], CLASSES)
    assert np.isnan(predictions.confidence).tolist() == [True, False]
    assert np.isnan(predictions.log_loss)


def test_the_truth_among_the_most_probable() -> None:
    rows = [[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.4, 0.4, 0.2], [np.nan] * 3, [np.nan] * 3]
    predictions = Predictions.of(rows, [0, 1, 2, 1, 0, 1], CLASSES)
    assert predictions.top_accuracy(1) == predictions.accuracy == 2 / 6
    assert predictions.top_accuracy(2) == 4 / 6
    assert predictions.top_accuracy(3) is None  # all there are: to be right is no merit


def test_saved_and_loaded(predictions: Predictions, tmp_path: Path) -> None:
    predictions.save(tmp_path / "p.npz")
    loaded = Predictions.load(tmp_path / "p.npz")
    assert np.array_equal(loaded.probabilities, predictions.probabilities)
    assert np.array_equal(loaded.labels, predictions.labels)
    assert loaded.classes == CLASSES
    with np.load(tmp_path / "p.npz") as plain:  # anybody can
        assert plain["classes"].tolist() == list(CLASSES)


def test_shapes_must_agree() -> None:
    with pytest.raises(InputError, match=r"shape \(1, 2\) for 2 labels and 2 classes; expected shape \(2, 2\)"):
        Predictions.of([[0.5, 0.5]], [0, 1], ("a", "b"))


def test_labels_must_be_classes() -> None:
    with pytest.raises(InputError, match="labels from 0 to 2; expected 0 to 1"):
        Predictions.of([[0.5, 0.5], [0.5, 0.5]], [0, 2], ("a", "b"))


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def member(header: str, data: bytes = b"") -> bytes:
    """An npz with one member of a handmade header."""
    head = header.encode().ljust(117) + b"\n"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("probabilities.npy", b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + data)
    return file.getvalue()


HUGE = member("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000), }", b"1234")
NEGATIVE = member("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", b"1234")
DECEITS = {
    "nothing": (b"", "no readable arrays"),
    "text": (b"hello, world", "no readable arrays"),
    "objects": (npz(probabilities=np.array([{}])), "of a type that is not stored here"),
    "other arrays": (npz(x=np.zeros(3)), "found the arrays x|the arrays x; expected probabilities"),
    "huge": (HUGE, "declares 4,000,000,000,000 bytes and has 4"),
    "negative": (NEGATIVE, "not stored here"),
    "cut": (npz(probabilities=np.zeros((9, 9)))[:400], "no readable arrays"),
}


@pytest.mark.parametrize("deceit", DECEITS)
def test_a_file_from_elsewhere(deceit: str, tmp_path: Path) -> None:
    data, words = DECEITS[deceit]
    (tmp_path / "p.npz").write_bytes(data)
    with pytest.raises(Unreadable, match=words):
        Predictions.load(tmp_path / "p.npz")


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((1000, 10)), "declare more bytes than it has"),
        (np.frombuffer(np.random.default_rng(0).bytes(8000)), "probabilities.npy is compressed"),
    ],
)
def test_compressed_members_are_refused_before_they_expand(array: np.ndarray, words: str, tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "p.npz", probabilities=array)
    with pytest.raises(Unreadable, match=words):
        Predictions.load(tmp_path / "p.npz")


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.npy", npz(a=np.zeros(5000)))
        for name in "bcde":
            again = zipfile.ZipInfo(f"{name}.npy")
            for detail in ("header_offset", "CRC", "compress_size", "file_size"):
                setattr(again, detail, getattr(archive.filelist[0], detail))
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
    (tmp_path / "p.npz").write_bytes(file.getvalue())
    with pytest.raises(Unreadable, match="declare more bytes than it has"):
        Predictions.load(tmp_path / "p.npz")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"gone\.npz: no readable arrays"):
        Predictions.load(tmp_path / "gone.npz")
