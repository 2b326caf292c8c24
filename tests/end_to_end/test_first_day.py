"""What a newcomer does on the first day, offline, with the installed command: every step builds on the one before."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from PIL import Image
from tests.end_to_end.conftest import Machine

import tenfold
from tenfold.run.directory import FILES


@pytest.fixture(scope="module")
def trained(machine: Machine) -> str:
    """What `tenfold train`, the first words that anybody types, shows."""
    ran = machine.tenfold("train")
    assert ran.returncode == 0, ran.stderr
    assert "MNIST is not on this machine, so these are scikit-learn's 1,797 handwritten digits" in ran.stderr
    assert "To get MNIST: tenfold data fetch mnist" in ran.stderr
    assert "Training first (101,770 parameters) on digits: 1,438 train, 359 test pictures" in ran.stderr
    return ran.stdout


def test_training_needs_nothing_and_says_how_good_it_is(trained: str, machine: Machine) -> None:
    assert trained.count("epoch ") == 5
    for said in (
        "test accuracy  9",
        "95 % interval: ",
        "of 359\n",
        "trained for  ",
        "runs/first-digits-0001",
        "0001/report.html",
    ):
        assert said.replace("/", "\\") in trained or said in trained
    assert "\x1b" not in trained
    run = machine.here / "runs" / "first-digits-0001"
    assert {path.name for path in run.iterdir()} == set(FILES)
    assert not list(machine.home.rglob("*.npz"))


def test_evaluating_again_counts_the_same(trained: str, machine: Machine) -> None:
    answer = machine.told("evaluate", "last")
    assert f"wrong          {answer['wrong']} of {answer['total']}\n" in trained
    assert answer["accuracy"] > 0.9


def test_predicting_a_picture(trained: str, machine: Machine) -> None:
    test = tenfold.load("digits").test
    index = int(np.argmax(test.labels == 0))
    Image.fromarray(test.images[index, :, :, 0]).save(machine.here / "zero.png")
    (answer,) = machine.told("predict", "zero.png")["predictions"]
    assert (answer["image"], answer["label"]) == ("zero.png", "0")


def test_looking_back(trained: str, machine: Machine) -> None:
    assert [run["run"] for run in machine.told("runs")["runs"]] == ["first-digits-0001"]
    assert machine.told("show", "last")["status"]["state"] == "done"


def test_auditing_the_data(machine: Machine) -> None:
    audit = machine.told("data", "audit", "digits")
    assert audit["duplicates"]["across"] == {"train and test": 0}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tarin"], "error: tenfold: there is no command 'tarin'. Did you mean 'train'?\n"),
        (["train", "--epochs", "-1"], "error: training.epochs: -1; expected a whole number from 1 to 100,000\n"),
        (["show", "nothing"], "error: run nothing: no run of this name in runs"),
        (["data", "show", "nothing.zip"], "error: nothing.zip: there is no such file or folder"),
    ],
)
def test_bad_input_is_one_line_and_code_2(words: list[str], said: str, machine: Machine) -> None:
    ran = machine.tenfold(*words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(said)
    assert ran.stderr.count("\n") == 1


def test_an_error_is_json_for_a_program(machine: Machine) -> None:
    ran = machine.tenfold("train", "--data", "mnist", "--json")
    assert ran.returncode == 2
    error = json.loads(ran.stdout)
    assert error["error"] == "DataNotFound"
    assert "use --data digits, which is built in" in error["do"]
    assert ran.stderr.count("Traceback") == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows closes pipes in another way")
def test_a_reader_that_leaves_early_is_no_error(trained: str, machine: Machine) -> None:
    process = machine.start("runs")
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
