"""The matrix counts, gives shares of the true class, and names the pictures behind every cell."""

import json

import numpy as np
import pytest
from tests.evaluation.extremes import EXTREMES, random_predictions

from tenfold.errors import InputError
from tenfold.evaluation.confusion import Confusion

LABELS = np.array([0, 0, 0, 0, 1, 1, 3])
PREDICTED = np.array([0, 1, 1, 3, 1, 0, 1])


@pytest.fixture
def confusion() -> Confusion:
    return Confusion(LABELS, PREDICTED, ("cat", "dog", "cow", "hen"))


def test_counts_and_rates(confusion: Confusion) -> None:
    assert confusion.counts.tolist() == [[1, 2, 0, 1], [1, 1, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]]
    assert confusion.rates[0].tolist() == [0.25, 0.5, 0, 0.25]
    assert np.isnan(confusion.rates[2]).all()


def test_as_scikit_learn_counts() -> None:
    from sklearn.metrics import confusion_matrix

    predictions = random_predictions()
    assert np.array_equal(predictions.confusion().counts, confusion_matrix(predictions.labels, predictions.predicted))


def test_the_pairs_with_the_most_mistakes_come_first(confusion: Confusion) -> None:
    first, *others = confusion.most_confused()
    assert (first.true, first.predicted, first.count, first.rate, first.ids) == ("cat", "dog", 2, 0.5, (1, 2))
    assert [(pair.true, pair.predicted) for pair in others] == [("cat", "hen"), ("dog", "cat"), ("hen", "dog")]
    assert str(first) == "cat taken for dog: 2 (50.0 %)"
    assert len(confusion.most_confused(1)) == 1


def test_the_pictures_of_a_cell(confusion: Confusion) -> None:
    assert confusion.ids(0, 1).tolist() == [1, 2]
    assert confusion.ids(2, 2).tolist() == []


def test_table(confusion: Confusion) -> None:
    assert len(confusion.table()) == 16
    rows = confusion.table(empty=False)
    assert rows[1] == {"true": "cat", "predicted": "dog", "count": 2, "rate": 0.5}
    assert sum(row["count"] for row in rows) == len(LABELS)


def test_as_text(confusion: Confusion) -> None:
    lines = str(confusion).splitlines()
    assert lines[0].split() == ["true", "\\", "predicted", "cat", "dog", "cow", "hen"]
    assert lines[1].split() == ["cat", "1", "2", "0", "1"]
    assert repr(confusion) == "Confusion of 4 classes: 5 of 7 wrong"


def test_as_text_many_classes_are_told_by_their_pairs() -> None:
    predictions = random_predictions(classes=31)
    assert str(predictions.confusion()).startswith("class ")
    assert str(Confusion(LABELS, LABELS, tuple(map(str, range(31))))) == "nothing is confused"


def test_hostile_names_do_not_write_on_the_terminal() -> None:
    assert "\x1b" not in str(EXTREMES["hostile names"].confusion())
    assert "\x1b" not in str(EXTREMES["hostile names"].confusion().most_confused()[0])


def test_chart_with_the_pictures_of_its_cells(confusion: Confusion) -> None:
    images = np.arange(7 * 16, dtype=np.uint8).reshape(7, 4, 4, 1)
    chart = json.dumps(confusion.chart(images=images).to_dict())
    assert all(f"picture {place}" in chart for place in (1, 2, 3, 5, 6))
    assert "picture 0" not in chart  # it is right
    assert "picture 1" not in json.dumps(confusion.chart(rate=True).to_dict())
    with pytest.raises(InputError, match="6 pictures for 7 predictions"):
        confusion.chart(images=images[:6])


def test_every_cell_has_a_picture_before_any_has_two() -> None:
    confusion = Confusion(np.array([0, 0, 0, 1]), np.array([1, 1, 1, 0]), ("a", "b"))
    shown = confusion._shown(np.zeros((4, 2, 2, 1), np.uint8))
    assert [row["title"] for row in shown] == ["picture 0", "picture 3", "picture 1", "picture 2"]
