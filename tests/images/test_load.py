"""The one door: names, paths told by their contents, and the rule for when nothing was named."""

from __future__ import annotations

import gzip
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from tests.images.tiny import Tiny, idx_bytes, pictures

from tenfold.errors import ChecksumError, DataError, DataNotFound, UsageError
from tenfold.images import load as module
from tenfold.images.load import available, fetch_named, load
from tenfold.images.named import NAMED_SETS, Mirror


@pytest.fixture
def small_mnist(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """A set of the name mnist that can be stored in no time, and downloaded from nowhere."""
    named = replace(tiny.named, name="mnist", npz_names=("mnist.npz",), folders=("mnist",))
    monkeypatch.setitem(NAMED_SETS, "mnist", named)
    return replace(tiny, named=named)


@pytest.fixture
def mirror(small_mnist: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tiny]:
    """The same set, served by this machine."""
    small_mnist.save_npz(tmp_path / "served" / "mnist.npz")
    handler = partial(QuietHandler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        named = replace(small_mnist.named, mirrors=(Mirror(address, ("mnist.npz",)),))
        monkeypatch.setitem(NAMED_SETS, "mnist", named)
        yield replace(small_mnist, named=named)
        server.shutdown()
        thread.join()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *more: object) -> None:
        pass


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with 30 pictures in two files whose names tell nothing (all forms: tests/contract/test_sources.py)."""
    x, y = pictures(30)
    with (tmp_path / "arrays").open("wb") as file:
        np.savez(file, x=x, y=y)
    (tmp_path / "some images").write_bytes(gzip.compress(idx_bytes(x)))
    return tmp_path


def test_a_path_may_be_text(own: Path) -> None:
    assert load(str(own / "arrays")).source == str(own / "arrays")


def test_digits_are_always_there() -> None:
    dataset = load("digits")
    assert str(dataset) == "digits: 1,438 train, 359 test pictures, 28×28 grey, 10 classes"
    assert dataset.source == "scikit-learn"
    assert dataset.licence.startswith("CC BY 4.0")


@pytest.mark.parametrize("name", ["mnist", "MNIST"])
def test_a_name_is_found_in_the_data_folder(name: str, small_mnist: Tiny, tmp_path: Path) -> None:
    where = small_mnist.save_npz(tmp_path / "mnist.npz")
    assert load(name, data_dir=tmp_path).source == str(where)


def test_a_name_that_is_nowhere_says_where_it_was_looked_for(small_mnist: Tiny, tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match=f"mnist: no sound copy in {tmp_path}, .*downloading was not allowed"):
        load("mnist", data_dir=tmp_path, download=False)


def test_a_name_that_is_nearly_right_is_guessed() -> None:
    with pytest.raises(DataNotFound, match=r"fashon: no named set and no such path;.*Did you mean 'fashion'\?"):
        load("fashon")
    with pytest.raises(DataNotFound, match=r"minst: no named set;.*Did you mean 'mnist'\?"):
        fetch_named("minst")


@pytest.mark.parametrize("what", [np.zeros((3, 3)), 3, [pictures(3)], b"digits"], ids=["array", "int", "list", "bytes"])
def test_what_is_neither_a_name_nor_a_path_is_refused(what: object) -> None:
    with pytest.raises(DataError, match=r"data: a value of type .*; expected a Dataset, the name of a set, or a path"):
        load(what)  # type: ignore[arg-type]


def test_a_path_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataNotFound, match=r"my/pictures\.zip: there is no such file or folder"):
        load("my/pictures.zip")


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000, "~nobody-of-that-name/x"])
def test_a_path_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(DataNotFound, match="no such"):
        load(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "own.npz")
    with pytest.raises(DataError, match="a folder, a pipe or a device; expected a file"):
        load(tmp_path / "own.npz")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mine.toml", "a recipe; expected .* A recipe is named first: tenfold train RECIPE --data DATA"),
        ("model.keras", "a recipe; expected"),
        ("Seven.PNG", "a single picture; expected .* To ask a run what is on it: tenfold predict IMAGE"),
    ],
)
def test_what_belongs_elsewhere_is_told_where(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\x89PNG")
    with pytest.raises(DataError, match=rf"{name}: {said}"):
        load(tmp_path / name)


def test_a_file_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes").write_bytes(b"\xd0\xcf\x11\xe0 a document")
    with pytest.raises(DataError, match="notes: a kind of file that is not known here; expected a folder of pictures"):
        load(tmp_path / "notes")


@pytest.mark.parametrize("name", ["own.npz", "own.csv", "own.zip", "train-images-idx3-ubyte.gz", "own"])
def test_empty_files_and_web_pages_are_refused_whatever_they_are_called(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match="an empty file"):
        load(tmp_path / name)
    (tmp_path / name).write_bytes(b"<!DOCTYPE html><title>Log in</title>")
    with pytest.raises(DataError, match="a web page"):
        load(tmp_path / name)


def test_a_truncated_gzip_of_no_telling_name_is_refused(own: Path) -> None:
    (own / "short").write_bytes((own / "some images").read_bytes()[:30])
    with pytest.raises(DataError, match="the compressed file is truncated"):
        load(own / "short")


def test_a_size_for_pictures_that_have_one_is_refused(own: Path) -> None:
    assert load(own / "arrays", size=6).shape == (6, 6, 1)
    with pytest.raises(UsageError, match="size: 32, but the pictures of digits are 28×28"):
        load("digits", size=32)


def test_nothing_named_is_mnist_where_it_is_on_the_machine(small_mnist: Tiny, tmp_path: Path) -> None:
    small_mnist.save_npz(tmp_path / "mnist.npz")
    said: list[str] = []
    dataset = load(data_dir=tmp_path, say=said.append)
    assert dataset.name == "mnist"
    assert said == list(dataset.notes)
    assert "No data was named, so this is MNIST; the small set that is built in is called digits" in said[0]


def test_nothing_named_is_mnist_where_it_is_quickly_downloaded(mirror: Tiny) -> None:
    dataset = load(progress=lambda *now: None)
    assert dataset.name == "mnist"
    assert Path(dataset.source).is_file()
    assert load().fingerprint == dataset.fingerprint


def test_nothing_named_is_digits_where_mnist_is_out_of_reach(small_mnist: Tiny) -> None:
    said: list[str] = []
    dataset = load(say=said.append)
    assert dataset.name == "digits"
    assert "these are scikit-learn's 1,797 handwritten digits. To get MNIST: tenfold data fetch mnist" in said[-1]
    assert "tenfold data fetch mnist. This time it could not be downloaded" in said[-1]
    assert "(" not in said[-1]
    assert said[-1].startswith(dataset.notes[-1].removesuffix("."))
    assert dataset.fingerprint == load("digits").fingerprint


def test_nothing_named_does_not_wait_for_a_slow_network(mirror: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUICK", -1.0)
    said: list[str] = []
    assert load(say=said.append).name == "digits"
    assert "too slow to wait for" in said[-1]


def test_nothing_named_asks_nobody_where_downloads_are_forbidden(mirror: Tiny) -> None:
    said: list[str] = []
    assert load(download=False, say=said.append).name == "digits"
    assert said[-1].endswith("tenfold data fetch mnist. This time downloading was not allowed.")


def test_nothing_named_with_a_wrong_copy_in_the_data_folder_is_an_error(small_mnist: Tiny, tmp_path: Path) -> None:
    arrays = {**small_mnist.arrays, "x_test": small_mnist.arrays["x_test"] ^ 1}
    replace(small_mnist, arrays=arrays).save_npz(tmp_path / "mnist.npz")
    with pytest.raises(ChecksumError, match="its x_test is not that of mnist"):
        load(data_dir=tmp_path)


def test_the_list_of_sets_says_where_each_is(small_mnist: Tiny, tmp_path: Path) -> None:
    where = small_mnist.save_npz(tmp_path / "mnist.npz")
    assert [(one.name, one.where) for one in available(tmp_path)] == [
        ("digits", "built in"),
        ("mnist", str(where)),
        ("fashion", None),
    ]
    assert available()[1].where is None


def test_fetching_what_is_there_changes_nothing(mirror: Tiny, tmp_path: Path) -> None:
    fetched = fetch_named("mnist", progress=lambda *now: None)
    assert fetch_named("mnist").source == fetched.source
    assert fetch_named("digits").source == "scikit-learn"


@pytest.mark.mnist
def test_the_real_sets_have_the_counts_that_the_sheets_show(mnist_dir: Path) -> None:
    mnist, fashion = load("mnist", data_dir=mnist_dir), load("fashion", data_dir=mnist_dir)
    counts = {split: list(of_class.values()) for split, of_class in mnist.counts().items()}
    assert counts["train"] == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert counts["test"] == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert set(fashion.counts()["test"].values()) == {1000}
    assert fashion.classes[9] == "Ankle boot"
    assert load(data_dir=mnist_dir).fingerprint == mnist.fingerprint
