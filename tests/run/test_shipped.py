"""The model that ships: small, a run like any other, with a card, and as good as its card says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.images.handwritten import page

import tenfold
from tenfold.recipe.network import build
from tenfold.run.shipped import FOLDER, is_meant, reader


def test_it_is_small_and_says_what_it_is() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {
        *("model.keras", "recipe.toml", "environment.json", "evaluation.json", "status.json", "MODEL_CARD.md")
    }
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 1_000_000
    card = (FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8")
    run = reader()
    low, high = run.evaluation.accuracy_interval
    for fact in ("156,650 parameters", f"{run.evaluation.accuracy:.2%}".replace("%", " %"), f"{100 * low:.2f} to"):
        assert fact in card
    assert f"{100 * high:.2f} %" in card
    assert f"seed {run.recipe.training.seed};" in card


def test_its_network_is_that_of_its_recipe() -> None:
    run = reader()
    model = run.model()
    assert model.count_params() == build(run.recipe, run.shape, len(run.classes)).count_params() == 156_650


def test_it_reads_a_drawn_digit() -> None:
    assert reader().predict(page(("2", 50, 40))).label == "2"


def test_an_array_of_the_frame_is_taken_as_it_is() -> None:
    digit = tenfold.load("digits").test.images[0]
    answer = reader().predict(digit)
    assert not hasattr(answer, "digits")
    assert answer.probabilities == reader().predict(np.squeeze(digit)).probabilities


def test_it_answers_where_there_is_no_run_or_by_its_name(tmp_path: Path) -> None:
    assert is_meant(tmp_path / "none", "last")
    assert is_meant(tmp_path, "reader")
    assert not is_meant(tmp_path, "mine")
    (tmp_path / "reader").mkdir()
    (tmp_path / "reader" / "status.json").write_text("{}")
    assert not is_meant(tmp_path, "reader")
    assert not is_meant(tmp_path, "last")


@pytest.mark.mnist
def test_it_is_as_good_as_its_card_says(mnist_dir: Path) -> None:
    run = reader()
    test = tenfold.load("mnist", data_dir=mnist_dir).test
    answers = run.predict_all(list(test.images[:2000]))
    right = sum(answer.label == str(label) for answer, label in zip(answers, test.labels, strict=False))
    assert right / 2000 > 0.985
