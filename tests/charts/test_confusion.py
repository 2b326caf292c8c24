"""The confusion matrix: its cells, the pictures behind them, and names that try to be more than names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.charts.conftest import HOSTILE
from tests.charts.reading import check_contract, found, marks_of, rows_of, texts_of

from tenfold.charts.confusion import MOST_PICTURES, PER_CELL, confusion
from tenfold.charts.export import as_json, spec
from tenfold.errors import InputError

COUNTS = np.array([[8, 2, 0], [0, 9, 1], [0, 0, 0]])  # of the third class there is no picture
NAMES = ("cat", "dog", "cow")


def cell(chart: Any, true: str, predicted: str) -> dict[str, Any]:
    (row,) = [row for row in rows_of(chart) if (row.get("true"), row.get("predicted")) == (true, predicted)]
    return row


def test_cells_hold_counts_and_shares_and_empty_ones_are_left_out() -> None:
    chart = confusion(COUNTS, NAMES)
    check_contract(chart)
    assert len(rows_of(chart)) == 4
    assert cell(chart, "cat", "dog") | {"count": 2, "share": 0.2, "right": False, "read": "2"} == cell(
        chart, "cat", "dog"
    )
    assert cell(chart, "cat", "cat")["right"]
    assert "3 of 20 pictures are wrong. cat was taken for dog 2 times." in spec(chart)["description"]


def test_as_rates_the_cells_are_percent_of_the_true_class() -> None:
    chart = confusion(COUNTS, NAMES, rate=True)
    assert cell(chart, "dog", "cow")["read"] == "10.0"
    assert "Numbers are % of the true class." in " ".join(spec(chart)["title"]["subtitle"])


@pytest.mark.parametrize("scale", ["sqrt", "log", "linear"])
def test_colour_follows_the_mistakes_alone(scale: str) -> None:
    chart = confusion(COUNTS, NAMES, scale=scale)
    assert {"type": scale, "domain": [1, 2], "nice": False, "zero": False} in list(found(spec(chart), "scale"))
    assert cell(chart, "cat", "dog")["upper"]
    assert not cell(chart, "cat", "cat")["upper"]


def test_the_legend_counts_whole_pictures() -> None:
    assert [1, 2] in list(found(spec(confusion(COUNTS, NAMES)), "values"))


@pytest.mark.parametrize(("scale", "numbers"), [("sqrt", [4, 25, 64, 121]), ("linear", [4, 43, 82, 121])])
def test_the_numbers_of_the_legend_stand_evenly_along_the_colours(scale: str, numbers: list[int]) -> None:
    counts = [[900, 121], [4, 900]]
    assert numbers in list(found(spec(confusion(counts, ["cat", "dog"], scale=scale)), "values"))


def test_the_drawing_carries_the_numbers_and_the_names() -> None:
    texts = texts_of(confusion(COUNTS, NAMES))
    assert {"8", "2", "9", "1", *NAMES, "True class", "Predicted class"} <= set(texts)


def test_a_click_shows_the_pictures_of_the_cell(noise: np.ndarray[Any, Any]) -> None:
    pictures = [
        {"true": 0, "predicted": 1, "image": image, "title": f"test #{i}"} for i, image in enumerate(noise[:20])
    ]
    pictures.append({"true": 0, "predicted": 0, "image": noise[0]})
    chart = confusion(COUNTS * 10, NAMES, pictures=pictures)
    check_contract(chart)
    assert "image" in marks_of(chart)
    (chosen,) = spec(chart)["params"]
    assert chosen["name"] == "cell"
    assert chosen["value"] == [{"true": "cat", "predicted": "dog"}]  # before anybody clicks, the most frequent mistake
    shown = [row for row in rows_of(chart) if "picture" in row]
    assert len(shown) == PER_CELL + 1
    assert all(row["picture"].startswith("data:image/png;base64,") for row in shown)
    assert "cat taken for dog: 12 of 20 shown" in texts_of(chart)
    assert "cat taken for cat: 1 of 80 shown" not in texts_of(chart)


def test_pictures_are_bounded(noise: np.ndarray[Any, Any]) -> None:
    names = [str(number) for number in range(30)]
    counts = np.full((30, 30), 40)
    pictures = [{"true": i % 30, "predicted": i // 30 % 30, "image": noise[i % 30]} for i in range(2000)]
    chart = confusion(counts, names, pictures=pictures)
    assert len([row for row in rows_of(chart) if "picture" in row]) == MOST_PICTURES


def test_hostile_names_stay_names() -> None:
    size = len(HOSTILE)
    chart = confusion(np.eye(size, dtype=int) * 5 + 1, HOSTILE)
    check_contract(chart)
    drawn = " ".join(texts_of(chart))
    assert "</script>" in drawn
    assert "\u202e" not in drawn


def test_a_hundred_classes_are_cells_without_numbers() -> None:
    random = np.random.default_rng(1)
    counts = np.where(random.random((100, 100)) < 0.1, 3, 0) + np.eye(100, dtype=int) * 90
    chart = confusion(counts, [f"class {number}" for number in range(100)])
    assert "text" not in marks_of(chart)
    assert len(as_json(chart)) < 250_000


def test_nothing_wrong_at_all_can_be_drawn() -> None:
    assert "0 of 10 pictures are wrong" in spec(confusion(np.eye(2, dtype=int) * 5, "ab"))["description"]


def test_what_is_no_matrix_is_said() -> None:
    with pytest.raises(InputError, match=r"confusion matrix: an array of shape \(2, 3\); expected shape \(2, 2\)"):
        confusion(np.ones((2, 3)), "ab")
    with pytest.raises(InputError, match="the scale 'cubic'; expected one of sqrt, log, linear"):
        confusion(COUNTS, NAMES, scale="cubic")
