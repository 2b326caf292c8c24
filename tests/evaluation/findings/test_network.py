"""Dead units are told where a layer has many of them, and only as far as they were looked at."""

from tests.evaluation.findings.cases import only, silent

from tenfold.evaluation.findings.evidence import DeadUnits, Evidence
from tenfold.evaluation.findings.network import dead_units


def test_the_layer_with_most_dead_units() -> None:
    dead = [DeadUnits("dense", 50, 128, 1000), DeadUnits("dense_1", 60, 64, 1000), DeadUnits("dense_2", 0, 64, 1000)]
    finding = only(dead_units, Evidence(dead=dead))
    assert finding.claim == (
        "In layer 'dense_1' 60 of 64 units (94 %) gave nothing for any of the 1,000 training pictures that were looked "
        "at (2 layers have such units)."
    )
    assert [layer["layer"] for layer in finding.evidence["layers"]] == ["dense", "dense_1"]


def test_only_of_all_training_pictures_it_follows_that_none_teaches_them() -> None:
    every = [DeadUnits("dense", 50, 128, 1438, every=True)]
    told = "gave nothing for any of the 1,438 training pictures"
    assert (
        f"{told}: as they are now, none of these teaches them anything." in only(dead_units, Evidence(dead=every)).claim
    )
    assert only(dead_units, Evidence(dead=every, noisy=True)).claim.endswith(f"{told}.")
    some = only(dead_units, Evidence(dead=[DeadUnits("dense", 50, 128, 1000)]))
    assert "teaches" not in some.claim
    assert "dead" not in some.claim


def test_a_few_dead_units_and_few_pictures_are_not_worth_a_word() -> None:
    assert silent(dead_units, Evidence(dead=[DeadUnits("dense", 26, 128, 1000), DeadUnits("dense", 1, 4, 1000)]))
    assert silent(dead_units, Evidence(dead=[DeadUnits("dense", 60, 64, 20)]))
