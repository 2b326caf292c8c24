"""A run on several devices: recorded, resumed on as many, and refused before anything is written."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from tests.run.small import small_recipe

from tenfold.backend import keras
from tenfold.errors import InputError
from tenfold.run import checkpoint
from tenfold.run.environment import devices_used
from tenfold.run.resume import resume
from tenfold.run.run import Run
from tenfold.run.train import train


class PressesCtrlC(keras.callbacks.Callback):
    """Once, when the second epoch begins; what it did is no attribute, for those are remembered."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == 1 and not pressed:
            pressed.append(True)
            signal.raise_signal(signal.SIGINT)


pressed: list[bool] = []


def end_of(run: Run) -> Any:
    found = checkpoint.newest(run.directory.state)
    assert found is not None
    return {group: [array.tobytes() for array in arrays] for group, arrays in found.checkpoint.variables.items()}


def test_a_run_goes_on_with_as_many_devices_as_it_was_begun_with(finished: Path, tmp_path: Path) -> None:
    recipe, said = small_recipe(validation=0.2), list[str]()
    whole = train(recipe, "digits", runs=tmp_path, name="whole", devices=4, verbose=0, say=said.append)
    assert any(sentence.endswith(", every batch shared by 4 devices.") for sentence in said)
    assert (devices_used(whole.environment), devices_used(Run(finished).environment)) == (4, 1)
    assert whole.metrics[-1]["loss"] == pytest.approx(Run(finished).metrics[-1]["loss"], rel=1e-4)
    pressed.clear()
    with pytest.raises(KeyboardInterrupt):
        train(recipe, "digits", runs=tmp_path, name="run", callbacks=[PressesCtrlC()], devices=4, verbose=0)
    said.clear()
    resumed = resume("run", runs=tmp_path, callbacks=[PressesCtrlC()], verbose=0, say=said.append)
    assert said == ["Going on with run after 1 of 2 epochs, every batch shared by 4 devices."]
    assert end_of(resumed) == end_of(whole)


def test_other_devices_than_before_are_said(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.run.resume.train_to_the_end", lambda *given: None)
    status = finished / "status.json"
    status.write_text(status.read_text().replace('"done"', '"interrupted"'))
    said: list[str] = []
    resume(finished, devices=2, verbose=0, say=said.append)
    assert said[0] == "not as it was, so the last bits may differ: devices_used: was 1, is 2"
    with pytest.raises(InputError, match="devices: 99 asked for"):
        resume(finished, devices=99, verbose=0)


def test_more_devices_than_there_are_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="devices: 99 asked for"):
        train(small_recipe(), "digits", runs=tmp_path, devices=99, verbose=0)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("written", [None, 0, -3, "4", True])
def test_what_makes_no_sense_in_the_file_is_one_device(written: Any) -> None:
    assert devices_used({"devices_used": written}) == 1
