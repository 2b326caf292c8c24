"""`predict`: the answers in words and as JSON, and what is said about files that are no pictures."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tenfold.cli.main import main
from tenfold.cli.predict import others
from tenfold.run.run import Run


def test_answers_have_the_keys_of_the_contract(runs: Path, seven: Path, told: Callable[..., dict[str, Any]]) -> None:
    answer = told("predict", seven, "--runs", runs, seven)
    assert answer["run"] == "first-digits-0001"
    assert len(answer["predictions"]) == 2
    one = answer["predictions"][0]
    assert set(one) == {"image", "label", "probability", "probabilities", "nearest", "digits", "boxes", "warnings"}
    assert one["image"] == str(seven)
    assert set(one["probabilities"]) == set("0123456789")
    assert one["probabilities"][one["label"]] == one["probability"] == max(one["probabilities"].values())
    assert sum(one["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_a_person_reads_one_line_for_each_picture(runs: Path, seven: Path, shown: Callable[..., str]) -> None:
    lines = shown("predict", seven, seven, "--runs", runs, "--nearest", 0).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{seven}: 7 (")


def test_only_labels_with_a_chance_are_named() -> None:
    assert others({"a": 0.95, "b": 0.04, "c": 0.009, "d": 0.001}) == "; else b (4.0 %)"
    assert others({"a": 0.5, "b": 0.2, "c": 0.2, "d": 0.1}) == "; else b (20.0 %), c (20.0 %)"
    assert others({"a": 1.0, "b": 0.0}) == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "no such file"), (b"", "empty"), (b"<html></html>", "png, jpg, bmp or gif")],
)
def test_what_is_no_picture_is_refused(
    content: bytes | None,
    said: str,
    runs: Path,
    tmp_path: Path,
    refused: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "picture.png"
    if content is not None:
        path.write_bytes(content)
    with monkeypatch.context() as patch:
        patch.setattr(Run, "predict_all", None)  # it is said before a network is loaded to answer
        line = refused("predict", path, "--runs", runs)
    assert str(path) in line
    assert said in line


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_what_comes_through_a_pipe_is_read_once(
    runs: Path, seven: Path, tmp_path: Path, shown: Callable[..., str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(seven.read_bytes(),), daemon=True)
    writer.start()
    assert shown("predict", pipe, "--runs", runs, "--nearest", 0).splitlines()[0].startswith(f"{pipe}: 7 (")


def test_one_that_is_no_picture_costs_no_other_its_answer(
    runs: Path, seven: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.png").write_bytes(b"<html></html>")
    command = ["predict", str(seven), str(tmp_path / "page.png"), str(seven), "--runs", str(runs), "--nearest", "0"]
    assert main(command) == 2
    first, wrong, last = capsys.readouterr().out.splitlines()
    assert first == last
    assert first.startswith(f"{seven}: 7 (")
    assert wrong.startswith(f"error: {tmp_path / 'page.png'}: ")
    assert main([*command, "--json"]) == 2
    told = json.loads(capsys.readouterr().out)["predictions"]
    assert [each.get("label") for each in told] == ["7", None, "7"]
    assert told[1]["error"] == "DataError"
    assert told[1]["image"] == str(tmp_path / "page.png")


def test_a_picture_is_required(refused: Callable[..., str]) -> None:
    assert "the following arguments are required: IMAGE" in refused("predict")


def test_code_of_ones_own_runs_only_when_it_is_trusted(
    seven: Path, refused: Callable[..., str], told: Callable[..., dict[str, Any]]
) -> None:
    Path("theirs_too.py").write_text(
        "import keras\n"
        "class Twice(keras.layers.Layer):\n"
        "    def call(self, x):\n"
        "        return 2 * x\n"
        "def net(shape, classes):\n"
        "    last = keras.layers.Dense(classes, activation='softmax')\n"
        "    return keras.Sequential([keras.Input(shape), Twice(), keras.layers.Flatten(), last])\n"
    )
    told("train", "theirs_too:net", "--data", "digits", "--epochs", "1", "--name", "own", "--no-report")
    assert "`tenfold predict PICTURE --run own --trust-code`" in refused("predict", seven, "--run", "own")
    assert "`tenfold evaluate own --trust-code`" in refused("evaluate", "own")
    assert told("predict", seven, "--run", "own", "--trust-code")["run"] == "own"
    assert told("evaluate", "own", "--trust-code", "--no-report")["total"] == 359
