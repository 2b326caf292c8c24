"""A run keeps what it teaches; reading is light and careful; a rule that fails is told and loses nothing."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.run.small import small_recipe

from tenfold.cli.result import lines_about_findings, lines_about_training
from tenfold.errors import RunError
from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings import rules
from tenfold.evaluation.findings.evidence import FLAGS, Evidence, Sheet
from tenfold.evaluation.findings.rules import findings
from tenfold.evaluation.predictions import Predictions
from tenfold.evaluation.suspects import suspects
from tenfold.images.dataset import Dataset, Split
from tenfold.images.load import load
from tenfold.images.splits import stratified
from tenfold.recipe.network import LayerRow, build, layer_table, multiplications
from tenfold.recipe.overrides import apply
from tenfold.recipe.presets import load_preset
from tenfold.recipe.settings import flags
from tenfold.run import evidence
from tenfold.run.directory import Directory
from tenfold.run.evaluate import evaluate
from tenfold.run.evidence import RUNS_BEFORE, run_before, sheet_for, silent_units, sizes
from tenfold.run.nearly_same import nearly_same_in
from tenfold.run.repeat import command_for, source_words
from tenfold.run.run import Run
from tenfold.run.same import equal_pictures, same_in
from tenfold.run.so_far import known
from tenfold.run.train import train


def kinds(run: Run) -> list[str]:
    return [finding.kind for finding in run.findings]


def test_a_run_keeps_its_findings(finished: Path) -> None:
    run = Run(finished)
    assert {"accuracy", "time"} <= set(kinds(run))
    stored = json.loads((finished / "findings.json").read_text())["findings"]
    assert [finding.as_json() for finding in run.findings] == stored


def test_the_time_is_the_one_that_the_status_shows(finished: Path) -> None:
    run = Run(finished)
    assert run.status is not None
    assert found(run, "time").evidence["seconds"] == run.status.train_seconds


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
    status = finished / "status.json"
    status.write_text(json.dumps({**json.loads(status.read_text()), "state": "interrupted"}))
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"keras", "jax", "sklearn"} & set(ran.stdout.split())  # those of a run that was stopped


@pytest.mark.parametrize(
    ("text", "words"), [("{}", "no list of findings"), ('{"findings": [3]}', "a finding that makes no sense")]
)
def test_a_file_from_elsewhere(text: str, words: str, finished: Path) -> None:
    (finished / "findings.json").write_text(text)
    with pytest.raises(RunError, match=rf"findings\.json: {words}.*`tenfold evaluate`"):
        _ = Run(finished).findings


def test_a_run_that_was_stopped_teaches_what_its_epochs_say(finished: Path) -> None:
    run = Run(finished)
    about = json.loads(run.directory.status.read_text())
    stopped = {**about, "state": "interrupted", "message": "stopped by the user", "epochs": 50, "epoch": 8}
    run.directory.status.write_text(json.dumps(stopped))
    run.directory.findings.unlink()
    losses = [0.6, 0.4, 0.35, 0.34, 0.4, 0.5, 0.6, 0.7]
    columns = {"train_accuracy": [1.0] * 8, "val_accuracy": [0.8] * 8, "val_loss": losses, "loss": [0.1] * 8}
    lines = (json.dumps(dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True))
    run.directory.metrics.write_text("\n".join(lines))
    assert kinds(run) == ["unfinished", "overfitting"]
    assert "training ended after 8 of 50 epochs (stopped by the user)" in run.findings[0].claim
    assert "--set early_stopping.patience=3`" in run.findings[1].advice
    run.directory.status.write_text(json.dumps({**stopped, "state": "running", "pid": 0}))
    assert sum(known(run).counts["train"].values()) == 1438
    environment = run.environment
    environment["data"]["counts"] = {"train": {"0": "many"}}
    (finished / "environment.json").write_text(json.dumps(environment))
    assert known(run).counts == {}
    environment["data"]["pictures"] = {"train": 50_000, "validation": 10_000, "test": 10_000}
    (finished / "environment.json").write_text(json.dumps(environment))
    assert known(run).rescored == 5000
    (finished / "environment.json").write_text("{}")
    with pytest.raises(RunError, match="nothing about the data"):
        _ = run.findings


def broken(known: Evidence) -> list[object]:
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
    monkeypatch.setattr(evidence, "sizes", lambda recipe, dataset: 1 / 0)
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


def with_leak(dataset: Dataset) -> Dataset:
    """The same, but test pictures 5 and 7 are training pictures 10 and 20."""
    images = dataset.test.images.copy()
    images[[5, 7]] = dataset.train.images[[10, 20]]
    return replace(dataset, test=Split(images, dataset.test.labels))


def test_equal_pictures_are_looked_for_in_all_splits() -> None:
    digits = load("digits")
    assert equal_pictures(digits) == ([], 1.0)
    found, part = equal_pictures(with_leak(digits))
    assert [[(one.split, one.index) for one in group] for group in found] == [
        [("train", 10), ("test", 5)],
        [("train", 20), ("test", 7)],
    ]
    assert part == 1.0


def test_of_a_large_set_a_part_is_searched() -> None:
    digits = load("digits")
    found, part = equal_pictures(with_leak(digits), budget=digits.train.images.nbytes)
    assert part == 0.5
    assert [[(one.split, one.index) for one in group] for group in found] == [
        [("train", 10), ("test", 5)],
        [("train", 20), ("test", 7)],
    ]


def saved_again(picture: np.ndarray) -> np.ndarray:
    """A picture as JPEG gives it back."""
    file = BytesIO()
    Image.fromarray(picture[..., 0]).save(file, "JPEG", quality=85)
    return np.asarray(Image.open(file), np.uint8)[..., np.newaxis]


def test_pictures_that_are_nearly_the_same_are_a_leak_and_sound_ones_are_none() -> None:
    digits, random = load("digits"), np.random.default_rng(0)
    assert len(nearly_same_in(digits).test) < 5
    copies = digits.train.images[np.arange(0, 600, 10)]
    noisy = np.clip(copies[:20] + random.normal(0, 6, copies[:20].shape), 0, 255).astype(np.uint8)
    moved = np.roll(copies[20:40], 1, axis=2)
    images = digits.test.images.copy()
    images[:60] = [*noisy, *moved, *map(saved_again, copies[40:])]
    found = nearly_same_in(replace(digits, test=Split(images, digits.test.labels)))
    right = [one for one, other in zip(found.test, found.train, strict=True) if one < 60 and other == 10 * one]
    for kind in range(3):
        assert sum(20 * kind <= one < 20 * kind + 20 for one in right) >= 18
    assert len(found.test) - len(right) < 5
    assert (len(found.of_test), found.of_train) == (359, 1438)
    known = Evidence(near=found, sizes={"train": 1438, "test": 359})
    assert [finding.kind for finding in findings(known)] == ["near_leak"]
    assert findings(Evidence(near=nearly_same_in(digits), sizes=known.sizes)) == []


def leaked_wrong(run: Run) -> int:
    return len({5, 7} & set(run.predictions.wrong.tolist()))


def test_pictures_of_one_colour_are_no_leak_and_looked_for_once() -> None:
    digits = load("digits")
    empty = digits.train.images.copy()
    empty[[3, 9]] = 0
    dataset = replace(digits, train=Split(empty, digits.train.labels))
    (group,) = same_in(dataset).groups
    assert [(one.index, one.blank) for one in group] == [(3, True), (9, True)]
    assert same_in(dataset) is same_in(dataset)
    assert not any(one.blank for group in same_in(with_leak(digits)).groups for one in group)


def test_a_leak_is_found_by_training(tmp_path: Path) -> None:
    run = train(small_recipe(epochs=1), with_leak(load("digits")), runs=tmp_path, verbose=0)
    leak = found(run, "leak")
    assert leak.evidence["ids"] == [5, 7]
    assert leak.evidence["seen_as"] == [["train", 10], ["train", 20]]
    assert run.evaluation.unseen == (run.evaluation.wrong - leaked_wrong(run), 357)
    assert any("by the 357 that training has not seen)" in str(line) for line in lines_about_training(run, None))


WIDE = [
    {"layer": "Flatten"},
    {"layer": "Dense", "units": 128, "activation": "relu"},
    {"layer": "Dense", "units": "classes", "activation": "softmax"},
]


def found(run: Run, kind: str) -> Finding:
    (finding,) = (finding for finding in run.findings if finding.kind == kind)
    return finding


def test_random_labels_that_were_learned_by_heart_are_overfitting(tmp_path: Path) -> None:
    digits, random = load("digits"), np.random.default_rng(0)
    train_split = Split(digits.train.images[:150].copy(), random.integers(0, 10, 150))
    test_split = Split(digits.test.images.copy(), random.integers(0, 10, 359))
    nonsense = replace(digits, train=train_split, test=test_split)
    recipe = small_recipe(WIDE, epochs=40, batch_size=50, learning_rate=0.01)
    run = train(recipe, nonsense, runs=tmp_path, verbose=0)
    assert found(run, "overfitting").claim.startswith("It is strongly overfitted: ")
    assert found(run, "guessing").claim.startswith("It has learned its training pictures by heart (")
    assert "rate_too_low" not in kinds(run)


def test_flipped_test_labels_are_suspect_and_sound_ones_are_not(tmp_path: Path) -> None:
    digits, random = load("digits"), np.random.default_rng(0)
    labels = digits.test.labels
    flipped = random.random(len(labels)) < 0.1
    given = np.where(flipped, (labels + random.integers(1, 10, len(labels))) % 10, labels)
    spoiled = replace(digits, test=Split(digits.test.images.copy(), given))
    run = train(small_recipe(WIDE, epochs=15), spoiled, runs=tmp_path, verbose=0)
    ids = list(suspects(run.predictions).ids)
    assert flipped[ids].sum() > 0.7 * flipped.sum()
    assert flipped[ids].mean() > 0.85
    assert found(run, "suspects").evidence["pictures"][0]["id"] == ids[0]
    sound = Predictions.of(run.predictions.probabilities, labels, digits.classes)
    assert len(suspects(sound)) < 0.02 * len(labels)


def test_flipped_training_labels_are_found_among_those_held_out_and_sound_ones_are_not(tmp_path: Path) -> None:
    digits, random = load("digits"), np.random.default_rng(0)
    labels = digits.train.labels
    flipped = random.random(len(labels)) < 0.1
    given = np.where(flipped, (labels + random.integers(1, 10, len(labels))) % 10, labels)
    recipe = small_recipe(WIDE, epochs=15, validation=0.3)
    run = train(recipe, replace(digits, train=Split(digits.train.images, given)), runs=tmp_path, verbose=0)
    finding = found(run, "training_suspects")
    ids = [picture["id"] for picture in finding.evidence["pictures"]]
    held_out = stratified(given, 0.3, recipe.training.seed)[1]
    assert set(ids) <= set(held_out.tolist())
    assert flipped[ids].mean() > 0.85
    assert flipped[ids].sum() > 0.7 * flipped[held_out].sum()
    assert "underfitting" not in kinds(run)
    sound = train(recipe, digits, runs=tmp_path, verbose=0)
    assert "training_suspects" not in kinds(sound)


def test_dead_units_are_counted_where_that_is_quick() -> None:
    digits = load("digits")
    model = build(small_recipe(), digits.shape, 10)
    hidden = model.trainable_variables[:2]
    hidden[0].assign(np.abs(hidden[0]))
    hidden[1].assign([-1e6] * 5 + [0.0] * 3)  # five relus that no picture reaches
    layers = layer_table(model)
    assert multiplications(layers) == 6370
    (row,) = silent_units(model, layers, digits)
    assert (row.dead, row.units, row.pictures, row.every) == (5, 8, 1438, True)  # many: all are looked at
    hidden[1].assign([-1e6] * 2 + [0.0] * 6)
    (row,) = silent_units(model, layers, digits)
    assert (row.dead, row.pictures, row.every) == (2, 500, False)
    slow = replace(layers[-1], parameters=10**8)
    assert silent_units(model, [slow], digits) == []


def test_a_layer_that_dies_while_it_is_trained_is_told_and_a_healthy_one_is_not(finished: Path, tmp_path: Path) -> None:
    run = train(small_recipe(WIDE, epochs=2, learning_rate=3.0), "digits", runs=tmp_path / "hot", verbose=0)
    dead = found(run, "dead_units")
    (layer,) = dead.evidence["layers"]
    assert (layer["units"], layer["pictures"]) == (128, 1438)
    assert layer["dead"] > 40
    assert dead.advice.endswith("--learning-rate 0.01`")
    assert "dead_units" not in kinds(Run(finished))


def test_a_weight_of_a_convolution_counts_at_every_place() -> None:
    row = LayerRow("c", "Conv2D", (None, 28, 28, 32), 832, "", False)
    assert multiplications([row]) == 832 * 28 * 28


def test_the_run_before_is_the_newest_older_one_on_the_same_pictures(finished: Path) -> None:
    digits = load("digits")
    before = shutil.copytree(finished, finished.parent / "before")
    status = json.loads((before / "status.json").read_text())
    started = status["started"]

    def name_of_the_one_before(dataset: Dataset) -> str | None:
        other = run_before(Directory(finished), started, dataset)
        return other and other[0]

    for moment in (started, "2999-01-01T00:00:00+00:00", ""):  # the same, later, and nobody knows when
        (before / "status.json").write_text(json.dumps({**status, "started": moment}))
        assert name_of_the_one_before(digits) is None
    (before / "status.json").write_text(json.dumps({**status, "started": "2020-01-01T00:00:00+00:00"}))
    for number in range(RUNS_BEFORE):
        later = shutil.copytree(before, finished.parent / f"later-{number}")
        (later / "status.json").write_text(json.dumps({**status, "started": "2999-01-01T00:00:00+00:00"}))
    assert name_of_the_one_before(digits) == "before"
    assert name_of_the_one_before(load("digits", seed=3)) is None
    (before / "predictions.npz").write_bytes(b"no")
    assert name_of_the_one_before(digits) is None


def test_another_run_of_the_same_recipe_is_no_difference(finished: Path) -> None:
    again = train(small_recipe(validation=0.2), "digits", runs=finished.parent, verbose=0)
    claim = found(again, "no_difference").claim
    assert claim == f"It is right about the very same test pictures as {finished.name}, the run before."
    assert "many_looks" not in kinds(again)
    evaluate(Run(finished))
    assert not {"difference", "no_difference"} & set(kinds(Run(finished)))  # what came later is not the run before


def test_the_runs_that_have_taken_the_test_are_counted(finished: Path) -> None:
    for number in range(4):
        shutil.copytree(finished, finished.parent / f"copy-{number}")
    evaluate(Run(finished))
    assert found(Run(finished), "many_looks").evidence == {"looks": 6, "runs": 5}


def test_the_flags_are_those_of_the_command_line() -> None:
    assert {each.key: flag for flag, each in flags().items()} == FLAGS


def test_a_preset_is_trained_again_by_its_name() -> None:
    directory = Directory(Path("runs/x").resolve())
    recipe = apply(load_preset("mlp"), {"training.epochs": 3, "training.learning_rate": 0.01})
    assert command_for(recipe, load("digits").loading, directory).but({"training.seed": 1}) == (
        "tenfold train mlp --data digits --learning-rate 0.01 --epochs 3 --seed 1"
    )


@pytest.mark.parametrize(
    "changes", [{"network.hidden": [9]}, {"training.optimizer": {"optimizer": "SGD", "momentum": 0.9}}]
)
def test_what_cannot_be_typed_is_trained_again_by_the_runs_own_file(changes: dict[str, object]) -> None:
    directory = Directory(Path("runs/x").resolve())
    words = command_for(apply(load_preset("mlp"), changes), load("digits").loading, directory).but({})
    assert words == "tenfold train runs/x/recipe.toml --data digits"


def test_the_pictures_are_named_as_a_command_takes_them() -> None:
    assert source_words(load("digits").loading) == "digits"
    assert source_words(load("digits", seed=3).loading) is None


@pytest.mark.parametrize("dataset", [load("digits").with_validation(0.1), load("digits", seed=3)], ids=["made", "seed"])
def test_pictures_that_no_command_loads_are_trained_on_in_python(dataset: Dataset) -> None:
    directory = Directory(Path("runs/x").resolve())
    line = command_for(load_preset("mlp"), dataset.loading, directory)
    assert line.but({"training.epochs": 3}) == "tenfold.train('mlp', dataset, epochs=3)"
    assert line.but({"training.seed": 1, "training.validation": 0.1}) == (
        "tenfold.train('mlp', dataset, seed=1, overrides=['training.validation=0.1'])"
    )
    own = command_for(apply(load_preset("mlp"), {"network.hidden": [9]}), dataset.loading, directory)
    assert own.but({}) == "tenfold.train('runs/x/recipe.toml', dataset)"


def test_the_sheets_number_is_for_the_sheets_recipe_on_mnist() -> None:
    digits = load("digits")
    assert digits.loading is not None
    mnist = digits.loaded_with(replace(digits.loading, what="mnist"))
    recipe = load_preset("mlp")
    found = sheet_for(apply(recipe, {"training.epochs": 2}), mnist)
    assert found is not None
    assert (found.low, found.high, found.epochs) == (0.982, 0.983, 20)
    assert sheet_for(load_preset("hidden10"), mnist) == Sheet(0, 0.92, None)  # the sheet leaves the epochs open
    assert sheet_for(recipe, digits) is None
    assert sheet_for(apply(recipe, {"network.dropout": 0.1}), mnist) is None
    assert sheet_for(apply(recipe, {"training.batch_size": 32}), mnist) is None
    assert sheet_for(load_preset("mlp-l2"), mnist) is None
