"""A folder for each class becomes a dataset: what the names mean, what is passed over, what is refused."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.images.picture_files import GREYS, colour, encoded, grey, tree

from tenfold.errors import DataError, DataNotFound, UnsafeData
from tenfold.images.collecting import collected
from tenfold.images.folder import listed_folder, read_folder
from tenfold.images.picture import ORIENTATION
from tenfold.images.reading import OwnSize

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")


def test_a_folder_for_each_class(tmp_path: Path) -> None:
    data = read_folder(tree(tmp_path / "pets", cats=10, dogs=15))
    assert (data.name, data.classes, data.shape) == ("pets", ("cats", "dogs"), (28, 28, 1))
    assert data.counts() == {"train": {"cats": 8, "dogs": 12}, "test": {"cats": 2, "dogs": 3}}
    assert "20 % of the pictures were held out as test split (stratified, seed 0)." in data.notes
    assert data.source == str(tmp_path / "pets")


def test_pixels_and_labels_belong_together(tmp_path: Path) -> None:
    data = read_folder(tree(tmp_path, a=3, b=4), size=12)
    assert data.reading is not None
    for split, part in data.splits.items():
        for name, label, picture in zip(data.reading.names[split], part.labels, part.images, strict=True):
            folder, number = name.removesuffix(".png").split("/")
            assert data.classes[label] == folder
            assert (picture[:, :, 0] == GREYS[int(number) + (3 if folder == "b" else 0)]).all()


def test_the_same_seed_gives_the_same_split_and_another_another(tmp_path: Path) -> None:
    tree(tmp_path, a=20, b=20)
    first, again, other = (read_folder(tmp_path, seed=seed) for seed in (1, 1, 2))
    assert first.fingerprint == again.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("train", "test", "validation"),
    [("train", "test", "validation"), ("Training", "testing", "val"), ("train", "test", "valid")],
)
def test_splits_that_are_there_are_kept(tmp_path: Path, train: str, test: str, validation: str) -> None:
    names = [
        f"{split}/{kind}/{i}.png"
        for split, n in ((train, 4), (test, 2), (validation, 1))
        for kind in "ab"
        for i in range(n)
    ]
    data = read_folder(tree(tmp_path, *names))
    assert {name: len(split) for name, split in data.splits.items()} == {"train": 8, "validation": 2, "test": 4}
    assert not any("held out" in note for note in data.notes)


def test_without_a_test_folder_one_is_drawn_from_train_alone(tmp_path: Path) -> None:
    names = [f"{split}/{kind}/{i}.png" for split in ("train", "val") for kind in "ab" for i in range(5)]
    data = read_folder(tree(tmp_path, *names))
    assert {name: len(split) for name, split in data.splits.items()} == {"train": 8, "validation": 10, "test": 2}


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    assert read_folder(tree(tmp_path, train=3, car=3, plane=3)).classes == ("car", "plane", "train")


def test_numbers_are_ordered_as_numbers(tmp_path: Path) -> None:
    assert read_folder(tree(tmp_path, **{"10": 2, "9": 2, "0": 2})).classes == ("0", "9", "10")


def test_a_folder_around_everything_is_stepped_into(tmp_path: Path) -> None:
    data = read_folder(tree(tmp_path, "pets/cats/1.png", "pets/cats/2.png", "pets/dogs/1.png", "pets/dogs/2.png"))
    assert data.classes == ("cats", "dogs")
    assert "The class folders were found inside 'pets'." in data.notes


def test_deeper_folders_belong_to_their_class(tmp_path: Path) -> None:
    data = read_folder(tree(tmp_path, "a/2020/1.png", "a/2021/1.png", "b/1.png", "b/2.png"))
    assert data.classes == ("a", "b")
    assert sum(len(split) for split in data.splits.values()) == 4


def test_colour_and_any_format_and_size_come_to_one_shape(tmp_path: Path) -> None:
    tree(tmp_path, a=2, b=2)
    (tmp_path / "a" / "c.PNG").write_bytes(colour(5))
    (tmp_path / "b" / "d.jpeg").write_bytes(encoded(np.kron(GREYS[0], np.ones((5, 3), np.uint8)), "JPEG"))
    (tmp_path / "b" / "e.bmp").write_bytes(encoded(GREYS[1], "BMP"))
    (tmp_path / "b" / "f.gif").write_bytes(encoded(GREYS[2], "GIF"))
    data = read_folder(tmp_path, size=16)
    assert data.shape == (16, 16, 3)
    assert sum(len(split) for split in data.splits.values()) == 8
    assert "8 pictures were brought to 16×16, the largest from 60×36; --size chooses another." in data.notes


def test_the_sizes_they_came_in_are_kept_the_right_way_up(tmp_path: Path) -> None:
    tree(tmp_path, a=2, b=2)
    sideways = Image.Exif()
    sideways[ORIENTATION] = 6
    (tmp_path / "a" / "x.jpg").write_bytes(encoded(np.zeros((16, 32), np.uint8), "JPEG", exif=sideways))
    reading = read_folder(tmp_path).reading
    assert reading is not None
    assert reading.sizes == (OwnSize(12, 12, 4, reading.sizes[0].example), OwnSize(32, 16, 1, "a/x.jpg"))


def test_the_system_s_litter_is_ignored_without_a_word(tmp_path: Path) -> None:
    plain = read_folder(tree(tmp_path, a=3, b=3))
    for name in (
        ".DS_Store",
        "Thumbs.db",
        "a/desktop.ini",
        "a/._1.png",
        "__MACOSX/a/1.png",
        ".git/HEAD",
        "b/.hidden.png",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_bytes(grey(9))
    littered = read_folder(tmp_path)
    assert littered.fingerprint == plain.fingerprint
    assert littered.notes == plain.notes


def test_hidden_folders_with_pictures_are_told(tmp_path: Path) -> None:
    data = read_folder(tree(tmp_path, ".c/1.png", "b/.d/e/1.png", ".git/HEAD", ".f/.thumb.png", a=3, b=3))
    assert data.classes == ("a", "b")
    told = "2 hidden folders with pictures were passed over (a name that begins with a dot is hidden): .c, b/.d."
    assert told in data.notes


def test_other_files_are_left_out_and_told(tmp_path: Path) -> None:
    tree(tmp_path, "loose.png", a=3, b=3)
    (tmp_path / "a" / "notes.txt").write_text("x")
    notes = read_folder(tmp_path).notes
    assert "1 file that is no png, jpg, bmp or gif was left out: a/notes.txt." in notes
    assert "1 picture in no class folder was left out: loose.png." in notes


def test_unreadable_pictures_are_left_out_counted_and_named(tmp_path: Path) -> None:
    tree(tmp_path, a=5, b=5)
    (tmp_path / "a" / "page.png").write_bytes(b"<!doctype html><html>")
    (tmp_path / "b" / "half.jpg").write_bytes(encoded(np.kron(GREYS[0], np.ones((9, 9), np.uint8)), "JPEG")[:900])
    data = read_folder(tmp_path)
    assert sum(len(split) for split in data.splits.values()) == 10
    assert data.reading is not None
    assert {(one.name, one.reason) for one in data.reading.unreadable} == {
        ("a/page.png", "a web page (HTML)"),
        ("b/half.jpg", "a jpg that ends too soon (truncated)"),
    }
    assert any(note.startswith("2 pictures could not be read and were left out: ") for note in data.notes)
    assert read_folder(tmp_path).fingerprint == data.fingerprint


def test_a_class_of_which_nothing_can_be_read_is_an_error(tmp_path: Path) -> None:
    tree(tmp_path, a=5)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.png").write_bytes(b"<html>")
    with pytest.raises(
        DataError, match=r"b/1\.png: a web page \(HTML\), and so no picture of class 'b' is left to train on"
    ):
        read_folder(tmp_path)


def test_a_bomb_among_the_pictures_ends_the_reading(tmp_path: Path) -> None:
    tree(tmp_path, a=2, b=2)
    (tmp_path / "b" / "bomb.gif").write_bytes(b"GIF89a\xff\xff\xff\xff\0\0\0" + b",\0\0\0\0\xff\xff\xff\xff\0\x08")
    with pytest.raises(UnsafeData, match=r"b/bomb\.gif: a picture of 65,535×65,535 pixels; expected at most"):
        read_folder(tmp_path)


def test_hostile_class_names_stay_text(tmp_path: Path) -> None:
    names = ("<script>alert(1)</script>".replace("/", "∕"), "a\x1b[31mred", "=1+1", "ünï")
    if os.name == "nt":
        names = ("=1+1", "ünï")
    for name in names:
        tree(tmp_path / name, "1.png", "2.png")
    (tmp_path / names[-2] / "x.png").write_bytes(b"")
    data = read_folder(tmp_path)
    assert set(data.classes) == set(names)
    assert not any("\x1b" in note for note in data.notes)


def test_accents_are_one_class_however_they_are_written(tmp_path: Path) -> None:
    tree(tmp_path, *(f"train/{kind}/{i}.png" for kind in (unicodedata.normalize("NFD", "é"), "b") for i in range(2)))
    tree(tmp_path, *(f"test/{kind}/{i}.png" for kind in (unicodedata.normalize("NFC", "é"), "b") for i in range(2)))
    assert read_folder(tmp_path).classes == ("b", "é")


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_that_are_no_text_do_not_stop_anything(tmp_path: Path) -> None:
    tree(tmp_path, a=2)
    try:
        (tmp_path / os.fsdecode(b"caf\xe9")).mkdir()
    except OSError:
        pytest.skip("this file system only takes text")
    tree(tmp_path / os.fsdecode(b"caf\xe9"), "1.png", "2.png")
    data = read_folder(tmp_path)
    assert data.classes == ("a", r"caf\udce9")
    assert data.fingerprint


@needs_links
def test_links_are_followed_inside_the_folder_and_never_out(tmp_path: Path) -> None:
    outside = tree(tmp_path / "outside", secret=2)
    root = tree(tmp_path / "in", a=3, b=3)
    (root / "a" / "inside.png").symlink_to(root / "b" / "0.png")
    (root / "a" / "outside.png").symlink_to(outside / "secret" / "0.png")
    (root / "a" / "broken.png").symlink_to(root / "nothing.png")
    (root / "c").symlink_to(outside / "secret", target_is_directory=True)
    (root / "a" / "loop").symlink_to(root, target_is_directory=True)
    data = read_folder(root)
    assert data.classes == ("a", "b")
    assert sum(len(split) for split in data.splits.values()) == 7
    assert any(note.startswith("4 links that lead elsewhere were left out: ") for note in data.notes)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_called_like_a_picture_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tree(tmp_path, a=2, b=2) / "a" / "pipe.png")
    assert sum(len(split) for split in read_folder(tmp_path).splits.values()) == 4


def test_a_picture_that_vanishes_meanwhile_is_left_out(tmp_path: Path) -> None:
    listing = listed_folder(tree(tmp_path, a=3, b=3))
    (tmp_path / "a" / "1.png").unlink()
    reading = collected(listing, name="pets").reading
    assert reading is not None
    assert [(one.name, one.reason) for one in reading.unreadable] == [("a/1.png", "no such file")]


def test_a_folder_of_many_pictures_is_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("tenfold.images.collecting.MANY", 6)
    read_folder(tree(tmp_path, a=3, b=3), say=said.append)
    assert said == [f"Reading 6 pictures from {tmp_path}"]


def test_a_test_class_without_pictures_is_told(tmp_path: Path) -> None:
    tree(tmp_path, "train/a/1.png", "train/b/1.png", "test/a/1.png")
    assert "1 class has no test pictures: b." in read_folder(tmp_path).notes


@pytest.mark.parametrize(
    ("names", "empty", "words"),
    [
        ([], [], "no pictures; expected a folder for each class with png, jpg, bmp or gif pictures in it"),
        (["readme.txt"], ["a"], r"no pictures \(1 other file: readme\.txt\)"),
        (["1.png", "2.png"], [], "pictures in no class folder; expected a folder for each class"),
        (["a/1.png", "a/2.png"], [], r"only one class \('a'\); expected at least two class folders"),
        (
            ["a/1.png", "b/1.png"],
            ["c"],
            "the class folder 'c' holds no pictures; expected pictures in every class folder",
        ),
        (["train/a/1.png", "train/b/1.png"], ["train/c"], "the class folder 'c' holds no pictures"),
        (["train/a/1.png", "train/b/1.png", "test/c/1.png"], [], "class 'c' in test and not in train"),
        (["train/1.png", "test/a/1.png"], [], "pictures directly in the train folder, in no class"),
        (["test/a/1.png", "val/b/1.png"], [], "no pictures for training; expected train/CLASS/picture.png"),
    ],
)
def test_what_nothing_can_be_trained_on_is_refused(
    tmp_path: Path, names: list[str], empty: list[str], words: str
) -> None:
    tree(tmp_path, *names)
    for name in empty:
        (tmp_path / name).mkdir()
    with pytest.raises(DataError, match=words):
        read_folder(tmp_path)


def test_a_missing_folder_a_file_and_a_wrong_size_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match="there is no such folder"):
        read_folder(tmp_path / "none")
    with pytest.raises(DataError, match="a file; expected a folder"):
        read_folder(tree(tmp_path, "a.png") / "a.png")
    for size in (0, 2000):
        with pytest.raises(DataError, match=rf"size: {size}; expected a whole number from 1 to 1024"):
            read_folder(tmp_path, size=size)
