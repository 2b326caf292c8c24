"""`tenfold export`: which file it writes, what it says of it, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Command

import tenfold

Words = Callable[..., str]


def test_a_run_becomes_a_script_named_after_it(runs: Path, shown: Words) -> None:
    told = shown("export", "first", "--to", "script", "--runs", runs)
    assert told.splitlines() == [
        "written: first-digits-0001.py",
        "and the pictures, which it reads: first-digits-0001-pictures.npz",
        "It needs no Tenfold: python first-digits-0001.py",
    ]
    program = Path("first-digits-0001.py").read_text(encoding="utf-8")
    assert 'x = layers.Dense(128, activation="relu")(x)' in program
    assert "import tenfold" not in program


def test_programs_are_told_the_files(runs: Path, told: Command, tmp_path: Path) -> None:
    file = tmp_path / "new" / "lesson.ipynb"
    assert told("export", "last", "--to", "notebook", "--output", file, "--runs", runs) == {
        "run": "first-digits-0001",
        "to": "notebook",
        "file": str(file),
        "pictures": str(file.with_name("lesson-pictures.npz")),
    }
    assert file.exists()


NETWORK = """
import keras

def network(shape, classes):
    inputs = keras.Input(shape)
    outputs = keras.layers.Dense(classes, activation="softmax")(keras.layers.Flatten()(inputs))
    return keras.Model(inputs, outputs)
"""


def test_a_network_out_of_code_of_ones_own_is_refused(refused: Words) -> None:
    Path("net_to_export.py").write_text(NETWORK, encoding="utf-8")
    run = tenfold.train("net_to_export:network", "digits", epochs=1, verbose=0)
    told = (
        f"error: run {run.name}: its network comes from code of your own, net_to_export:network; "
        "expected a recipe that lists its layers, which can be written as Keras code. Load its trained model instead: "
    )
    model = Path.cwd() / "runs" / run.name / "model.keras"
    assert refused("export", "last", "--to", "notebook") == f"{told}keras.saving.load_model('{model}')"
    model.unlink()  # as it never was, where Keras cannot write the network
    assert refused("export", "last", "--to", "script") == f"{told}run.model(trust_code=True) in Python"
    assert {path.name for path in Path().iterdir()} <= {"net_to_export.py", "runs", "__pycache__"}


def test_mistakes_are_one_line(runs: Path, refused: Words) -> None:
    assert "--to" in refused("export", "last", "--runs", runs)
    assert "invalid choice: 'onnx'" in refused("export", "last", "--to", "onnx", "--runs", runs)
    Path("first-digits-0001.py").touch()
    assert "it exists already" in refused("export", "last", "--to", "script", "--runs", runs)
