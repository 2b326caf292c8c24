"""What a run had seen that was like a picture: its nearest training pictures, and when even those are far away."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.images.handwritten import page

import tenfold
from tenfold.errors import DataError, DataNotFound
from tenfold.images.assemble import assembled
from tenfold.run import familiar
from tenfold.run.familiar import Familiar, nearness
from tenfold.run.reading import Reading
from tenfold.run.run import Run
from tenfold.run.shipped import reader


def pairs(count: int, apart: int) -> tenfold.Dataset:
    """Pictures of one pixel in its own place for each pair; the two of a pair are `apart` grey levels apart."""
    images = np.zeros((count, 16, 16, 1), np.uint8)
    for place in range(count):
        images.reshape(count, -1)[place, place // 2] = 100 + apart * (place % 2)
    labels = np.arange(count) % 2
    return assembled(
        "pairs",
        {"train": (images, labels), "test": (images[:2], labels[:2])},
        classes=("even", "odd"),
        source="made here",
    )


def test_far_is_what_hardly_any_training_picture_is_from_its_nearest() -> None:
    known = Familiar(pairs(80, apart=51))
    assert known.far == pytest.approx(0.2)
    near, away = np.zeros((2, 16, 16, 1), np.uint8)
    near[0, 1], away[0, 1] = 140, 255
    (first, second), (third, _) = known.nearest(np.stack([near, away]), 2)
    assert (first["index"], first["label"], nearness(first)) == (3, "odd", "odd (0.0)")
    assert second["index"] == 2
    assert known.doubts((first, second)) == ()
    assert known.doubts((third,)) == (
        "it is unlike all training pictures: the nearest is 0.4 away, and 99 % of them have another within 0.2",
    )


def test_a_few_pictures_say_nothing_about_what_is_usual() -> None:
    known = Familiar(pairs(familiar.FEWEST - 2, apart=51))
    assert known.far is None
    assert known.doubts(known.nearest(np.full((1, 16, 16, 1), 255, np.uint8), 1)[0]) == ()


def test_the_nearest_stand_beside_an_answer(finished: Path) -> None:
    run = Run(finished)
    picture = run.data().train.images[7]
    answer = run.predict(picture, nearest=2)
    assert [near["index"] for near in answer.nearest] == [near["index"] for near in run.nearest(picture, 2)]
    assert answer.as_json()["nearest"][0] == {"index": 7, "label": answer.nearest[0]["label"], "distance": 0.0}
    assert answer.warnings == run.predict(picture).nearest == ()
    (doubt,) = run.predict(255 - picture, nearest=1).warnings
    assert doubt.startswith("it is unlike all training pictures: the nearest is ")


def test_every_digit_of_a_page_has_its_own(finished: Path) -> None:
    run = Run(finished)
    reading = run.predict(page(("7", 30, 30), ("2", 140, 30), size=(160, 240)), nearest=3)
    assert isinstance(reading, Reading)
    assert reading.nearest == ()
    for read in reading.digits:
        assert read.nearest[0]["distance"] == run.nearest(read.ink.image, 1)[0]["distance"]
        assert len(read.beside) == 3
    assert reading._repr_html_().count("a training picture: ") == 2 * 2 * 3  # alt text and title of each
    assert [read["nearest"][0]["label"] for read in reading.as_json()["digits"]] == [
        read.nearest[0]["label"] for read in reading.digits
    ]
    alone = run.predict(page(("7", 30, 30)), nearest=3)
    assert isinstance(alone, Reading)
    assert alone.nearest == alone.digits[0].nearest != ()


def test_pictures_that_are_elsewhere_are_an_error_or_a_sentence() -> None:
    said: list[str] = []
    (answer,) = reader().predict_all([page(("2", 50, 40))], nearest=3, say=said.append)
    assert (answer.label, answer.nearest) == ("2", ())
    assert said == [
        "The nearest training pictures are left out: mnist is not on this machine; to get it: tenfold data fetch mnist."
    ]
    with pytest.raises(DataNotFound, match="the data of reader: mnist: no sound copy"):
        reader().predict(page(("2", 50, 40)), nearest=3)


def test_pictures_that_changed_are_told_as_such(finished: Path) -> None:
    about = json.loads((finished / "environment.json").read_text())
    (finished / "environment.json").write_text(
        json.dumps({**about, "data": {**about["data"], "fingerprint": "0" * 64}})
    )
    said: list[str] = []
    Run(finished).predict_all([page(("2", 50, 40))], nearest=3, say=said.append)
    assert "left out: the data of " in said[0]
    assert "other pictures or labels than before" in said[0]
    with pytest.raises(DataError, match="other pictures or labels than before"):
        Run(finished).predict(page(("2", 50, 40)), nearest=3)


@pytest.mark.mnist
def test_the_model_that_ships_compares_with_mnist(mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENFOLD_DATA", str(mnist_dir))
    run = reader()
    answer = run.predict(page(("2", 50, 40)), nearest=5)
    assert [near["label"] for near in answer.nearest] == ["2"] * 5
    assert answer.warnings == ()
    (doubt,) = run.predict(np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8), nearest=1).warnings
    assert "unlike all training pictures" in doubt
