"""Dead units are told where a layer has many of them."""

from tests.evaluation.findings.cases import only, silent

from tenfold.evaluation.findings.evidence import DeadUnits, Evidence
from tenfold.evaluation.findings.network import dead_units


def test_the_layer_with_most_dead_units() -> None:
    dead = [DeadUnits("dense", 50, 128, 1000), DeadUnits("dense_1", 60, 64, 1000), DeadUnits("dense_2", 0, 64, 1000)]
    finding = only(dead_units, Evidence(dead=dead))
    assert "In layer 'dense_1' 60 of 64 units (94 %) gave nothing for any of 1,000 pictures" in finding.claim
    assert "(2 layers have such units)" in finding.claim
    assert [layer["layer"] for layer in finding.evidence["layers"]] == ["dense", "dense_1"]


def test_a_few_dead_units_and_few_pictures_are_not_worth_a_word() -> None:
    assert silent(dead_units, Evidence(dead=[DeadUnits("dense", 26, 128, 1000), DeadUnits("dense", 1, 4, 1000)]))
    assert silent(dead_units, Evidence(dead=[DeadUnits("dense", 60, 64, 20)]))
