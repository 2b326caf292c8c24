"""`tenfold.export`: what it writes does the same as the run, without Tenfold."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest
from tests.images.picture_files import tree
from tests.notebooks import executed, outputs
from tests.run.begun import begun
from tests.run.small import small_recipe
from tests.serve.without_tenfold import run_program

import tenfold
from tenfold.errors import RecipeError, RunError, UsageError
from tenfold.recipe.find import find as find_recipe
from tenfold.recipe.overrides import apply
from tenfold.run.run import Run

LAYERS = [
    {"layer": "Flatten"},
    {"layer": "Dense", "units": 16, "activation": "relu", "kernel_regularizer": {"regularizer": "L2", "l2": 0.001}},
    {"layer": "Dropout", "rate": 0.2},
    {"layer": "Dense", "units": "classes", "activation": "softmax"},
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with dropout, pictures held out, one-hot labels and a seed that is not the default."""
    recipe = small_recipe(LAYERS, "one-hot", loss="categorical_crossentropy", validation=0.2, seed=3)
    return tenfold.train(recipe, "digits", runs=tmp_path_factory.mktemp("runs"), verbose=0)


def test_a_script_ends_with_the_weights_and_the_answers_of_the_run(run: Run) -> None:
    written = tenfold.export(run)
    assert written.program == Path("small-digits-0001.py")
    outcome = run_program(written.program.resolve())
    ours = [weight for weight in run.model().get_weights() if weight.dtype == np.float32]
    theirs = [weight for weight in outcome.weights if weight.dtype == np.float32]
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)
    assert np.array_equal(outcome.answers, run.predictions.predicted)
    assert f"wrong: {run.evaluation.wrong} of 359" in outcome.printed
    assert outcome.losses == pytest.approx([row["loss"] for row in run.metrics], rel=1e-3)


def test_the_program_says_what_each_layer_gives_and_counts(run: Run) -> None:
    told = [line.partition("  # ")[2] for line in tenfold.export(run).program.read_text().splitlines()]
    assert "gives 784" in told
    assert "gives 16; 784×16+16 = 12,560 parameters" in told
    assert "gives 10; 16×10+10 = 170 parameters" in told


def test_a_test_set_that_is_closed_stays_closed(tmp_path: Path) -> None:
    recipe = apply(small_recipe(validation=0.2, epochs=1), ["training.test=never"])
    run = tenfold.train(recipe, "digits", runs=tmp_path, verbose=0)
    program = tenfold.export(run).program
    text, held_out = flowing(program), run.validation
    assert held_out is not None
    assert "model.evaluate(x_val, y_val," in text
    assert "test set is still closed, for it was trained with training.test=never" in text
    assert f"The run itself got {held_out.wrong} of {held_out.total} validation pictures wrong" in text
    assert "(x_test" not in text
    tenfold.evaluate(run)
    again = flowing(tenfold.export(run, output="opened.py").program)
    assert "model.evaluate(x_test, y_test," in again
    assert f"The run itself got {run.evaluation.wrong} of 359 test pictures wrong" in again


@pytest.mark.slow
def test_early_stopping_ends_where_the_run_ended_with_its_best_weights() -> None:
    recipe = apply(
        small_recipe(LAYERS, epochs=30, validation=0.2, learning_rate=0.1),
        ["early_stopping.patience=2", "early_stopping.monitor=val_accuracy"],
    )
    run = tenfold.train(recipe, "digits", verbose=0)
    assert len(run.metrics) < 30
    outcome = run_program(tenfold.export(run).program.resolve())
    assert np.array_equal(outcome.answers, run.predictions.predicted)


def test_the_pictures_lie_beside_the_program_split_as_the_run_split_them(run: Run) -> None:
    pictures = tenfold.export(run).pictures
    assert pictures == Path("small-digits-0001-pictures.npz")
    with np.load(pictures) as arrays:
        sizes = {name: arrays[name].shape for name in arrays.files}
    assert sizes["x_train"] == (1150, 28, 28, 1)
    assert sizes["x_val"] == (288, 28, 28, 1)
    assert sizes["y_test"] == (359,)


def test_a_notebook_is_valid_and_tells_the_numbers(run: Run) -> None:
    written = tenfold.export(run, "notebook")
    assert written.program == Path("small-digits-0001.ipynb")
    notebook = nbformat.read(written.program, as_version=4)
    nbformat.validate(notebook)
    texts = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert f"{run.evaluation.wrong} of 359 test pictures wrong" in texts
    assert "| epoch |" in texts


@pytest.mark.slow
def test_a_notebook_runs(run: Run) -> None:
    program = tenfold.export(run, "notebook").program
    shown = outputs(executed(program.resolve()))
    assert f"wrong: {run.evaluation.wrong} of 359" in shown
    losses = [float(number) for number in re.findall(r"s/step .*? - loss: ([\d.]+)", shown)]
    assert losses == pytest.approx([row["loss"] for row in run.metrics], rel=1e-3)


