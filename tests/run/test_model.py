"""The model comes back out of its run: from `model.keras`, from a checkpoint, or built by its owner's code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.run.small import small_recipe

from tenfold.errors import ModelFileError, RunError
from tenfold.images.load import load
from tenfold.run.evaluate import evaluate
from tenfold.run.model import model_of
from tenfold.run.run import Run
from tenfold.run.train import train

THEIRS = """
import keras

class Net(keras.Model):
    def __init__(self, classes=10, **more):
        super().__init__(**more)
        self.flat = keras.layers.Flatten()
        self.out = keras.layers.Dense(classes, activation="softmax")

    def call(self, pictures):
        return self.out(self.flat(pictures))

class WithLayers(Net):
    def __init__(self, layers):
        super().__init__()
        self.more = layers

    def call(self, pictures):
        return self.more[0](super().call(pictures))

def net(shape, classes):
    return Net()

def with_layers(shape, classes):
    return WithLayers([keras.layers.Flatten()])
"""


@pytest.fixture
def own_code() -> Iterator[str]:
    """A module of the user's own in the current folder."""
    Path("theirs.py").write_text(THEIRS)
    yield "theirs"
    sys.modules.pop("theirs", None)


@pytest.mark.parametrize("function", ["net", "with_layers"])
def test_a_network_of_own_classes_is_built_by_its_code(function: str, own_code: str, tmp_path: Path) -> None:
    early = ["early_stopping.patience=1", "early_stopping.monitor=loss"]
    run = train(f"{own_code}:{function}", "digits", runs=tmp_path, epochs=2, overrides=early, verbose=0)
    assert run.status.state == "done"
    assert run.directory.model.exists() == (function == "net")
    assert ("cannot write this network" in run.status.message) == (function != "net")
    expected = run.predictions.predicted
    picture = load("digits").test.images[0]
    with pytest.raises(RunError, match=rf"`tenfold predict PICTURE --run {run.name} --trust-code`, or trust_code=True"):
        run.predict(picture)
    with pytest.raises(RunError, match=rf"`tenfold evaluate {run.name} --trust-code`"):
        evaluate(run, say=print)
    with pytest.raises(RunError, match=r"If it is your own: trust_code=True in Python"):
        run.model()
    before = run.evaluation
    assert run.predict(picture, trust_code=True).label == str(expected[0])
    assert evaluate(run, trust_code=True, say=print) == before
    model = run.model(trust_code=True)
    assert np.array_equal(np.argmax(model.predict(load("digits").test.images, verbose=0), axis=1), expected)


def test_own_code_that_uses_keras_layers_is_not_needed_again(tmp_path: Path) -> None:
    Path("plain.py").write_text(
        "import keras\n"
        "def net(shape, classes):\n"
        "    out = keras.layers.Dense(classes, activation='softmax')\n"
        "    return keras.Sequential([keras.Input(shape), keras.layers.Flatten(), out])\n"
    )
    run = train("plain:net", "digits", runs=tmp_path, epochs=1, verbose=0)
    sys.modules.pop("plain")
    Path("plain.py").unlink()
    assert run.predict(load("digits").test.images[0]).label == str(run.predictions.predicted[0])


def test_code_that_has_changed_is_told(own_code: str, tmp_path: Path) -> None:
    run = train(f"{own_code}:net", "digits", runs=tmp_path, epochs=1, verbose=0)
    sys.modules.pop(own_code)
    fewer = THEIRS.replace("self.out(self.flat(pictures))", "self.out(self.flat(pictures[:, ::2]))")
    Path("theirs.py").write_text(fewer)
    with pytest.raises(ModelFileError, match=r"model\.keras: .*expected (weights of this network|the shapes)"):
        run.model(trust_code=True)


def test_a_damaged_model_of_own_code_is_not_a_matter_of_trust(own_code: str, tmp_path: Path) -> None:
    run = train(f"{own_code}:net", "digits", runs=tmp_path, epochs=1, verbose=0)
    run.directory.model.write_bytes(b"no")
    with pytest.raises(
        ModelFileError, match=r"not a whole zip; expected the model of this run\. Restore it from a copy"
    ):
        run.model()


def test_before_the_first_epoch_there_is_no_model(finished: Path) -> None:
    for path in (finished / "state").glob("checkpoint-*"):
        path.unlink()
    status = finished / "status.json"
    status.write_text(status.read_text().replace('"done"', '"interrupted"'))
    with pytest.raises(RunError, match=r"no model and no checkpoint: .* `tenfold resume small-digits-0001`"):
        model_of(Run(finished), trust_code=False)


def test_a_checkpoint_and_the_file_hold_the_same_model(tmp_path: Path) -> None:
    run = train(small_recipe(epochs=1), "digits", runs=tmp_path, verbose=0)
    whole = run.model().get_weights()
    run.directory.status.write_text(run.directory.status.read_text().replace('"done"', '"interrupted"'))
    for one, other in zip(run.model().get_weights(), whole, strict=True):
        assert np.array_equal(one, other)
