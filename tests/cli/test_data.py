"""`data list|show|fetch|import|audit`, from arguments to lines and JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tenfold
from tenfold.cli.main import main


def test_list_says_where_each_set_is_and_how_to_get_the_others(
    told: Callable[..., dict[str, Any]], shown: Callable[..., str]
) -> None:
    found = {known["name"]: known["where"] for known in told("data", "list")["datasets"]}
    assert found == {"digits": "built in", "mnist": None, "fashion": None}
    assert shown("data", "list").endswith("To get mnist, type: tenfold data fetch mnist\n")


def test_show_tells_sizes_classes_and_licence(told: Callable[..., dict[str, Any]], shown: Callable[..., str]) -> None:
    answer = told("data", "show", "digits")
    assert answer["fingerprint"] == tenfold.load("digits").fingerprint
    assert answer["shape"] == [28, 28, 1]
    assert sum(answer["counts"]["train"].values()) == 1438
    text = shown("data", "show", "digits")
    assert "digits: 1,438 train, 359 test pictures, 28×28 grey, 10 classes" in text
    assert "CC BY 4.0" in text


def test_audit_finds_the_file_that_is_no_picture(
    leaves: Path, told: Callable[..., dict[str, Any]], shown: Callable[..., str]
) -> None:
    answer = told("data", "audit", leaves, "--size", "8")
    assert answer["unreadable"]["count"] == 1
    assert answer["unreadable"]["pictures"][0]["name"].endswith("broken.jpg")
    assert "1 picture could not be read." in shown("data", "audit", leaves, "--size", "8")


def test_audit_finds_labels_that_were_made_wrong(leaves: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = leaves.parent / "split"
    for split in ("train", "test"):
        shutil.copytree(leaves, data / split)
    (data / "train" / "dark" / "3.png").rename(data / "train" / "bright" / "evil\x1b[2J.png")
    words = ["data", "audit", str(data), "--size", "8", "--labels"]
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["label_suspects"]
    assert (told["split"], told["looked_at"], told["count"]) == ("train", 20, 1)
    (picture,) = told["pictures"]
    assert (picture["label"], picture["suggested"]) == ("bright", "dark")
    assert picture["name"].endswith("evil\x1b[2J.png")
    assert main(words) == 0
    captured = capsys.readouterr()
    assert "1 training label looks wrong to networks that had not seen it (5.0 %)" in captured.out
    assert "evil\\x1b[2J.png: labelled bright, looks like dark (" in captured.out
    assert "Fold 5 of 5: first learns from 16 pictures and is asked about 4 others" in captured.err


def test_a_recipe_is_for_labels_only(refused: Callable[..., str]) -> None:
    assert "--recipe: no --labels; expected both" in refused("data", "audit", "digits", "--recipe", "cnn")
    assert "cn: no recipe of this name" in refused("data", "audit", "digits", "--labels", "--recipe", "cn")


def test_import_writes_one_file_that_is_read_as_the_same(leaves: Path, told: Callable[..., dict[str, Any]]) -> None:
    answer = told("data", "import", leaves, "--size", "8")
    assert Path("leaves.npz").is_file()
    assert told("data", "show", "leaves.npz")["fingerprint"] == answer["fingerprint"]


def test_import_never_writes_over_a_file(leaves: Path, refused: Callable[..., str]) -> None:
    Path("leaves.npz").write_bytes(b"precious")
    assert "leaves.npz: it exists; expected a new file" in refused("data", "import", leaves)
    assert Path("leaves.npz").read_bytes() == b"precious"


def test_fetch_without_a_network_says_what_to_do(refused: Callable[..., str]) -> None:
    line = refused("data", "fetch", "mnist")
    assert "it could not be downloaded" in line
    assert "--data-dir" in line


def test_fetch_of_what_is_built_in_needs_no_network(told: Callable[..., dict[str, Any]]) -> None:
    assert told("data", "fetch", "digits")["name"] == "digits"


def test_fetch_of_an_unknown_name(refused: Callable[..., str]) -> None:
    assert "Did you mean 'mnist'?" in refused("data", "fetch", "mnst")
