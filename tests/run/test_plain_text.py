"""Whatever a user meets at a Python prompt is a line or a table there, and a page of its own in a notebook, escaped."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.run.small import small_recipe

from tenfold.evaluation.finding import Finding, Findings
from tenfold.evaluation.inspection.activations import Activation
from tenfold.evaluation.predictions import Predictions
from tenfold.evaluation.suspects import Suspect, Suspects
from tenfold.images.audit import audit
from tenfold.images.load import load
from tenfold.run.find import list_runs
from tenfold.run.run import Run

EVIL = "<script>alert(1)</script>\x1b[2J"
RAW = ("array(", "object at 0x", "dtype=", "PosixPath(")


@pytest.fixture(scope="module")
def run(finished_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(shutil.copytree(finished_once, tmp_path_factory.mktemp("shown") / finished_once.name))


PROMPTS: dict[str, tuple[Callable[[Run], Any], str]] = {
    "run": (lambda run: run, "Run('"),
    "recipe": (lambda run: run.recipe, "small: "),
    "evaluation": (lambda run: run.evaluation, "test accuracy "),
    "looks": (lambda run: run.looks, "test set scored once"),
    "predictions": (lambda run: run.predictions, "359 predictions, "),
    "findings": (lambda run: run.findings, "• "),
    "a finding": (lambda run: run.findings[0], ": "),
    "report": (lambda run: run.classification_report, "Classification report of 10 classes: accuracy "),
    "confusion": (lambda run: run.confusion, "Confusion of 10 classes: "),
    "a pair": (lambda run: run.confusion.most_confused(1), " taken for "),
    "roc": (lambda run: run.roc, "roc curves of 10 classes, mean area 0."),
    "a curve": (lambda run: run.roc.micro, "curve of micro average: "),
    "calibration": (lambda run: run.calibration, "Calibration on 359 pictures: calibration error (ECE) "),
    "abstaining": (lambda run: run.abstaining, "Abstaining, 10 thresholds; print it for the table"),
    "mistakes": (lambda run: run.mistakes, " mistakes in 359 pictures"),
    "a mistake": (lambda run: run.mistakes.most_confident(1), " sure"),
    "list": (lambda run: list_runs(run.path.parent), "small on digits, done, "),
    "data": (lambda run: load("digits"), "digits: 1,438 train, 359 test pictures, 28×28 grey, 10 classes"),
    "a split": (lambda run: load("digits").test, "359 pictures of 28×28×1 with their labels"),
    "audit": (lambda run: audit(load("digits")), "Audit of digits: "),
}


@pytest.mark.parametrize("what", PROMPTS)
def test_at_a_prompt(what: str, run: Run) -> None:
    get, words = PROMPTS[what]
    shown = repr(get(run))
    assert words in shown
    assert not any(raw in shown for raw in RAW)
    assert len(shown) < 200 * (1 + shown.count("\n")) or what in ("findings", "a finding")


def test_an_answer_and_the_activations_behind_it(run: Run) -> None:
    picture = load("digits").test.images[0]
    answer = run.predict(picture, ink=False)
    assert repr(answer) == str(answer)
    assert "{" not in repr(answer)
    assert any("values from 0 to " in repr(each) for each in run.activations(picture))


def test_an_activation_tells_its_layer_its_size_and_its_range() -> None:
    half = Activation("dense\x1b", "Dense", False, np.array([0.0, 0.0, 1.5, -2.25]))
    assert repr(half) == str(half) == "dense\\x1b (Dense): 4 values from -2.25 to 1.5, 50.0 % of them 0"
    assert str(Activation("empty", "Dense", False, np.zeros((0, 3)))) == "empty (Dense): no values"
    assert str(Activation("pool", "MaxPooling2D", False, np.ones((2, 3, 4)))) == (
        "pool (MaxPooling2D): 2×3×4 values from 1 to 1"
    )


def test_findings_are_a_list_that_reads_as_one() -> None:
    found = Findings([Finding("time", "It took 3 s.", {}), Finding("leak", EVIL, {"ids": [1]}, "hint", "Look.")])
    assert str(found).splitlines() == [
        "• It took 3 s. (certain)",
        r"• <script>alert(1)</script>\x1b[2J (hint)",
        "  Look.",
    ]
    assert repr(found) == str(found)
    assert repr(found[0]) == "time: It took 3 s. (certain)"
    assert [one.kind for one in found] == ["time", "leak"]
    assert str(Findings()) == "nothing was found"
    assert "nothing was found" in Findings()._repr_html_()


def test_long_evidence_is_cut_in_a_notebook() -> None:
    page = Finding("leak", "Many.", {"ids": list(range(1000))})._repr_html_()
    assert "…" in page
    assert len(page) < 1000


def test_suspects_are_counted_and_the_rest_is_named() -> None:
    one = Suspect(3, EVIL, "b", 0.987, -0.9)
    many = Suspects((one,) * 23, 1438)
    assert repr(many) == "23 of 1,438 labels are suspect"
    assert str(many).splitlines()[-1] == "  and 3 more"
    assert "\x1b" not in f"{many}{one!r}"


def test_in_a_notebook_everything_is_escaped(run: Run) -> None:
    spoiled = Run(shutil.copytree(run.path, run.path.parent.parent / "evil" / "run"))
    status = spoiled.directory.status
    status.write_text(status.read_text().replace('"small"', '"<script>alert(1)</script>"'))
    said = run.predictions
    classes = tuple(f"{EVIL}{name}" for name in said.classes)
    evil = Predictions(said.probabilities, said.labels, classes)
    data = load("digits")
    shown = {
        "Dataset": replace(data, classes=classes),
        "Recipe": replace(small_recipe(), about=EVIL),
        "Run": spoiled,
        "Predictions": evil,
        "Finding": Finding("leak", EVIL, {EVIL: EVIL}, "hint", EVIL),
        "Findings": Findings([Finding("leak", EVIL, {}, "hint", EVIL)]),
        "Confusion": evil.confusion(),
        "Audit": audit(replace(data, classes=classes)),
    }
    for name, one in shown.items():
        page = one._repr_html_()
        assert page.startswith("<"), name
        assert "<script>alert" not in page, name
        assert "\x1b" not in page, name
        assert "&lt;script&gt;alert" in page, name
