"""`tenfold compare`: what a person reads, what a program gets, and what is refused in one line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.evaluation.predictions import Predictions


@pytest.fixture(scope="module")
def two(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the other tests, and one that differs in an answer, a setting and its name."""
    folder = tmp_path_factory.mktemp("two")
    for name in ("first-digits-0001", "second"):
        shutil.copytree(runs / "first-digits-0001", folder / name)
    recipe = folder / "second" / "recipe.toml"
    recipe.write_text(recipe.read_text().replace("batch_size = 32", "batch_size = 64"))
    said = Predictions.load(folder / "second" / "predictions.npz")
    probabilities = said.probabilities.copy()
    right = np.flatnonzero(said.predicted == said.labels)[:3]
    probabilities[right] = np.roll(probabilities[right], 1, axis=1)
    Predictions(probabilities, said.labels, said.classes).save(folder / "second" / "predictions.npz")
    return folder


def test_for_a_program(two: Path, told: Callable[..., dict[str, Any]]) -> None:
    answer = told("compare", "first", "second", "--runs", two)
    assert [row["run"] for row in answer["results"]] == ["first-digits-0001", "second"]
    (difference,) = answer["differences"]
    assert (difference["better"], difference["worse"], difference["p"]) == (0, 3, 0.25)
    assert answer["settings"] == [{"setting": "training.batch_size", "values": [32, 64]}]
    assert len(answer["only_right"]["first-digits-0001"]) == 3
    assert json.dumps(answer)


def test_for_a_person(two: Path, shown: Callable[..., str]) -> None:
    text = shown("compare", "first", "second", "--runs", two)
    assert "second is better on 0 pictures, worse on 3: " in text
    assert "p = 0.25, which may well be chance" in text
    assert [line.split() for line in text.splitlines() if "batch_size" in line] == [["training.batch_size", "32", "64"]]
    assert "\ntraining accuracy\n" in text  # nothing was held out
    assert "only first-digits-0001 gets right: 3 pictures: " in text


@pytest.fixture(scope="module")
def many(two: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight runs more, all like the second but for what they are called."""
    folder = tmp_path_factory.mktemp("many") / "runs"
    shutil.copytree(two, folder)
    for number in range(8):
        shutil.copytree(two / "second", folder / f"third{number}")
    return folder


def test_of_three_each_is_drawn_over_the_first(many: Path, shown: Callable[..., str]) -> None:
    text = shown("compare", "first", "second", "third0", "--runs", many)
    assert "corrected for all 3 pairs after Holm" in text
    assert "None is right more often than first-digits-0001; second and third0 may be as good." in text
    _, drawn = text.split("\ntraining accuracy of each, over that of first-digits-0001\n")
    ends = [line.split() for line in drawn.splitlines() if "first-digits-0001" in line or "third0" in line]
    assert sum("first-digits-0001" in words for words in ends) == 2
    assert sum("third0" in words for words in ends) == 1
    assert drawn.endswith(
        "--to chart.html shows the pictures that only one gets right, and the curves of all over one another.\n"
    )


def test_of_many_runs_some_are_drawn_and_the_others_counted(many: Path, shown: Callable[..., str]) -> None:
    names = [f"third{number}" for number in range(8)]
    text = shown("compare", "first", *names, "--runs", many)
    assert text.count("epoch") == 6
    assert "\n2 more runs are not drawn.\n--to chart.html shows" in text


def test_of_a_single_epoch_nothing_is_drawn_and_that_is_said(
    two: Path, tmp_path: Path, shown: Callable[..., str]
) -> None:
    folder = Path(shutil.copytree(two, tmp_path / "short"))
    for metrics in folder.glob("*/metrics.jsonl"):
        metrics.write_text(metrics.read_text().splitlines()[0] + "\n")
    text = shown("compare", "first", "second", "--runs", folder)
    assert "No curves are drawn: of a single epoch there is none." in text


def test_a_chart_lays_the_curves_of_all_over_one_another(
    many: Path, told: Callable[..., dict[str, Any]], shown: Callable[..., str], refused: Callable[..., str]
) -> None:
    words = ("compare", "first", "second", "third0", "--runs", many, "--to")
    path = Path.cwd() / "curves.json"
    assert told(*words, "curves.json")["chart"] == str(path)
    chart = path.read_text(encoding="utf-8")
    assert "3 runs side by side" in chart
    assert chart.count('"run": "third0"') >= 2, "an epoch each, and its accuracy"
    assert "curves.json: it exists already; expected a free name. Choose another with --to" in refused(*words, path)
    assert "curves.txt: the ending '.txt'; expected one of .png, .svg, .html, .json" in refused(*words, "curves.txt")
    assert shown(*words, "more.json").endswith(
        "\nthe curves of all, and the pictures that only one gets right: more.json\n"
    )


def test_the_pictures_that_only_one_gets_right_are_in_the_chart(two: Path, shown: Callable[..., str]) -> None:
    shown("compare", "first", "second", "--runs", two, "--to", "pictures.json")
    chart = Path("pictures.json").read_text(encoding="utf-8")
    assert chart.count("data:image/png") == 3
    assert "Only first-digits-0001 gets right" in chart
    assert chart.count("second says ") == 3, "in words, for whoever does not see them"


def test_pictures_that_are_gone_are_left_out_and_that_is_said(
    two: Path, tmp_path: Path, shown: Callable[..., str]
) -> None:
    folder = Path(shutil.copytree(two, tmp_path / "gone"))
    for file in folder.glob("*/environment.json"):
        about = json.loads(file.read_text())
        file.write_text(json.dumps(about | {"data": about["data"] | {"reload": None}}))
    text = shown("compare", "first", "second", "--runs", folder, "--to", "gone.json")
    assert "\nthe curves of all: gone.json\n" in text
    assert "\nThose that only one gets right are not shown: the data of first-digits-0001: they were made" in text
    assert "data:image" not in Path("gone.json").read_text(encoding="utf-8")


def test_it_wakes_no_keras(two: Path) -> None:
    words = ["compare", "first", "second", "--runs", str(two)]
    program = f"import sys; from tenfold.cli.main import main; main({words!r}); sys.stderr.write(' '.join(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "second is better on 0 pictures" in ran.stdout
    assert not {"keras", "jax", "altair"} & set(ran.stderr.split())


def test_what_is_refused(two: Path, refused: Callable[..., str]) -> None:
    assert "compare: 1 run; expected two or more. Name another run" in refused("compare", "first", "--runs", two)
    assert "run second: it is named twice" in refused("compare", "second", "sec", "--runs", two)
    assert "run nothing: no run of this name" in refused("compare", "second", "nothing", "--runs", two)
