"""A finding is text, a page and JSON, and what comes back from a stranger's file is checked."""

import json
import math

import numpy as np
import pytest

from tenfold.errors import RunError
from tenfold.evaluation.finding import KEYS, Finding

LEAK = Finding("leak", "3 test pictures are also in train.", {"ids": [1, 2, 5]}, "certain", "Remove them.")


def test_as_text() -> None:
    assert str(LEAK) == "3 test pictures are also in train. (certain)\n  Remove them."
    assert str(Finding("time", "It took 2 s.", {}, 0.9)) == "It took 2 s. (90 % sure)"


def test_names_cannot_write_on_the_terminal() -> None:
    finding = Finding("confused", "\x1b[2J is taken for a\nb.", {}, advice="look at \x1b]0;")
    assert str(finding).splitlines() == ["\\x1b[2J is taken for a\\nb. (certain)", "  look at \\x1b]0;"]


def test_as_html_everything_is_escaped() -> None:
    page = Finding("confused", "<script>", {"<b>": "<i>"}, advice="<u>")._repr_html_()
    assert not any(tag in page for tag in ("<script>", "<i>", "<u>", "<b><"))
    assert all(f"&lt;{name}&gt;" in page for name in ("script", "b", "i", "u"))


def test_json_has_the_keys_of_the_contract_and_comes_back() -> None:
    value = json.loads(json.dumps(LEAK.as_json()))
    assert tuple(value) == KEYS == ("kind", "claim", "evidence", "confidence", "advice")
    assert Finding.from_json(value, "it") == LEAK


def test_evidence_becomes_plain_numbers() -> None:
    finding = Finding("x", "y", {"a": np.float32(0.5), "b": np.arange(2), "c": [math.nan, np.int64(3)], "d": (True,)})
    assert finding.evidence == {"a": 0.5, "b": [0, 1], "c": [None, 3], "d": [True]}
    json.dumps(finding.as_json(), allow_nan=False)


def test_a_confidence_that_is_none_is_a_mistake_of_the_rule() -> None:
    with pytest.raises(ValueError, match="confidence is 'surely'; expected certain, likely, hint, or a probability"):
        Finding("x", "y", {}, "surely")
    with pytest.raises(ValueError, match=r"confidence is 1\.5"):
        Finding("x", "y", {}, 1.5)


@pytest.mark.parametrize(
    "changes", [{"kind": 3}, {"claim": None}, {"evidence": []}, {"confidence": "very"}, {"confidence": True}]
)
def test_nonsense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RunError, match=r"findings\.json: a finding that makes no sense"):
        Finding.from_json({**LEAK.as_json(), **changes}, "findings.json")


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(RunError, match="makes no sense"):
        Finding.from_json(["leak"], "findings.json")
