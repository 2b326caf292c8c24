"""Test pictures that are nearly training pictures are told where they are many."""

from dataclasses import replace

import numpy as np
from tests.evaluation.findings.cases import only, predictions, silent

from tenfold.evaluation.findings.accuracy import accuracy
from tenfold.evaluation.findings.apart import without_near
from tenfold.evaluation.findings.evidence import Evidence, NearlySame, Picture
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
    assert ". Of these it gets 100.0 % right, of the others 62.5 % (59.1 % to 65.8 %)." in (
        only(near_leak, Evidence(near=found, predictions=known)).claim
    )
    assert "the result looks better" in only(near_leak, Evidence(near=found, predictions=known)).advice
    no_better = only(near_leak, Evidence(near=near(200), predictions=known))
    assert "Of these" not in no_better.claim
    assert "better" not in no_better.advice


def test_the_accuracy_says_what_is_left_without_them() -> None:
    known = predictions(1000, 300)
    right = np.flatnonzero(known.predicted == known.labels)
    found = NearlySame(right[:200].tolist(), right[:200].tolist(), range(1000), 4000)
    finding = only(accuracy, Evidence(near=found, predictions=known, sizes={"test": 1000}))
    assert finding.claim.endswith(
        "get between 67.1 % and 72.8 % right. That counts 200 pictures that are nearly training pictures too; of the "
        "other 800 it gets 62.5 % (59.1 % to 65.8 %) right."
    )
    assert finding.evidence["accuracy_without"] == 0.625
    part = replace(found, of_test=range(0, 1000, 2), test=range(0, 24, 2))
    told = only(accuracy, Evidence(near=part, predictions=known, sizes={"test": 1000})).claim
    assert "of the other 488 that were looked at it gets" in told
    few = only(accuracy, Evidence(near=near(19), predictions=known, sizes={"test": 1000}))
    assert "nearly" not in few.claim
    whole = only(accuracy, Evidence(near=near(1000), predictions=known, sizes={"test": 1000}))
    assert whole.claim.endswith("looked at are all nearly training pictures, so it says little of others.")
    same = [(Picture("train", one, 0), Picture("test", one, 0)) for one in range(100)]
    exactly = only(accuracy, Evidence(near=near(30), predictions=known, sizes={"test": 1000}, same=same))
    assert exactly.claim.endswith("going by the 900 that training has not seen."), "of which none is nearly seen"


def test_what_training_has_exactly_is_on_neither_side() -> None:
    known = predictions(1000, 300)
    same = [(Picture("train", one, 0), Picture("test", one, 0)) for one in range(50, 150)]
    result = without_near(Evidence(near=near(100), predictions=known, same=same))
    assert result is not None
    assert (result.seen, result.others) == (50, 850)


def test_a_few_are_alike_by_nature() -> None:
    assert silent(near_leak, Evidence(near=near(19)))
    assert silent(near_leak, Evidence(near=near(4, 100)))
    assert silent(near_leak, Evidence())
