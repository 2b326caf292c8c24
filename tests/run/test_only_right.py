"""The pictures that one network alone gets right: which are shown, in which order, and what is said of each."""

from __future__ import annotations

import numpy as np
import pytest

from tenfold.evaluation.comparison import Comparison
from tenfold.evaluation.predictions import Predictions
from tenfold.run.only_right import MOST, OnlyRight, only_right

CLASSES = ("<b>cat</b>", "dog\u202e")
IMAGES = np.arange(100 * 4, dtype=np.uint8).reshape(100, 2, 2, 1)


def said(answers: list[int], sure: list[float]) -> Predictions:
    """So many answers, so sure; everything is in truth a cat."""
    other = np.subtract(1, sure)
    rows = [(one, rest) if answer == 0 else (rest, one) for answer, one, rest in zip(answers, sure, other, strict=True)]
    return Predictions.of(np.array(rows), np.zeros(len(answers), np.int64), CLASSES)


@pytest.fixture
def shown() -> list[OnlyRight]:
    """A is right about the first forty, B about the last sixty."""
    sure = np.linspace(0.6, 0.9, 100).tolist()
    a, b = ([int(place >= 40) for place in range(100)], [int(place < 40) for place in range(100)])
    return only_right(Comparison({"A": said(a, sure), "B": said(b, sure)}), IMAGES)


def test_those_come_first_of_which_it_was_surest_and_not_too_many(shown: list[OnlyRight]) -> None:
    first, second = shown
    assert (first.title, second.title) == (f"Only A gets right: {MOST} of 40", f"Only B gets right: {MOST} of 60")
    assert [one["A"].id for one in first.said][:3] == [39, 38, 37]
    assert (first.images[0] == IMAGES[39]).all()
    assert first.said[0]["A"].right
    assert not first.said[0]["B"].right


def test_one_that_is_alone_right_about_nothing_is_left_out() -> None:
    both = Comparison({"A": said([0, 0], [0.9, 0.9]), "B": said([0, 1], [0.9, 0.9])})
    assert [(one.name, one.count) for one in only_right(both, IMAGES[:2])] == [("A", 1)]


def test_everybody_learns_what_each_said_and_names_stay_text(shown: list[OnlyRight]) -> None:
    page = shown[0]._repr_html_()
    assert "<b>" not in page
    assert "\u202e" not in page
    assert 'alt="Picture 39, a &lt;b&gt;cat&lt;/b&gt;; A says &lt;b&gt;cat&lt;/b&gt; (71.8 %), B says dog' in page
    assert page.count("<img ") == MOST
    chart = shown[0].chart().to_dict()
    assert chart["title"]["text"] == [f"Only A gets right: {MOST} of 40"]
    (rows,) = chart["datasets"].values() if "datasets" in chart else (chart["data"]["values"],)
    assert rows[0]["below"].startswith("not dog")
    assert rows[0]["told"].startswith("Picture 39, a <b>cat</b>; A says")
