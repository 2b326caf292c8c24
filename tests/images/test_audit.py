"""An audit finds what was planted, counts it exactly, names the files, and finds nothing where nothing is."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.images.picture_files import GREYS, encoded, grey, tree

from tenfold.images.audit import audit
from tenfold.images.dataset import Dataset, Split
from tenfold.images.folder import read_folder
from tenfold.images.load import load


def split(numbers: Sequence[int], labels: Sequence[int]) -> Split:
    """A split of the pictures with these numbers."""
    return Split(GREYS[list(numbers)][..., None].copy(), np.array(labels, np.int64))


@pytest.fixture
def sound() -> Dataset:
    train, test = split(range(8), [0, 1] * 4), split(range(10, 14), [0, 1] * 2)
    return Dataset("own", train, test, ("cat", "dog"), source="somewhere")


def test_nothing_is_found_where_nothing_is(sound: Dataset) -> None:
    result = audit(sound)
    assert result.findings == ()
    assert "Nothing suspicious was found." in result.text()
    assert (result.constant, result.contradictory, result.mis_sized, result.duplicates) == (0, 0, 0, ())


def test_counts_and_imbalance(sound: Dataset) -> None:
    result = audit(replace(sound, train=split(range(42), [0] * 40 + [1] * 2)))
    assert result.counts["train"] == {"cat": 40, "dog": 2}
    assert result.imbalance == {"train": 20.0, "test": 1.0}
    assert "In train the largest class has 20 times as many pictures as the smallest." in result.findings
    (found,) = (each for each in replace(result, imbalance={"train": 1234.5}).findings if "largest" in each)
    assert found == "In train the largest class has 1,234 times as many pictures as the smallest."


def test_a_class_without_test_pictures(sound: Dataset) -> None:
    result = audit(replace(sound, test=split([10], [0])))
    assert "1 class has no picture in test: dog." in result.findings
    assert result.as_json()["imbalance"]["test"] is None


def test_duplicates_within_a_split(sound: Dataset) -> None:
    result = audit(replace(sound, train=split([0, 1, 0, 1, 0], [0, 1, 0, 1, 0])))
    assert result.within == {"train": 3, "test": 0}
    assert result.across == {"train and test": 0}
    assert "3 pictures of train repeat another of train." in result.findings


def test_duplicates_across_splits_come_first(sound: Dataset) -> None:
    leaky = replace(sound, train=split([0, 1, 2, 2], [0, 1, 0, 0]), test=split([9, 1, 1], [0, 1, 1]))
    result = audit(leaky)
    assert result.across == {"train and test": 2}
    assert result.within == {"train": 1, "test": 1}
    assert result.findings[0] == "2 pictures of test are also in train: the result will look better than it is."
    assert [(one.split, one.index) for one in result.duplicates[0]] == [("train", 1), ("test", 1), ("test", 2)]


def test_of_many_equal_pictures_some_are_listed_and_every_split_among_them(sound: Dataset) -> None:
    result = audit(replace(sound, train=split([0] * 50, [0, 1] * 25), test=split([1, 0], [0, 1])))
    assert [str(one) for one in result.duplicates[0]] == [*(f"train picture {i}" for i in range(19)), "test picture 1"]
    assert result.within["train"] == 49
    few = " = ".join(f"train picture {i} ({('cat', 'dog')[i % 2]})" for i in range(4))
    assert f"\n  {few} = test picture 1 (dog)\n" in f"{result.text()}\n"


def test_of_many_equal_pictures_the_one_under_another_label_is_listed(sound: Dataset) -> None:
    result = audit(replace(sound, train=split([0] * 50, [0] * 49 + [1])))
    assert str(result.duplicates[0][-1]) == "train picture 49"
    assert "train picture 3 (cat) = train picture 49 (dog)" in result.text()


def test_every_leaked_picture_is_in_the_json_and_the_text_says_how_to_see_them(sound: Dataset) -> None:
    result = audit(replace(sound, train=split(range(30), [0, 1] * 15), test=split(range(20), [0, 1] * 10)))
    told = result.as_json()["duplicates"]
    assert told["count"] == len(told["sets"]) == 20
    assert [one["index"] for group in told["sets"] for one in group if one["split"] == "test"] == list(range(20))
    assert "\n  and 15 more (--json lists them all)" in result.text()


def test_every_nearly_equal_picture_is_in_the_json() -> None:
    digits = load("digits")
    darker = Split((digits.train.images[:12] * 0.8).astype(np.uint8), digits.train.labels[:12].copy())
    result = audit(replace(digits, test=darker))
    told = result.as_json()["near_duplicates"]
    assert told["count"] == len(told["pairs"]) == 12
    assert sorted(pair["pictures"][1]["index"] for pair in told["pairs"]) == list(range(12))
    assert "\n  and 7 more (--json lists them all)" in result.text()


def test_a_list_is_cut_at_a_bound_and_says_what_there_is_in_all(
    sound: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenfold.images.audit.LISTED", 12)
    leaky = replace(sound, train=split(range(30), [0, 1] * 15), test=split(range(20), [0, 1] * 10))
    result = audit(leaky)
    told = result.as_json()["duplicates"]
    assert (told["count"], len(told["sets"])) == (20, 12)
    assert "\n  and 15 more (--json lists the first 12)" in result.text()


def test_where_every_picture_has_a_size_of_its_own_none_is_odd(tmp_path: Path) -> None:
    tree(tmp_path, a=1, b=1)
    for number, side in enumerate((20, 30, 40, 50)):
        (tmp_path / "ab"[number % 2] / f"{side}.png").write_bytes(encoded(GREYS[0][:5, :5].repeat(side, axis=0)))
    assert audit(read_folder(tmp_path)).mis_sized == 0


def test_every_pair_of_splits_is_compared(sound: Dataset) -> None:
    three = replace(sound, validation=split([0, 10], [0, 0]))
    assert audit(three).across == {"train and validation": 1, "train and test": 0, "validation and test": 1}


def test_equal_pictures_with_different_labels(sound: Dataset) -> None:
    result = audit(replace(sound, train=split([0, 0, 1, 1], [0, 1, 1, 1])))
    assert result.contradictory == 1
    assert "1 picture occurs under two labels." in result.findings
    told = "Equal pictures under two labels:\n  train picture 0 (cat) = train picture 1 (dog)\n\nEqual pictures:\n"
    assert told in result.text()


def test_one_pixel_makes_another_picture(sound: Dataset) -> None:
    images = np.repeat(GREYS[:1, ..., None], 4, axis=0)
    images[[1, 2, 3], [0, 3, 11], [0, 4, 11], 0] ^= 1
    assert audit(replace(sound, train=Split(images, np.array([0, 1, 0, 1])))).within["train"] == 0


def test_constant_pictures(sound: Dataset) -> None:
    images = GREYS[:6, ..., None].copy()
    images[2], images[4], images[5] = 0, 200, 7
    images[5, 0, 0] = 8
    result = audit(replace(sound, train=Split(images, np.array([0, 1] * 3))))
    assert result.constant == 2
    assert [str(one) for one in result.constant_pictures] == ["train picture 2", "train picture 4"]
    assert "2 pictures are one single colour: nothing is on them to tell their classes by." in result.findings


def test_blank_pictures_are_no_picture_under_two_labels(sound: Dataset) -> None:
    images = GREYS[:6, ..., None].copy()
    images[[2, 5]] = 0
    result = audit(replace(sound, train=Split(images, np.array([0, 1] * 3))))
    assert (result.constant, result.contradictory, result.within["train"]) == (2, 0, 0)
    assert not any("two labels" in sentence for sentence in result.findings)


def test_files_are_named(tmp_path: Path) -> None:
    names = [f"{split}/{kind}/{i}.png" for split in ("train", "test") for kind in "ab" for i in range(3)]
    tree(tmp_path, *names)
    (tmp_path / "test/b/1.png").write_bytes((tmp_path / "train/a/2.png").read_bytes())
    (tmp_path / "train/a/big.png").write_bytes(encoded(np.kron(GREYS[30], np.ones((3, 3), np.uint8))))
    (tmp_path / ("train/b/bad.png" if os.name == "nt" else "train/b/bad\x1b.png")).write_bytes(b"<html>")
    result = audit(read_folder(tmp_path))
    assert [str(one) for one in result.duplicates[0]] == ["train/a/2.png", "test/b/1.png"]
    assert result.mis_sized == 1
    assert result.contradictory == 1
    assert [one.reason for one in result.unreadable] == ["a web page (HTML)"]
    text = result.text()
    assert "train/a/2.png (a) = test/b/1.png (b)" in text
    assert "12×12: 12, such as train/a/0.png" in text
    assert "36×36: 1, such as train/a/big.png" in text
    assert "1 picture could not be read." in text
    assert "1 picture came in another size than most." in text
    assert "\x1b" not in text


def test_names_are_not_used_once_the_splits_changed(tmp_path: Path) -> None:
    data = read_folder(tree(tmp_path, a=5, b=5))
    shorter = replace(data, train=Split(data.train.images[[0, 0]], data.train.labels[[0, 0]]))
    assert str(audit(shorter).duplicates[0][0]) == "train picture 0"


def test_the_json_says_the_same_and_is_json(tmp_path: Path) -> None:
    tree(tmp_path, a=5, b=5)
    (tmp_path / "a" / "again.png").write_bytes(grey(0))
    (tmp_path / "a" / "bad.png").write_bytes(b"")
    result = audit(read_folder(tmp_path))
    told = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert told["counts"] == result.counts
    assert told["unreadable"] == {"count": 1, "pictures": [{"name": "a/bad.png", "reason": "an empty file"}]}
    assert sum(told["duplicates"]["within"].values()) + sum(told["duplicates"]["across"].values()) == 1
    assert {one["name"] for one in told["duplicates"]["sets"][0]} == {"a/0.png", "a/again.png"}
    assert told["sizes"] == [{"height": 12, "width": 12, "count": 11, "example": result.sizes[0].example}]
    assert told["findings"] == list(result.findings)


def test_hostile_class_names_do_not_reach_the_terminal(sound: Dataset) -> None:
    text = audit(replace(sound, classes=("a\x1b[2J\nb", "dog"))).text()
    assert "\x1b" not in text
    assert r"a\x1b[2J\nb" in text


def test_a_mapped_dataset_is_audited_alike(tmp_path: Path) -> None:
    tree(tmp_path, a=5, b=5)
    assert audit(read_folder(tmp_path, budget=100)) == audit(read_folder(tmp_path))


@pytest.mark.mnist
@pytest.mark.parametrize(("name", "near_copies"), [("mnist", 1), ("fashion", 98)])
def test_the_canonical_sets_are_sound_but_for_near_copies(mnist_dir: Path, name: str, near_copies: int) -> None:
    result = audit(load(name, data_dir=mnist_dir))
    (finding,) = result.findings
    assert finding.startswith(f"{near_copies} picture")
    assert "nearly one of train" in finding
    assert result.near == {"train and test": near_copies}
    assert sum(result.counts["train"].values()) == 60_000
