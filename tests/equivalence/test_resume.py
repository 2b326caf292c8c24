"""A run that was stopped or killed at any moment and resumed ends with the same bits as one that was left alone.

The quick tests stop, copy and resume within this process. Those marked slow kill real processes: at twenty random
moments, and before every fsync and rename from the first file of a run to its last.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.backend import keras
from tenfold.errors import DataError, RunError
from tenfold.images.load import load
from tenfold.recipe.recipe import Recipe, recipe_from
from tenfold.recipe.settings import Augmentation
from tenfold.recipe.toml import write_toml
from tenfold.run import checkpoint
from tenfold.run.directory import Directory
from tenfold.run.lock import held
from tenfold.run.resume import resume
from tenfold.run.run import Run
from tenfold.run.train import train


def recipe_of_everything(**training: Any) -> Recipe:
    """A small network with all that has a state: seeds, running averages, momenta, patience, a schedule."""
    return recipe_from(
        {
            "name": "everything",
            "network": {
                "layers": [
                    {"layer": "Flatten"},
                    {"layer": "Dense", "units": 16},
                    {"layer": "BatchNormalization"},
                    {"layer": "ReLU"},
                    {"layer": "Dropout", "rate": 0.3},
                    {"layer": "Dense", "units": "classes", "activation": "softmax"},
                ]
            },
            "training": {
                "batch_size": 64,
                "epochs": 4,
                "validation": 0.2,
                "seed": 3,
                "schedule": {"schedule": "CosineDecay", "decay_steps": 60},
                **training,
            },
            "augmentation": {"flip": "horizontal", "shift": 0.05},
            "early_stopping": {"patience": 2},
        }
    )


def outcome(run: Path | Run) -> dict[str, Any]:
    """Everything that must be the same at the end: each variable of the last checkpoint, the weights of the model, the
    probabilities, the rows of metrics without their seconds."""
    run = run if isinstance(run, Run) else Run(run)
    found = checkpoint.newest(run.directory.state)
    assert found is not None
    assert run.status.state == "done"
    last = found.checkpoint
    return {
        "position": (last.epoch, last.step, last.stopped),
        "variables": {group: [a.tobytes() for a in arrays] for group, arrays in last.variables.items()},
        "callbacks": (last.callbacks, [array.tobytes() for array in last.arrays]),
        "model": [weights.tobytes() for weights in run.model().get_weights()],
        "probabilities": run.predictions.probabilities.tobytes(),
        "metrics": [{k: v for k, v in row.items() if k != "seconds"} for row in run.metrics],
        "evaluation": run.evaluation,
    }


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The outcome of a run that was left alone, and copies of its directory before each of its renames."""
    folder = tmp_path_factory.mktemp("alone")
    moments = folder / "moments"
    with pytest.MonkeyPatch.context() as patch:
        copy_before_each_rename(folder / "runs" / "run", moments, patch)
        run = train(recipe_of_everything(), "digits", runs=folder / "runs", name="run", verbose=0)
    return {"outcome": outcome(run), "moments": moments, "run": run.path}


def copy_before_each_rename(run: Path, moments: Path, patch: pytest.MonkeyPatch) -> None:
    """What a kill at these moments would leave: a copy of the whole directory, named by what was about to be done."""
    really, counts = os.replace, dict[str, int]()

    def replace(source: Path, target: Path) -> None:
        if target.parent in (run, run / "state"):
            counts[target.name] = counts.get(target.name, 0) + 1
            shutil.copytree(run, moments / f"{target.name}-{counts[target.name]}" / "run")
        really(source, target)

    patch.setattr(os, "replace", replace)


