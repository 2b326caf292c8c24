"""Validation on the test pictures is said, and so is that there was none."""

from dataclasses import replace

from tests.evaluation.findings.cases import only, rows, silent

from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.held_out import closed, many_looks, nothing_held_out, peeking

ROWS = rows(loss=[1.0, 0.5], val_loss=[1.0, 0.6])


def test_peeking() -> None:
    evidence = Evidence(validation="test", rows=ROWS)
    finding = only(peeking, evidence)
    assert "looked at after each of 2 epochs" in finding.claim
    assert "--set training.validation=0.1" in finding.advice
    assert silent(nothing_held_out, evidence)
    assert "looked at after its one epoch, as if" in only(peeking, replace(evidence, rows=ROWS[:1])).claim


def test_nothing_held_out() -> None:
    finding = only(nothing_held_out, Evidence(rows=rows(loss=[1.0]), sizes={"train": 10}))
    assert "No training pictures were held out" in finding.claim
    assert "--set training.validation=0.1" in finding.advice


def test_a_test_that_many_runs_have_taken() -> None:
    finding = only(many_looks, Evidence(test_looks=7, test_runs=5))
    assert "scored 7 times by 5 runs in this folder" in finding.claim
    assert "--set training.validation=0.1 --set training.test=never`" in finding.advice
    assert "`tenfold evaluate RUN`" in finding.advice
    assert silent(many_looks, Evidence(test_looks=9, test_runs=4))
    assert silent(many_looks, Evidence(test_looks=9, test_runs=9, closed=True))


def test_a_run_that_holds_pictures_out_is_not_told_to() -> None:
    held_out = Evidence(test_looks=7, test_runs=5, validation=0.2, sizes={"train": 80, "validation": 20})
    advice = only(many_looks, held_out).advice
    assert "training.validation" not in advice
    assert "tenfold train RECIPE --set training.test=never`" in advice
    peeked = Evidence(test_looks=7, test_runs=5, validation="test", sizes={"train": 80, "validation": 20})
    assert "--set training.validation=0.1" in only(many_looks, peeked).advice


def test_a_test_set_that_is_still_closed() -> None:
    finding = only(closed, Evidence(name="mlp-0001", closed=True, test_looks=3))
    assert finding.claim.startswith("The test set is still closed")
    assert finding.advice.endswith("open it: `tenfold evaluate mlp-0001`")
    assert silent(closed, Evidence())


def test_an_honest_validation_is_not_worth_a_word() -> None:
    evidence = Evidence(validation=0.1, rows=ROWS, sizes={"train": 90, "validation": 10})
    assert silent(peeking, evidence)
    assert silent(nothing_held_out, evidence)
