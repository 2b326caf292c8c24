"""Test pictures that are nearly training pictures are told where they are many."""

import numpy as np
from tests.evaluation.findings.cases import only, predictions, silent

from tenfold.evaluation.findings.evidence import Evidence, NearlySame
from tenfold.evaluation.findings.near_leak import near_leak


def near(count: int, looked_at: int = 1000) -> NearlySame:
    return NearlySame(tuple(range(count)), tuple(range(10, 10 + count)), tuple(range(looked_at)), 10_000)


def test_many_are_told_with_how_many_were_looked_at() -> None:
    finding = only(near_leak, Evidence(near=near(60), sizes={"test": 5000}))
    assert finding.claim == (
        "60 test pictures are nearly a training picture, moved a little, brighter or noisy: 6.0 % of 1,000 that were "
        "looked at, held against 10,000 training pictures. Such is test picture 0, nearly train picture 10."
    )
    assert (finding.evidence["ids"][1], finding.evidence["seen_as"][1]) == (1, ["train", 11])
    assert finding.confidence == "likely"
    assert finding.advice.startswith("Look at them (`tenfold report 'this run' --open` shows them). If they are copies")
    assert "looked" not in only(near_leak, Evidence(near=near(60), sizes={"test": 1000})).claim


def test_that_they_are_known_better_is_said_where_it_is_so() -> None:
    known = predictions(1000, 300)
    right = np.flatnonzero(known.predicted == known.labels)[:200]
    found = NearlySame(right.tolist(), right.tolist(), range(1000), 4000)
    assert ". Of these it gets 100.0 % right, of the others 62.5 %." in (
        only(near_leak, Evidence(near=found, predictions=known)).claim
    )
    assert "the result looks better" in only(near_leak, Evidence(near=found, predictions=known)).advice
    no_better = only(near_leak, Evidence(near=near(200), predictions=known))
    assert "Of these" not in no_better.claim
    assert "better" not in no_better.advice


def test_a_few_are_alike_by_nature() -> None:
    assert silent(near_leak, Evidence(near=near(19)))
    assert silent(near_leak, Evidence(near=near(4, 100)))
    assert silent(near_leak, Evidence())
