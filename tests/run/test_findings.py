"""A run keeps what it teaches; reading is light and careful; a rule that fails is told and loses nothing."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.run.small import small_recipe

from tenfold.cli.result import lines_about_findings
from tenfold.errors import RunError
from tenfold.evaluation.findings import rules
from tenfold.evaluation.findings.evidence import FLAGS, Evidence
from tenfold.images.load import load
from tenfold.recipe.overrides import apply
from tenfold.recipe.presets import load_preset
from tenfold.recipe.settings import flags
from tenfold.run import findings
from tenfold.run.directory import Directory
from tenfold.run.evaluate import evaluate
from tenfold.run.findings import sheet_for, sizes
from tenfold.run.repeat import command_for
from tenfold.run.run import Run
from tenfold.run.train import train


def kinds(run: Run) -> list[str]:
    return [finding.kind for finding in run.findings]


def test_a_run_keeps_its_findings(finished: Path) -> None:
    run = Run(finished)
    assert {"accuracy", "time"} <= set(kinds(run))
    stored = json.loads((finished / "findings.json").read_text())["findings"]
    assert [finding.as_json() for finding in run.findings] == stored


def test_evaluating_writes_them_again(finished: Path) -> None:
    before = kinds(Run(finished))
    (finished / "findings.json").unlink()
    with pytest.raises(RunError, match=r"no findings\.json; .* Write it again: `tenfold evaluate small-"):
        _ = Run(finished).findings
    evaluate(Run(finished))
    assert kinds(Run(finished)) == before


def test_reading_them_wakes_nothing_heavy(finished: Path) -> None:
    program = f"import sys; from tenfold.run.run import Run; Run({str(finished)!r}).findings; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"keras", "jax", "sklearn", "numpy"} & set(ran.stdout.split())


@pytest.mark.parametrize(
    ("text", "words"), [("{}", "no list of findings"), ('{"findings": [3]}', "a finding that makes no sense")]
)
def test_a_file_from_elsewhere(text: str, words: str, finished: Path) -> None:
    (finished / "findings.json").write_text(text)
    with pytest.raises(RunError, match=rf"findings\.json: {words}.*`tenfold evaluate`"):
        _ = Run(finished).findings


def broken(evidence: Evidence) -> list[object]:
    raise ZeroDivisionError("by\nzero")


def test_a_rule_that_fails_is_told_first_and_loses_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(rules, "RULES", (*rules.RULES, broken))
    run = train(small_recipe(epochs=1), "digits", runs=tmp_path, verbose=0)
    assert run.status.state == "done"
    assert kinds(run)[0] == "failed"
    assert "accuracy" in kinds(run)
    claim = run.findings[0].claim
    assert "the rule broken failed (ZeroDivisionError: by\\nzero)" in claim
    assert claim in "\n".join(map(str, lines_about_findings(run)))


def test_gathering_that_fails_is_told_as_well(monkeypatch: pytest.MonkeyPatch, finished: Path) -> None:
    monkeypatch.setattr(findings, "sizes", lambda recipe, dataset: 1 / 0)
    evaluate(Run(finished))
    (only,) = Run(finished).findings
    assert "gathering the evidence failed (ZeroDivisionError" in only.claim


def test_sizes_are_those_of_the_training() -> None:
    dataset = load("digits")
    recipe = small_recipe(validation=0.2)
    split = dataset.with_validation(0.2)
    assert split.validation is not None
    assert sizes(recipe, dataset) == {"train": len(split.train), "validation": len(split.validation), "test": 359}
    assert sizes(small_recipe(), dataset) == {"train": 1438, "test": 359}


def test_the_flags_are_those_of_the_command_line() -> None:
    assert {each.key: flag for flag, each in flags().items()} == FLAGS


def test_a_preset_is_trained_again_by_its_name() -> None:
    directory = Directory(Path("runs/x").resolve())
    recipe = apply(load_preset("mlp"), {"training.epochs": 3, "training.learning_rate": 0.01})
    assert command_for(recipe, load("digits"), directory).but({"training.seed": 1}) == (
        "tenfold train mlp --data digits --learning-rate 0.01 --epochs 3 --seed 1"
    )


@pytest.mark.parametrize(
    "changes", [{"network.hidden": [9]}, {"training.optimizer": {"optimizer": "SGD", "momentum": 0.9}}]
)
def test_what_cannot_be_typed_is_trained_again_by_the_runs_own_file(changes: dict[str, object]) -> None:
    directory = Directory(Path("runs/x").resolve())
    words = command_for(apply(load_preset("mlp"), changes), load("digits"), directory).but({})
    assert words == "tenfold train runs/x/recipe.toml --data digits"


def test_the_sheets_number_is_for_the_sheets_recipe_on_mnist() -> None:
    digits = load("digits")
    assert digits.loading is not None
    mnist = digits.loaded_with(replace(digits.loading, what="mnist"))
    recipe = load_preset("mlp")
    found = sheet_for(apply(recipe, {"training.epochs": 2}), mnist)
    assert found is not None
    assert (found.low, found.high, found.epochs) == (0.982, 0.983, 20)
    assert sheet_for(recipe, digits) is None
    assert sheet_for(apply(recipe, {"network.dropout": 0.1}), mnist) is None
    assert sheet_for(apply(recipe, {"training.batch_size": 32}), mnist) is None
    assert sheet_for(load_preset("mlp-l2"), mnist) is None
