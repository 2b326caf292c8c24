"""Every number about every extreme: a sensible value or None, JSON without NaN, a text of harmless lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.evaluation.extremes import EXTREMES

from tenfold.evaluation.abstain import Abstaining
from tenfold.evaluation.calibration import Calibration, confidence_histogram
from tenfold.evaluation.classification import ClassificationReport
from tenfold.evaluation.curves import precision_recall, roc
from tenfold.evaluation.evaluation import Evaluation
from tenfold.evaluation.mistakes import Mistakes
from tenfold.evaluation.predictions import Predictions

NUMBERS: dict[str, Callable[[Predictions], Any]] = {
    "abstain table": lambda p: Abstaining.of(p).table(),
    "calibration": Calibration.of,
    "calibration table": lambda p: Calibration.of(p).table(),
    "classification": ClassificationReport.of,
    "confidences": confidence_histogram,
    "confusion": lambda p: p.confusion(),
    "confusion table": lambda p: p.confusion().table(),
    "evaluation": Evaluation.of,
    "hardest": lambda p: [each.as_json() for each in Mistakes(p).hardest()],
    "mistakes": lambda p: Mistakes(p).table(),
    "pairs": lambda p: [pair.as_json() for pair in Mistakes(p).pairs()],
    "precision-recall": precision_recall,
    "precision-recall table": lambda p: precision_recall(p).table(),
    "roc": roc,
    "roc table": lambda p: roc(p).table(),
    "top": lambda p: p.top_accuracy(2),
}
PRINTED: dict[str, Callable[[Predictions], object]] = {
    "abstain": Abstaining.of,
    "calibration": Calibration.of,
    "classification": ClassificationReport.of,
    "confusion": lambda p: p.confusion(),
    "evaluation": Evaluation.of,
    "mistakes": Mistakes,
    "precision-recall": precision_recall,
    "predictions": lambda p: p,
    "roc": roc,
}


def numbers_in(value: Any) -> list[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for item in value for number in numbers_in(item)]
    return [value] if isinstance(value, float) else []


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("name", NUMBERS)
def test_in_json_every_number_is_finite_or_null(name: str, extreme: str) -> None:
    value = NUMBERS[name](EXTREMES[extreme])
    json.dumps(value.as_json() if hasattr(value, "as_json") else value, allow_nan=False)


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("name", sorted(NUMBERS.keys() - {"evaluation", "calibration"}))
def test_every_share_is_between_0_and_1(name: str, extreme: str) -> None:
    value = NUMBERS[name](EXTREMES[extreme])
    plain = value.as_json() if hasattr(value, "as_json") else value
    assert all(0 <= number <= 1 for number in numbers_in(plain)), plain


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("name", PRINTED)
def test_as_text_every_character_is_harmless(name: str, extreme: str) -> None:
    thing = PRINTED[name](EXTREMES[extreme])
    for text in (str(thing), repr(thing)):
        assert text
        assert all(line.isprintable() for line in text.split("\n")), text
        assert "nan" not in str(thing).lower().replace("nothing", "")


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("name", PRINTED)
def test_in_a_notebook_everything_is_escaped(name: str, extreme: str) -> None:
    page = PRINTED[name](EXTREMES[extreme])._repr_html_()  # type: ignore[attr-defined]
    assert "<script>" not in page
    assert page.isprintable()
    assert "nan" not in page.lower()


def test_in_a_notebook_names_are_shown() -> None:
    for name in ("classification", "confusion", "mistakes", "predictions", "roc"):
        page = PRINTED[name](EXTREMES["hostile names"])._repr_html_()  # type: ignore[attr-defined]
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("name", ["abstain", "calibration", "classification", "confusion", "precision-recall", "roc"])
def test_each_has_its_chart(name: str) -> None:
    chart = PRINTED[name](EXTREMES["two classes"]).chart()  # type: ignore[attr-defined]
    assert chart.to_dict()["$schema"]
