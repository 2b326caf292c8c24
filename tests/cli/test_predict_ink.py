"""`predict` with handwriting: photos, several digits, the model that ships, and the pictures that it writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.images.handwritten import in_shadow, page

from tenfold.images.showing import CELL, GAP, MOST_BESIDE

Told = Callable[..., dict[str, Any]]
ROWS = (("7", 30, 30), ("2", 140, 30), ("4", 40, 180), ("3", 150, 180))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Two rows of digits, in a shadow."""
    Image.fromarray(in_shadow(page(*ROWS, size=(300, 260)))).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    Image.fromarray(page(("2", 50, 40))).save(tmp_path / "two.png")
    return tmp_path / "two.png"


def test_without_any_run_the_model_that_ships_answers(
    two: Path, tmp_path: Path, shown: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    from tenfold.cli.main import main

    assert main(["predict", str(two), "--runs", str(tmp_path / "none")]) == 0
    told = capsys.readouterr()
    assert told.out.startswith(f"{two}: 2 (")
    assert "The model that ships with Tenfold answers: it reads 99.44 % of MNIST's test pictures right." in told.err


def test_who_answers_is_said_once_there_are_runs(
    runs: Path, two: Path, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    """For else the first training would take the place of the model that ships, and nobody would notice."""
    from tenfold.cli.main import main
    from tenfold.run.find import find
    from tenfold.text_table import percent

    right = f"it has {percent(find(runs, 'last').status.accuracy, of=359)} of its test pictures right."

    def said(*words: str) -> list[str]:
        assert main(["predict", str(two), "--runs", str(runs), "--nearest", "0", *words]) == 0
        return capsys.readouterr().err.splitlines()

    hint = "`--run reader` asks the model that ships with Tenfold."
    assert said() == [f"first-digits-0001, the last run, answers: {right} {hint}"]
    assert said("--run", "first") == [f"first-digits-0001 answers: {right}"]
    assert said("--json") == []


def test_several_digits_are_told_in_reading_order_with_their_boxes(photo: Path, told: Told) -> None:
    answer = told("predict", photo, "--run", "reader")
    (one,) = answer["predictions"]
    assert (answer["run"], one["label"]) == ("reader", "72 43")
    assert [digit["label"] for digit in one["digits"]] == ["7", "2", "4", "3"]
    assert [digit["row"] for digit in one["digits"]] == [0, 0, 1, 1]
    assert one["boxes"] == [digit["box"] for digit in one["digits"]]
    for (left, top, right, bottom), (_, x, y) in zip(one["boxes"], ROWS, strict=True):
        assert (left, top) == pytest.approx((x, y), abs=16)
        assert (right - left, bottom - top) == pytest.approx((48, 86), abs=26)
    assert one["probabilities"] == {"72 43": one["probability"]}
    for digit in one["digits"]:
        assert sum(digit["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_a_person_reads_all_digits_in_one_line(photo: Path, shown: Callable[..., str]) -> None:
    assert "photo.png: 72 43 (" in (line := shown("predict", photo, "--run", "reader"))
    assert " that all 4 digits are right)" in line


def test_a_run_on_the_built_in_digits_looks_for_handwriting(runs: Path, two: Path, told: Told) -> None:
    (one,) = told("predict", two, "--runs", runs)["predictions"]
    assert len(one["digits"]) == 1
    assert set(told("predict", two, "--runs", runs, "--no-ink")["predictions"][0]) == {
        *("image", "label", "probability", "probabilities", "nearest", "warnings")
    }


def test_warnings_are_told(tmp_path: Path, told: Told, shown: Callable[..., str]) -> None:
    Image.fromarray(page(("2", 60, 110))).save(tmp_path / "cut.png")
    said = "it touches the border of the picture: part of it may be missing"
    assert said in told("predict", tmp_path / "cut.png", "--run", "reader")["predictions"][0]["warnings"]
    assert f"  note: {said}" in shown("predict", tmp_path / "cut.png", "--run", "reader").splitlines()


def test_what_the_network_saw_is_written(photo: Path, tmp_path: Path, shown: Callable[..., str]) -> None:
    shown("predict", photo, "--run", "reader", "--boxes", tmp_path / "boxes.png", "--show", tmp_path / "seen.png")
    with Image.open(tmp_path / "boxes.png") as boxes, Image.open(tmp_path / "seen.png") as seen:
        assert (boxes.size, boxes.mode) == ((260, 300), "RGB")
        assert seen.height > 4 * 112


def test_the_nearest_training_pictures_are_named(runs: Path, two: Path, tmp_path: Path, told: Told) -> None:
    for flags, count in (((), 3), (("--nearest", 5), 5), (("--nearest", 0), 0)):
        answer = told("predict", two, "--runs", runs, *flags)
        (one,) = answer["predictions"]
        assert [set(near) for near in one["nearest"]] == [{"index", "label", "distance"}] * count
        assert (one["digits"][0]["nearest"], answer["notes"]) == (one["nearest"], [])


def test_a_person_reads_which_training_pictures_are_near(
    runs: Path, two: Path, photo: Path, shown: Callable[..., str]
) -> None:
    line = shown("predict", two, "--runs", runs, "--nearest", 2).splitlines()[1]
    assert re.fullmatch(r"  nearest training pictures, and how far away: \d \(\d+\.\d\), \d \(\d+\.\d\)", line)
    several = shown("predict", photo, "--runs", runs, "--nearest", 9)
    of_others = re.findall(
        r"^  digit \d \(\d\): the nearest training pictures are (?:\d \([\d.]+\)(?:, )?){9}$", several, re.M
    )
    alike = re.search(r"all of the nearest training pictures have the same label for (\d) of 4 digits", several)
    assert len(of_others) + (int(alike[1]) if alike else 0) == 4


def test_without_the_training_pictures_it_answers_and_says_so(
    two: Path, told: Told, shown: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = (
        "The nearest training pictures are left out: mnist is not on this machine; to get it: tenfold data fetch mnist."
    )
    answer = told("predict", two, "--run", "reader")
    assert (answer["notes"], answer["predictions"][0]["nearest"]) == ([said], [])
    assert told("predict", two, "--run", "reader", "--nearest", 0)["notes"] == []


def test_the_nearest_are_drawn_behind_the_stages(
    runs: Path, two: Path, tmp_path: Path, shown: Callable[..., str]
) -> None:
    widths = []
    for count in (0, 2, 20):
        shown("predict", two, "--runs", runs, "--nearest", count, "--show", tmp_path / "seen.png")
        with Image.open(tmp_path / "seen.png") as seen:
            widths.append(seen.width)
    assert np.diff(widths).tolist() == [2 * (CELL + GAP), (MOST_BESIDE - 2) * (CELL + GAP)]


@pytest.mark.parametrize("count", ["-1", "21", "three"])
def test_how_many_are_near_has_a_bound(count: str, two: Path, refused: Callable[..., str]) -> None:
    assert f"{count!r} is not a whole number from 0 to 20" in refused("predict", two, f"--nearest={count}")


def test_of_several_pictures_each_has_files_with_its_number(
    two: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A blank one between them has none, and takes no other's number."""
    from tenfold.cli.main import main

    Image.new("L", (300, 200), 240).save(tmp_path / "blank.png")
    pictures = [str(two), str(tmp_path / "blank.png"), str(photo)]
    boxes, seen = (str(tmp_path / "out" / name) for name in ("boxes.png", "seen.png"))
    assert main(["predict", *pictures, "--run", "reader", "--boxes", boxes, "--show", seen]) == 2
    told = capsys.readouterr().err
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        *("boxes-1.png", "boxes-3.png", "seen-1.png", "seen-3.png")
    }
    assert f"{photo} with its boxes is in {tmp_path / 'out' / 'boxes-3.png'}." in told
    assert f"What the network saw of {two} is in {tmp_path / 'out' / 'seen-1.png'}." in told
    with Image.open(tmp_path / "out" / "boxes-3.png") as three:
        assert three.size == (260, 300)
    assert main(["predict", *pictures, "--run", "reader", "--boxes", boxes]) == 2
    line = capsys.readouterr().err
    assert "boxes-1.png: it exists already; expected a free name. Choose another with --boxes" in line


def test_more_than_nine_files_keep_their_order() -> None:
    from tenfold.cli.predict import numbered

    names = [file.name for file in numbered(Path("x/boxes.png"), 10)]
    assert (names[0], names[9], sorted(names)) == ("boxes-01.png", "boxes-10.png", names)


GRAIN = 20 * np.random.default_rng(0).standard_normal((200, 300))


@pytest.mark.parametrize(
    "blank", [np.full((200, 300), 255), np.zeros((200, 300)), 128 + GRAIN], ids=["white", "black", "grey with noise"]
)
def test_a_blank_page_is_refused(blank: np.ndarray, tmp_path: Path, refused: Callable[..., str]) -> None:
    Image.fromarray(blank.clip(0, 255).astype(np.uint8)).save(tmp_path / "blank.png")
    line = refused("predict", tmp_path / "blank.png", "--run", "reader")
    assert "blank.png: nothing written on it" in line


def test_a_picture_of_one_colour_is_answered_with_a_note_where_no_ink_is_looked_for(
    tmp_path: Path, told: Told, shown: Callable[..., str]
) -> None:
    """For a run on colours may know it: there a blank picture is no mistake."""
    Image.new("L", (300, 200), 0).save(tmp_path / "black.png")
    asked = ("predict", tmp_path / "black.png", "--run", "reader", "--no-ink")
    said = "it is of one colour throughout: there is nothing on it to go by"
    assert said in told(*asked)["predictions"][0]["warnings"]
    assert f"  note: {said}" in shown(*asked).splitlines()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--ink", "--no-ink"), "--ink and --no-ink: both; expected one of them, or neither"),
        (("--boxes", "boxes.jpg"), "the file boxes.jpg; expected a name that ends in .png"),
        (("--no-ink", "--show", "seen.png"), "a run that does not look for handwriting"),
        (("--boxes", "a.png", "--show", "./a.png"), "--show: a.png, which --boxes writes already; expected a file of"),
        (("a-2.png", "--boxes", "a.png"), "--boxes: a-2.png, which is one of the pictures; expected a file of its own"),
    ],
)
def test_flags_that_make_no_sense_are_refused(
    flags: tuple[str, ...], said: str, two: Path, refused: Callable[..., str]
) -> None:
    assert said in refused("predict", two, "--run", "reader", *flags)


def test_handwriting_needs_a_run_of_its_size(leaves: Path, two: Path, told: Told, refused: Callable[..., str]) -> None:
    told("train", "first", "--data", leaves, "--size", 12, "--epochs", 1, "--name", "leafy", "--no-report")
    line = refused("predict", two, "--run", "leafy", "--ink")
    assert "run leafy: trained on pictures of 12×12×3; expected 28×28 grey for reading handwriting" in line
    assert "digits" not in told("predict", two, "--run", "leafy")["predictions"][0]
