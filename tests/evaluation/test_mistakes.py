"""Mistakes are named by their place in the split, in the order that was asked for."""

import json

import numpy as np
import pytest
from tests.evaluation.extremes import EXTREMES, random_predictions

from tenfold.errors import InputError
from tenfold.evaluation.mistakes import Mistakes
from tenfold.evaluation.predictions import Predictions

ROWS = [[0.9, 0.1, 0.0], [0.6, 0.4, 0.0], [0.3, 0.3, 0.4], [0.1, 0.1, 0.8], [0.55, 0.45, 0.0], [0.98, 0.01, 0.01]]


@pytest.fixture
def mistakes() -> Mistakes:
    return Mistakes(Predictions.of(ROWS, [1, 1, 2, 0, 1, 0], ("cat", "dog", "cow")))


def test_the_surest_come_first(mistakes: Mistakes) -> None:
    assert [each.id for each in mistakes.most_confident()] == [0, 3, 1, 4]
    (first,) = mistakes.most_confident(1)
    assert (first.true, first.predicted, first.right) == ("dog", "cat", False)
    assert (first.confidence, first.truth) == (pytest.approx(0.9), pytest.approx(0.1))
    assert str(first) == "picture 0: dog taken for cat, 90.0 % sure"


def test_the_hardest_have_the_least_probable_truth(mistakes: Mistakes) -> None:
    hardest = mistakes.hardest(6)
    assert [each.id for each in hardest] == [3, 0, 1, 2, 4, 5]
    assert [each.right for each in hardest] == [False, False, False, True, False, True]


def test_pairs_show_their_surest_mistakes(mistakes: Mistakes) -> None:
    first, second = mistakes.pairs()
    assert (first.true, first.predicted, first.count, first.ids) == ("dog", "cat", 3, (0, 1, 4))
    assert (second.true, second.predicted, second.count) == ("cat", "cow", 1)
    assert mistakes.pairs(examples=1)[0].ids == (0,)


def test_equally_sure_mistakes_come_as_in_the_split() -> None:
    assert [each.id for each in Mistakes(EXTREMES["all wrong and certain"]).most_confident()] == [0, 1, 2]


def test_a_diverged_network_has_mistakes_but_no_hardest() -> None:
    mistakes = Mistakes(EXTREMES["diverged"])
    assert [each.confidence for each in mistakes.most_confident()] == [None, None, None]
    assert mistakes.hardest() == ()
    assert str(mistakes.most_confident()[0]) == "picture 1: b taken for a"


def test_table_and_text(mistakes: Mistakes) -> None:
    assert len(mistakes) == len(mistakes.table()) == 4
    assert mistakes.ids.tolist() == [0, 1, 3, 4]
    lines = str(mistakes).splitlines()
    assert lines[0] == "4 of 6 pictures are misclassified; the surest mistakes first"
    assert lines[3].split() == ["0", "dog", "cat", "90.00", "%", "10.00", "%"]
    assert str(Mistakes(random_predictions())).splitlines()[-1].startswith("… and ")
    assert str(Mistakes(EXTREMES["all right and certain"])) == "none of 3 is misclassified"


def test_a_gallery_of_mistakes(mistakes: Mistakes) -> None:
    images = np.zeros((6, 4, 4, 1), np.uint8)
    chart = json.dumps(mistakes.chart(images).to_dict())
    assert "cat, not dog" in chart
    assert "90.00 % sure" in chart
    with pytest.raises(InputError, match="images: 5 pictures for 6 predictions; expected those of the split"):
        mistakes.chart(images[:5])