MOMENTS = {
    "no epoch is complete": "metrics.jsonl-2",
    "an epoch is in the metrics and not in a checkpoint": "checkpoint-000003.npz-1",
    "an epoch is in a checkpoint and not in the status": "status.json-4",
    "all epochs are complete": "model.keras-1",
    "only the status is missing": "status.json-7",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_between_two_files(moment: str, alone: dict[str, Any], tmp_path: Path) -> None:
    killed = Path(shutil.copytree(alone["moments"] / MOMENTS[moment], tmp_path / "runs"))
    assert Run(killed / "run").status.state == "interrupted"
    assert list(killed.rglob("*.partial*"))
    run = resume("run", runs=killed, verbose=0)
    assert outcome(run) == alone["outcome"]
    assert not list(killed.rglob("*.partial*"))


class StopAt(keras.callbacks.Callback):
    """Presses Ctrl-C when an epoch begins. Which one is no number among its attributes, for those are remembered."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.stops = {epoch}.__contains__

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.stops(epoch):
            signal.raise_signal(signal.SIGINT)


def test_ctrl_c(alone: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in the midst of an epoch, with averages half-way."""
    from tenfold.engine import pace

    stopped: list[int] = []
    really = pace.Pace.took

    def took(self: Any, steps: int, seconds: float) -> None:
        really(self, steps, seconds)
        self.steps = 5
        stopped.append(steps)
        if len(stopped) == 8:  # an epoch has 18 steps, in chunks of 8, 5, 4 and 1; and 3 chunks of scoring
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(pace.Pace, "took", took)
        with pytest.raises(KeyboardInterrupt) as caught:
            train(recipe_of_everything(), "digits", runs=tmp_path, name="run", verbose=0)
    status = caught.value.run.status
    assert status.state == "interrupted"
    assert status.step > 0, "stopped between epochs: this test wants the midst of one"
    assert Run(tmp_path / "run").metrics[-1]["epoch"] == status.epoch
    assert Run(tmp_path / "run").predict(load("digits").test.images[0]).label in "0123456789"
    assert outcome(resume("run", runs=tmp_path, verbose=0)) == alone["outcome"]


@pytest.mark.slow
def test_a_network_that_is_left_to_keras(tmp_path: Path) -> None:
    """Keras' own `fit` is not stopped in the midst of a step but of an epoch, which then is trained again."""

    class EachBatch(StopAt):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 7 and self.stops(self.now):
                raise KeyboardInterrupt

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.now = epoch

    recipe = recipe_of_everything()
    straight = train(recipe, "digits", runs=tmp_path / "a", name="run", callbacks=[EachBatch(-1)], verbose=0)
    with pytest.raises(KeyboardInterrupt) as caught:
        train(recipe, "digits", runs=tmp_path / "b", name="run", callbacks=[EachBatch(2)], verbose=0)
    assert (caught.value.run.status.state, caught.value.run.status.epoch) == ("interrupted", 2)
    resumed = outcome(resume("run", runs=tmp_path / "b", callbacks=[EachBatch(-1)], verbose=0))
    expected = outcome(straight)
    assert resumed.keys() == expected.keys()
    for name in expected:
        if name != "callbacks":
            assert resumed[name] == expected[name], name


def test_callbacks_go_on_where_they_were(tmp_path: Path) -> None:
    """Patience that was used up before and after the interruption adds up; the best weights are those of before."""

    def stateful() -> list[Any]:
        return [
            keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=1, min_delta=10.0, cooldown=1),
            keras.callbacks.EarlyStopping(monitor="loss", patience=4, min_delta=10.0, restore_best_weights=True),
        ]

    recipe = recipe_of_everything(epochs=12, schedule=None, learning_rate=0.01)
    recipe = replace(recipe, augmentation=Augmentation())  # which would take most of the time
    straight = train(recipe, "digits", runs=tmp_path / "a", name="run", callbacks=stateful(), verbose=0)
    assert straight.status.epoch == 5, "patience 4 after the first epoch, which is the best"
    stopped = [*stateful(), StopAt(3)]
    with pytest.raises(KeyboardInterrupt):
        train(recipe, "digits", runs=tmp_path / "b", name="run", callbacks=stopped, verbose=0)
    with pytest.raises(RunError, match="callbacks: EarlyStopping; expected those that the run was trained with"):
        resume("run", runs=tmp_path / "b", verbose=0)
    resumed = resume("run", runs=tmp_path / "b", callbacks=[*stateful(), StopAt(-1)], verbose=0)
    assert resumed.metrics[-1]["learning_rate"] < 0.006
    expected, found = outcome(straight), outcome(resumed)
    for changed in (expected, found):
        del changed["callbacks"]  # one more of them here
    assert found == expected


THEIRS = """
import keras

class Net(keras.Sequential):
    def train_step(self, state, data):
        _, state = super().train_step(state, data)
        return {"own": data[0].mean()}, state

def net(shape, classes):
    return Net([keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(classes, activation="softmax")])
"""