def test_pictures_made_in_python_have_to_be_given_again(tmp_path: Path) -> None:
    digits = tenfold.load("digits")
    dark = replace(digits, test=replace(digits.test, images=digits.test.images // 2), name="dark")
    run = tenfold.train(small_recipe(), dark, runs=tmp_path, epochs=1, verbose=0)
    with pytest.raises(RunError, match=r"made or changed in Python.*In Python: tenfold.export\(run, to=\"script\""):
        tenfold.export(run.path)
    assert tenfold.export(run, output="own.py").pictures == Path("own-pictures.npz")
    assert tenfold.evaluate(run) == run.evaluation
    assert tenfold.export(run.path, data=dark).pictures == Path("small-dark-0001-pictures.npz")


def test_a_run_that_is_not_done_is_promised_no_weights_that_it_does_not_have(run: Run, tmp_path: Path) -> None:
    assert "it ends with the run's own weights" in flowing(tenfold.export(run).program)
    copy = Path(shutil.copytree(run.path, tmp_path / "copy"))
    status = copy / "status.json"
    status.write_text(json.dumps({**json.loads(status.read_text()), "state": "interrupted"}))
    (copy / "metrics.jsonl").write_text("{")  # only a notebook shows them
    text = flowing(tenfold.export(copy).program)
    assert "it ends with the weights that the run, now interrupted, would end with, up to rounding" in text
    assert "own weights" not in text


def flowing(program: Path) -> str:
    """Its text without the marks of comments and the breaks between lines."""
    return " ".join(program.read_text().replace("#", " ").split())


def test_a_network_that_is_no_list_of_layers_is_refused(run: Run, tmp_path: Path) -> None:
    again = begun(find_recipe(run.directory.model), tenfold.load("digits"), tmp_path)
    with pytest.raises(RecipeError, match=r"its network comes from the file .*expected a recipe that lists its layers"):
        tenfold.export(again)
    assert not list(Path().iterdir())


def test_nothing_is_overwritten(run: Run) -> None:
    Path("mine.py").write_text("precious")
    with pytest.raises(UsageError, match=r"mine\.py: it exists already; expected a free name. Choose another"):
        tenfold.export(run, output="mine.py")
    assert Path("mine.py").read_text() == "precious"
    Path("yours-pictures.npz").write_text("precious")
    with pytest.raises(UsageError, match=r"yours-pictures\.npz: it exists already"):
        tenfold.export(run, output="yours.py")
    assert not Path("yours.py").exists()


def test_the_other_form_reads_the_pictures_that_lie_there(run: Run) -> None:
    first = tenfold.export(run, "notebook")
    assert first.pictures is not None
    before = first.pictures.stat()
    assert tenfold.export(run, "script").pictures == first.pictures
    assert first.pictures.stat() == before
    first.pictures.write_bytes(first.pictures.read_bytes()[:-1])
    Path("small-digits-0001.py").unlink()
    with pytest.raises(UsageError, match=r"small-digits-0001-pictures\.npz: it exists already"):
        tenfold.export(run, "script")


@pytest.mark.slow
def test_pictures_of_ones_own_changed_a_little_every_time_end_the_same(tmp_path: Path) -> None:
    """Augmentation draws the same numbers, also of a run that was interrupted and resumed."""
    recipe = apply(small_recipe(LAYERS, validation=0.2, epochs=4), ["augmentation.rotate=10", "augmentation.shift=0.1"])
    pets = tree(tmp_path / "pets", cats=40, dogs=30)

    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
            if epoch == 2 and not resumed:
                raise KeyboardInterrupt

    resumed: list[bool] = []
    with pytest.raises(KeyboardInterrupt):
        tenfold.train(recipe, pets, size=28, name="pets", callbacks=[Stop()], verbose=0)
    resumed.append(True)
    run = tenfold.resume(Path("runs/pets"), callbacks=[Stop()], verbose=0)
    outcome = run_program(tenfold.export(run).program.resolve())
    assert np.array_equal(outcome.answers, run.predictions.predicted)
    assert outcome.losses == pytest.approx([row["loss"] for row in run.metrics], rel=1e-3)


@pytest.mark.slow
def test_hostile_names_stay_text(tmp_path: Path) -> None:
    """Class names, texts and paths are literals and comments, whatever is in them."""
    digits = tenfold.load("digits")
    hostile = ('"]; raise SystemExit(3)  #', "'''\n\"\"\"", "\u2028import os", "\\", *"456789")
    bad = replace(digits, classes=hostile)
    recipe = replace(small_recipe(epochs=1), about='x\nraise SystemExit(3)\n"""\u2028raise SystemExit(4)')
    run = tenfold.train(recipe, bad, runs=tmp_path, verbose=0)
    outcome = run_program(tenfold.export(run, data=bad).program.resolve())
    assert np.array_equal(outcome.answers, run.predictions.predicted)


def test_an_argument_that_keras_does_not_know_is_refused(run: Run, tmp_path: Path) -> None:
    shutil.copytree(run.path, tmp_path / "theirs")
    recipe = tmp_path / "theirs" / "recipe.toml"
    recipe.write_text(recipe.read_text().replace("rate = ", '"seed=print(1), rate" = '))
    with pytest.raises(RecipeError, match=r"seed=print\(1\), rate: no argument of Dropout"):
        tenfold.export(tmp_path / "theirs")


@pytest.mark.mnist
@pytest.mark.parametrize(("recipe", "data", "differing"), [("first", "mnist", 5), ("wide", "fashion", 300)])
def test_on_the_real_mnist(recipe: str, data: str, differing: int, mnist_dir: Path) -> None:
    """Thousands of steps on: the same losses in every digit that is shown, and nearly all answers the same.

    What is rounded otherwise grows with every step, in a wide network sooner.
    """
    run = tenfold.train(recipe, data, epochs=2, data_dir=mnist_dir, verbose=0)
    written = tenfold.export(run)
    assert written.pictures is None
    outcome = run_program(written.program.resolve())
    losses = [float(number) for number in re.findall(r"s/step .*? - loss: ([\d.]+)", outcome.printed)]
    assert losses == pytest.approx([row["loss"] for row in run.metrics], abs=3e-4)
    assert (outcome.answers != run.predictions.predicted).sum() <= differing
