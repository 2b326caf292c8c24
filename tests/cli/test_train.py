"""`train`: the result in words and as JSON, flags that become settings, and bad input that leaves nothing behind."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenfold.cli.main import main
from tenfold.recipe.settings import flags
from tenfold.run.run import Run

QUICK = ("--data", "digits", "--epochs", "1", "--no-report")


def test_json_has_the_keys_of_the_contract_and_nothing_else_is_on_stdout(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["train", "hidden10", *QUICK, "--json"]) == 0
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    contract = "run recipe data epochs parameters train_seconds compile_seconds test_accuracy test_loss"
    assert set(contract.split()) <= answer.keys()
    assert (answer["run"], answer["recipe"], answer["data"]) == ("hidden10-digits-0001", "hidden10", "digits")
    assert (answer["epochs"], answer["parameters"], answer["total"]) == (1, 7960, 359)
    assert answer["test_looks"] == {
        "times": 1,
        "as_validation": 0,
        "others": 0,
        "other_runs": 0,
        "counted": True,
    }
    assert "epoch 1/1" in captured.err
    assert Path("runs/hidden10-digits-0001/model.keras").is_file()
    assert answer["report"] is None
    assert not Path("runs/hidden10-digits-0001/report.html").exists()


def test_a_person_is_told_how_good_how_sure_and_what_to_type(leaves: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "first", "--data", str(leaves), "--size", "8", "--epochs", "1", "--name", "mine"]) == 0
    captured = capsys.readouterr()
    assert "Training first (" in captured.err
    assert "leaves: 17 train, 3 test pictures, 8×8 colour, 2 classes" in captured.err
    assert "broken.jpg" in captured.err
    for said in (
        "test accuracy  ",
        "95 % interval: ",
        "test loss  ",
        " of 3\n",
        "trained for  ",
        "runs/mine\n",
        "runs/mine/report.html\n",
    ):
        assert said in captured.out
    assert "looks          test set scored once\n" in captured.out
    assert "\nwhat stands out\n- The weights were changed only 1 time, in one epoch" in captured.out
    assert "- There are only 17 training pictures, about 8 of each of 2 classes" in captured.out
    assert "It gets" not in captured.out  # the numbers above have said so
    assert captured.out.endswith(
        "next, type\n  tenfold show mine\n  tenfold predict PICTURE --run mine\n  tenfold report mine --open\n"
    )
    assert "\x1b" not in captured.out  # no colours where nobody looks


def test_a_network_that_has_learned_nothing_is_told_so_with_the_reason(shown: Callable[..., str]) -> None:
    words = ("first", "--data", "digits", "--epochs", "4", "--learning-rate", "1e-9")
    text, why = shown("train", *words, "--no-report"), "Its learning rate is probably too low; learn in larger steps"
    assert "\nwhat stands out\n- It has learned next to nothing: it answers '" in text
    assert f"\n  {why}: `tenfold train first --data digits --learning-rate 0.0001 --epochs 4`\n" in text
    told = " ".join(shown("show", "last").split())
    assert "what it teaches • It has learned next to nothing: it answers '" in told
    assert f"→ {why}: `tenfold train first" in told
    assert not [word for word in ("more epochs", "enough", "calibrat", "confus") if word in told]


def test_every_flag_is_kept(told: Callable[..., dict[str, Any]]) -> None:
    values = {"--learning-rate": "0.01", "--batch-size": "64", "--epochs": "1", "--seed": "3"}
    assert values.keys() == flags().keys()
    words = [word for pair in values.items() for word in pair]
    more = ("--set", "network.dropout=0.5", "--devices", "2", "--no-report")
    run = Run(told("train", *words, "--data", "digits", *more)["path"])
    training = run.recipe.training
    assert (training.learning_rate, training.batch_size, training.epochs, training.seed) == (0.01, 64, 1, 3)
    assert "0.5" in run.directory.recipe.read_text()
    assert run.environment["devices_used"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mpl"], "mpl: no recipe of this name"),
        (["mpl"], "Did you mean 'mlp'?"),
        (["first", "--epochs", "0"], "training.epochs: 0; expected a whole number from 1 to"),
        (["first", "--devices", "0"], "--devices: '0' is not a whole number from 1 up"),
        (["first", "--data", "digits", "--devices", "9"], "devices: 9 asked for, and JAX sees 8 of kind cpu"),
        (["first", "--epochs", "many"], "training.epochs: 'many'; expected a whole number"),
        (
            ["first", "--set", "network.drpout=0.5"],
            "network.drpout: no setting of this name. Did you mean 'network.dropout'",
        ),
        (["first", "--set", "training.epochs"], "training.epochs: no key and value; expected KEY=VALUE"),
        (["first", "--data", "digts"], "digts: no named set and no such path"),
        (["first", "--data", "no/where"], "no/where: there is no such file or folder"),
        (["first", "--data", "digits", "--size", "14"], "size: 14, but the pictures of digits are 28×28"),
        (["first", "--data", "mnist"], "mnist: no sound copy in "),
        (["first", "--data", "mnist"], "use --data digits, which is built in"),
        (["first", "--data", "digits", "--name", "../up"], "run name: '../up'; expected 1 to 100 letters"),
        (["./nothing.toml"], "nothing.toml: "),
        (["nomodule:build", "--data", "digits"], "the module nomodule: no module of this name"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(words: list[str], said: str, refused: Callable[..., str]) -> None:
    assert said in refused("train", *words)
    assert not list(Path.cwd().iterdir())


def test_code_that_a_file_names_runs_only_when_it_is_trusted(refused: Callable[..., str]) -> None:
    Path("theirs.toml").write_text('[network]\nfunction = "evil:build"\n')
    Path("evil.py").write_text("raise SystemExit('it ran')\n")
    assert "the recipe would run the code 'evil:build'" in refused("train", "theirs.toml", "--data", "digits")


def test_code_of_ones_own_may_print_and_json_stays_whole(told: Callable[..., dict[str, Any]]) -> None:
    Path("mynet.py").write_text(
        "import keras\n"
        "print('hello')\n"
        "def build(shape, classes):\n"
        "    layers = [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(classes, activation='softmax')]\n"
        "    return keras.Sequential(layers)\n"
    )
    assert told("train", "mynet:build", *QUICK)["parameters"] == 7850


@pytest.mark.slow
def test_neither_it_nor_its_report_imports_scipy_or_scikit_learn() -> None:
    """Which together take a second and a half; of scikit-learn only the file with the digits is read."""
    words = ["train", "first", "--data", "digits", "--set", "training.validation=0.1"]
    program = f"import sys; from tenfold.cli.main import main; code = main({words!r}); print(code, *sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    code, *modules = ran.stdout.splitlines()[-1].split()
    assert code == "0"
    assert "altair" in modules
    assert not {"scipy", "sklearn"} & set(modules)


@pytest.mark.mnist
def test_without_a_name_mnist_is_taken_where_it_is(mnist_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "first", "--epochs", "1", "--data-dir", str(mnist_dir)]) == 0
    captured = capsys.readouterr()
    assert "No data was named, so this is MNIST" in captured.err
    assert "mnist: 60,000 train, 10,000 test pictures" in captured.err
    run = Run("runs/first-mnist-0001")
    assert run.status.data == "mnist"
    assert run.evaluation.accuracy > 0.94