def test_what_a_step_of_its_own_reported_last(tmp_path: Path) -> None:
    """Stopped while an epoch was validated, whose steps are not done again."""

    class StopAtValidation(StopAt):
        def on_test_begin(self, logs: Any = None) -> None:
            if self.stops(self.now):
                signal.raise_signal(signal.SIGINT)

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.now = epoch

    Path("their_step.py").write_text(THEIRS)
    given = {
        "epochs": 2,
        "overrides": ["preprocessing.scale=none", "training.validation=0.1"],
        "runs": tmp_path,
        "verbose": 0,
    }
    whole = train("their_step:net", "digits", name="whole", **given)
    with pytest.raises(KeyboardInterrupt) as caught:
        train("their_step:net", "digits", name="run", callbacks=[StopAtValidation(0)], **given)
    assert (caught.value.run.status.epoch, caught.value.run.metrics) == (0, [])
    resumed = resume("run", runs=tmp_path, callbacks=[StopAtValidation(-1)], trust_code=True, verbose=0)
    assert "loss" not in whole.metrics[0]
    ours, theirs = ([{**row, "seconds": 0} for row in run.metrics] for run in (resumed, whole))
    assert ours == theirs


def test_a_run_that_a_callback_has_ended_trains_no_further(tmp_path: Path) -> None:
    """Killed after the epoch in which EarlyStopping said stop: what is left is only to restore the best weights."""
    recipe = recipe_of_everything(epochs=9)
    stopping = keras.callbacks.EarlyStopping(monitor="loss", patience=1, min_delta=10.0, restore_best_weights=True)
    with pytest.MonkeyPatch.context() as patch:
        copy_before_each_rename(tmp_path / "run", tmp_path / "moments", patch)
        run = train(recipe, "digits", runs=tmp_path, name="run", callbacks=[stopping], verbose=0)
    assert run.status.epoch == 2
    again = keras.callbacks.EarlyStopping(monitor="loss", patience=1, min_delta=10.0, restore_best_weights=True)
    resumed = resume("run", runs=tmp_path / "moments" / "model.keras-1", callbacks=[again], verbose=0)
    assert outcome(resumed) == outcome(run)


@pytest.fixture
def killed(alone: dict[str, Any], tmp_path: Path) -> Path:
    """The folder with a run that was killed before its third checkpoint was in place."""
    return Path(shutil.copytree(alone["moments"] / "checkpoint-000003.npz-1", tmp_path / "runs"))


