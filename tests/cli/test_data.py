"""`data list|show|fetch|import|audit`, from arguments to lines and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tenfold
from tenfold.cli.data import lines_about_suspects
from tenfold.cli.main import main
from tenfold.evaluation.suspects import Suspect, Suspects


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


def test_show_draws_pictures_with_their_labels_always_the_same_ones(
    told: Callable[..., dict[str, Any]], shown: Callable[..., str], refused: Callable[..., str]
) -> None:
    text = shown("data", "show", "digits", "--to", "four.json", "--grid", "2x2")
    assert text.endswith("\n4 training pictures with their labels: four.json\n")
    drawn = json.loads(Path("four.json").read_text())
    (rows,) = drawn["datasets"].values()
    chosen, train = [int(row["told"].removeprefix("picture ")) for row in rows], tenfold.load("digits").train
    assert [row["title"] for row in rows] == [str(train.labels[place]) for place in chosen]
    assert [(row["down"], row["across"]) for row in rows] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert told("data", "show", "digits", "--to", "a.json", "--grid", "2x2")["drawn"] == str(Path("a.json").resolve())
    assert Path("a.json").read_bytes() == Path("four.json").read_bytes()
    assert "four.json: it exists already" in refused("data", "show", "digits", "--to", "four.json")
    assert "'.pdf'; expected one of .png" in refused("data", "show", "nothing", "--to", "a.pdf")
    assert "'50x5' is not rows x columns such as 5x5, for at most 200 pictures" in refused(
        "data", "show", "digits", "--to", "b.png", "--grid", "50x5"
    )
    assert "--grid: no --to; expected a file to draw them into" in refused("data", "show", "digits", "--grid", "2x2")


def test_audit_finds_the_file_that_is_no_picture(
    leaves: Path, told: Callable[..., dict[str, Any]], shown: Callable[..., str]
) -> None:
    answer = told("data", "audit", leaves, "--size", "8")
    assert answer["unreadable"]["count"] == 1
    assert answer["unreadable"]["pictures"][0]["name"].endswith("broken.jpg")
    assert "1 picture could not be read." in shown("data", "audit", leaves, "--size", "8")


def test_audit_finds_a_label_that_was_made_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenfold.run.cross_validation.MOST_EPOCHS", 30)  # enough to tell dark from bright
    random, labels = np.random.default_rng(0), np.arange(100) % 2
    images = (random.integers(0, 100, (100, 4, 4)) + 150 * labels[:, np.newaxis, np.newaxis]).astype(np.uint8)
    given = np.where(np.arange(100) == 7, 1 - labels, labels)
    np.savez("shades.npz", x_train=images, y_train=given, x_test=images[:10], y_test=labels[:10])
    assert main(["data", "audit", "shades.npz", "--labels", "--json"]) == 0
    captured = capsys.readouterr()
    told = json.loads(captured.out)["label_suspects"]
    assert (told["split"], told["looked_at"], told["count"]) == ("train", 100, 1)
    assert [(one["id"], one["label"], one["suggested"], one["name"]) for one in told["pictures"]] == [
        (7, "0", "1", None)
    ]
    assert "Fold 5 of 5: first learns from 80 pictures and is asked about 20 others." in captured.err


def test_suspects_for_a_person() -> None:
    one = Suspect(3, "evil\x1b[2J", "b", 0.987, -0.9)
    dataset = tenfold.load("digits")
    lines = list(lines_about_suspects(Suspects((one,) * 21, 1438), dataset))
    assert lines[0] == (
        "21 training labels look wrong to networks that had not seen them (1.5 %), the most suspect first:"
    )
    assert lines[1] == "  train picture 3: labelled evil\\x1b[2J, looks like b (98.7 %)"
    assert lines[-1] == "  and 1 more (--json lists them all)"
    assert len(lines) == 22
    assert list(lines_about_suspects(Suspects((), 1438), dataset)) == [
        "No label of 1,438 training pictures looks wrong to networks that had not seen it."
    ]


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
