"""Every training picture is judged by a network that has not seen it, and labels that were made wrong are found."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.run.small import small_recipe

from tenfold.images.dataset import Dataset, Split
from tenfold.images.load import load
from tenfold.run import cross_validation
from tenfold.run.cross_validation import out_of_sample, quick, training_suspects


def first_digits(count: int) -> Dataset:
    digits = load("digits")
    return replace(digits, train=Split(digits.train.images[:count].copy(), digits.train.labels[:count].copy()))


def test_no_network_is_asked_about_what_it_has_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    digits = first_digits(203)
    seen: list[Any] = []
    asked: list[Any] = []
    monkeypatch.setattr(cross_validation, "fit", lambda model, images, *more, **named: seen.append(images))

    def predict(model: object, images: Any) -> Any:
        asked.append(images)
        return np.full((len(images), 10), len(asked), np.float32)

    monkeypatch.setattr(cross_validation, "predict", predict)
    said: list[str] = []
    found = out_of_sample(digits, small_recipe(), folds=4, say=said.append)
    assert [len(images) for images in seen] == [152] * 4  # as many each time, for one compiled program
    assert sum(map(len, asked)) == 203
    whole = {picture.tobytes() for picture in digits.train.images}
    for learned, judged in zip(seen, asked, strict=True):
        assert not {one.tobytes() for one in learned} & {one.tobytes() for one in judged}
    assert {picture.tobytes() for part in asked for picture in part} == whole
    assert set(found.probabilities[:, 0].tolist()) == {1, 2, 3, 4}
    assert said[0] == "Fold 1 of 4: small learns from 152 pictures and is asked about 51 others."


def test_every_fold_begins_with_the_same_untrained_network(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[float, int]] = []

    def fit(model: Any, *more: object, **named: object) -> None:
        weights = model.trainable_variables[0]
        begun.append((float(np.asarray(weights).sum()), int(model.optimizer.iterations)))
        weights.assign(weights + 1)
        model.optimizer.iterations.assign(99)

    monkeypatch.setattr(cross_validation, "fit", fit)
    out_of_sample(first_digits(60), small_recipe(), folds=3)
    assert begun == [(begun[0][0], 0)] * 3


def test_the_quick_network_learns_long_enough_and_not_too_long() -> None:
    assert quick(1150).training.epochs == 29
    assert quick(48_000).training.epochs == 4
    assert quick(20).training.epochs == 100


def test_flipped_labels_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_validation, "STEPS", 300)  # not as good as it could be, and good enough to be seen
    digits = load("digits")
    random = np.random.default_rng(0)
    labels = digits.train.labels
    flipped = random.random(len(labels)) < 0.1
    given = np.where(flipped, (labels + random.integers(1, 10, len(labels))) % 10, labels)
    found = training_suspects(replace(digits, train=Split(digits.train.images.copy(), given)), folds=3)
    ids = np.array(found.ids)
    assert flipped[ids].sum() > 0.5 * flipped.sum()
    assert flipped[ids].mean() > 0.8


@pytest.mark.mnist
def test_flipped_labels_are_found_among_ten_thousand_of_mnist(mnist_dir: Path) -> None:
    mnist = load("mnist", data_dir=mnist_dir)
    images, labels = mnist.train.images[:10_000].copy(), mnist.train.labels[:10_000]
    random = np.random.default_rng(0)
    flipped = random.random(len(labels)) < 0.1
    given = np.where(flipped, (labels + random.integers(1, 10, len(labels))) % 10, labels)
    ids = np.array(training_suspects(replace(mnist, train=Split(images, given))).ids)
    assert flipped[ids].sum() > 0.65 * flipped.sum()  # measured: 0.73
    assert flipped[ids].mean() > 0.85  # 0.90