def test_a_line_of_metrics_that_no_checkpoint_knows_is_dropped_at_once(
    killed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*given: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    assert [row["epoch"] for row in Run(killed / "run").metrics] == [1, 2, 3]
    monkeypatch.setattr("tenfold.run.session.fit", stop)
    with pytest.raises(KeyboardInterrupt):
        resume("run", runs=killed, verbose=0)
    assert [row["epoch"] for row in Run(killed / "run").metrics] == [1, 2]
    assert Run(killed / "run").status.epoch == 2


def test_a_damaged_checkpoint_falls_back_to_the_one_before(killed: Path, alone: dict[str, Any]) -> None:
    newest = killed / "run" / "state" / "checkpoint-000002.npz"
    newest.write_bytes(newest.read_bytes()[:-1000])
    said: list[str] = []
    run = resume("run", runs=killed, verbose=0, say=said.append)
    assert [sentence for sentence in said if "going on from the one before" in sentence] == said[:1]
    assert said[0].startswith("checkpoint-000002.npz is damaged")
    assert outcome(run) == alone["outcome"]


def test_no_whole_checkpoint_is_one_error_and_changes_nothing(killed: Path) -> None:
    for path in (killed / "run" / "state").glob("*.npz"):
        path.write_bytes(b"")
    for path in killed.rglob("*.partial*"):
        path.unlink()
    before = contents(killed)
    with pytest.raises(RunError, match="none of its 2 checkpoints is whole"):
        resume("run", runs=killed, verbose=0)
    assert contents(killed) == before


def test_a_run_that_is_trained_now_is_left_alone(killed: Path) -> None:
    with (
        held(Directory(killed / "run").lock, "run"),
        pytest.raises(RunError, match=rf"run run: it is being trained right now by process {os.getpid()}"),
    ):
        resume("run", runs=killed, verbose=0)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock"}


def test_a_run_that_is_done_is_left_as_it_is(alone: dict[str, Any]) -> None:
    before = contents(alone["run"])
    said: list[str] = []
    assert resume(alone["run"], verbose=0, say=said.append).path == alone["run"]
    assert said == ["run is done already: nothing is left to train"]
    assert contents(alone["run"]) == before


def test_another_recipe_is_refused(killed: Path) -> None:
    write_toml(recipe_of_everything(epochs=9), killed / "run" / "recipe.toml")
    with pytest.raises(RunError, match=r"recipe\.toml: another recipe than the one that this run was started with"):
        resume("run", runs=killed, verbose=0)


def test_other_pictures_are_refused(killed: Path) -> None:
    with pytest.raises(DataError, match=r"the data of run: other pictures or labels than before .*train a new run"):
        resume("run", runs=killed, data=load("digits", seed=1), verbose=0)


def test_another_machine_is_said(killed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.run.resume.train_to_the_end", lambda *given: None)
    path = killed / "run" / "environment.json"
    about = json.loads(path.read_text())
    path.write_text(json.dumps({**about, "threads": 99, "versions": {**about["versions"], "jax": "0.1"}}))
    said: list[str] = []
    resume("run", runs=killed, verbose=0, say=said.append)
    assert any(sentence.startswith("not as it was, so the last bits may differ: jax was 0.1") for sentence in said)
    assert any("threads: was 99" in sentence for sentence in said)


def test_a_strangers_code_is_not_run(killed: Path) -> None:
    path = killed / "run" / "recipe.toml"
    recipe = recipe_from({"name": "theirs", "network": {"function": "os:getcwd"}})
    write_toml(recipe, path)
    about = json.loads((killed / "run" / "environment.json").read_text())
    about["recipe"]["digest"] = recipe.digest
    (killed / "run" / "environment.json").write_text(json.dumps(about))
    with pytest.raises(RunError, match="its network is made by the code 'os:getcwd'; expected leave to run that code"):
        resume("run", runs=killed, verbose=0)
    with pytest.raises(RunError, match="its network is made by the code"):
        Run(killed / "run").model()


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be doubled")
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Orders for the process in `trainer.py`, whose children share what they compile."""
    folder = tmp_path_factory.mktemp("trainer")
    log = folder / "said.txt"
    cache = {
        "JAX_COMPILATION_CACHE_DIR": str(folder / "programs"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    env = {**os.environ, **cache, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with (
        log.open("wb") as said,
        subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("trainer.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env=env,
        ) as trainer,
    ):
        assert trainer.stdin is not None
        assert trainer.stdout is not None

        def order(do: str, runs: Path, **more: Any) -> dict[str, Any]:
            assert trainer.stdin is not None
            assert trainer.stdout is not None
            runs.mkdir(exist_ok=True)
            trainer.stdin.write(json.dumps({"do": do, "runs": str(runs), **more}) + "\n")
            trainer.stdin.flush()
            answer: dict[str, Any] = json.loads(trainer.stdout.readline() or "{}")
            assert answer.get("code") in (0, 130, None), log.read_text()
            return answer

        yield order
        trainer.stdin.close()


def went_on(ask: Ask, runs: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """The outcome after a kill: of the run resumed or, if it was killed before it was one, trained anew."""
    if Directory(runs / "run").exists():
        assert ask("resume", runs)["code"] == 0
        return outcome(runs / "run")
    shutil.rmtree(runs / "run", ignore_errors=True)
    assert ask("train", runs, settings=settings)["code"] == 0
    return outcome(runs / "run")


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    write_toml(recipe_of_everything(epochs=20), tmp_path / "everything.toml")
    return {"recipe": str(tmp_path / "everything.toml")}


@pytest.fixture
def left_alone(ask: Ask, settings: dict[str, Any], tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The outcome of a run of 20 epochs that nobody disturbed, and how long it takes once all is compiled."""
    ask("train", tmp_path / "first", settings=settings)
    answer = ask("train", tmp_path / "alone", settings=settings)
    return outcome(tmp_path / "alone" / "run"), answer


@needs_fork
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_20_random_moments(
    ask: Ask, settings: dict[str, Any], left_alone: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    expected, took = left_alone
    moments = random.Random(7)
    killed = 0
    reached = set()
    for number in range(20):
        runs = tmp_path / str(number)
        if number % 2:
            when = {"since": "the beginning", "after": moments.uniform(0, took["seconds"])}
        else:
            when = {"since": "first epoch", "after": moments.uniform(0, took["after_first_epoch"])}
        killed += ask("train", runs, settings=settings, **when)["killed"]
        if Directory(runs / "run").exists():
            reached.add(Run(runs / "run").status.epoch)
        assert went_on(ask, runs, settings) == expected
        shutil.rmtree(runs)
    assert killed >= 15, "hardly any was killed: they ended before"
    assert len(reached) >= 4, f"they were all killed at the same epochs: {reached}"


@needs_fork
@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_killed_before_every_fsync_and_rename(ask: Ask, tmp_path: Path) -> None:
    write_toml(recipe_of_everything(epochs=2, batch_size=1150), tmp_path / "everything.toml")
    settings = {"recipe": str(tmp_path / "everything.toml")}
    points = ask("train", tmp_path / "alone", settings=settings)["points"]
    expected = outcome(tmp_path / "alone" / "run")
    assert points >= 45, "15 files with a flush, a rename and a flush of the folder each"
    for point in range(points):
        runs = tmp_path / str(point)
        assert ask("train", runs, settings=settings, point=point)["killed"], f"point {point} was never reached"
        assert went_on(ask, runs, settings) == expected, f"killed before call {point}"
        shutil.rmtree(runs)


@needs_fork
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_again_and_again(
    ask: Ask, settings: dict[str, Any], left_alone: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    """Each time it goes on, it is killed again two checkpoints later, in the midst of writing a file."""
    runs = tmp_path / "often"
    assert ask("train", runs, settings=settings, point=40)["killed"]
    kills = 1
    while ask("resume", runs, point=31)["killed"]:
        kills += 1
        assert kills < 40, "it does not get on"
    assert kills >= 5
    assert outcome(runs / "run") == left_alone[0]


@needs_fork
@pytest.mark.slow
def test_ctrl_c_from_outside(
    ask: Ask, settings: dict[str, Any], left_alone: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    expected, took = left_alone
    runs = tmp_path / "stopped"
    when = {"since": "first epoch", "after": 0.3 * took["after_first_epoch"]}
    answer = ask("train", runs, settings=settings, signal=signal.SIGINT, **when)
    assert answer["code"] == 130
    assert Run(runs / "run").status.message == "stopped by the user"
    assert went_on(ask, runs, settings) == expected


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs a small disk, which only root can make")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """On a disk of 500 kB, then of 5 MB: the run goes on where the last whole checkpoint is."""
    from tenfold.errors import StorageError

    expected = outcome(train(recipe_of_everything(), "digits", runs=tmp_path / "alone", name="run", verbose=0))
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=500k", "none", str(disk)], check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        with pytest.raises(StorageError, match=r"the disk is full; expected to write here\. Free some space") as caught:
            train(recipe_of_everything(), "digits", runs=disk, name="run", verbose=0)
        assert caught.value.run.status.state in ("failed", "interrupted")
        assert not list(disk.rglob("*.partial*"))
        with pytest.raises(StorageError, match="the disk is full"):
            resume("run", runs=disk, verbose=0)
        subprocess.run(["mount", "-o", "remount,size=5m", str(disk)], check=True)
        assert outcome(resume("run", runs=disk, verbose=0)) == expected
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert outcome(disk / "run") == expected  # everything is read from a disk that cannot be written
        with pytest.raises(StorageError, match="the disk is read-only"):
            train(recipe_of_everything(), "digits", runs=disk, name="another", verbose=0)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_outcomes_differ_where_trainings_differ(alone: dict[str, Any], tmp_path: Path) -> None:
    """The comparison that all tests here rest on can fail."""
    other = train(recipe_of_everything(seed=4), "digits", runs=tmp_path, verbose=0)
    differing = {name for name, value in outcome(other).items() if value != alone["outcome"][name]}
    assert differing >= {"variables", "model", "probabilities", "metrics"}


def test_variables_are_all_there(alone: dict[str, Any]) -> None:
    """Weights and biases, two averages and three seeds (dropout, flip, shift), two momenta for each weight and more."""
    sizes = {group: len(arrays) for group, arrays in alone["outcome"]["variables"].items()}
    assert sizes["trainable"] == 6
    assert sizes["non_trainable"] == 5
    assert sizes["optimizer"] >= 2 * 6 + 1
    assert sizes["metrics"] == 4
    assert np.frombuffer(alone["outcome"]["variables"]["optimizer"][0], np.int32)[0] == 4 * 18  # steps taken
