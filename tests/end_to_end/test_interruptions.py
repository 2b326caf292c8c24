"""Nothing done to a training loses work: Ctrl-C, then `kill -9`, and in the end the same bits as undisturbed."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.end_to_end.conftest import Machine

TRAINING = ("train", "first", "--data", "digits", "--epochs", "60", "--set", "training.validation=0.1")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in another way there"),
]


def epochs_done(run: Path) -> int:
    metrics = run / "metrics.jsonl"
    return len(metrics.read_text(encoding="utf-8").splitlines()) if metrics.exists() else 0


def stop(process: subprocess.Popen[str], run: Path, epochs: int, how: signal.Signals) -> tuple[int, str, str]:
    """Send a signal as soon as so many epochs are written down; the exit code, stdout and stderr."""
    deadline = time.monotonic() + 120
    while epochs_done(run) < epochs:
        assert process.poll() is None, "it ended before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(how)
    sent = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - sent < 5
    return process.returncode, out, err


def test_stopped_and_killed_it_ends_with_the_same_bits(machine: Machine) -> None:
    runs = machine.here / "runs"
    machine.told(*TRAINING, "--name", "undisturbed")

    code, out, err = stop(machine.start(*TRAINING, "--name", "disturbed"), runs / "disturbed", 5, signal.SIGINT)
    assert code == 130
    assert re.search(r"stopped: everything up to here is saved\. Go on with: \S*tenfold resume disturbed\n$", err)
    assert "Traceback" not in err + out
    assert machine.told("show", "disturbed")["status"]["state"] == "interrupted"

    code, _, _ = stop(machine.start("resume", "disturbed"), runs / "disturbed", 25, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert machine.told("show", "disturbed")["status"]["state"] == "interrupted"

    answer = machine.told("resume", "disturbed")
    assert answer["epochs"] == 60
    with (
        np.load(runs / "disturbed" / "predictions.npz") as ours,
        np.load(runs / "undisturbed" / "predictions.npz") as theirs,
    ):
        assert ours.files == theirs.files
        assert all(ours[name].tobytes() == theirs[name].tobytes() for name in ours.files)
    ours, theirs = (metrics_of(machine, name) for name in ("disturbed", "undisturbed"))
    assert ours == theirs


def metrics_of(machine: Machine, run: str) -> list[dict[str, float]]:
    """What was measured in each epoch, without the time that it took."""
    return [{**row, "seconds": 0} for row in machine.told("show", run)["metrics"]]


def test_ctrl_c_with_json_is_one_object(machine: Machine) -> None:
    run = machine.here / "runs" / "json"
    code, out, err = stop(machine.start(*TRAINING, "--name", "json", "--json"), run, 3, signal.SIGINT)
    assert code == 130
    assert '"error": "Stopped"' in out
    assert '"exit_code": 130' in out
    assert "Traceback" not in err


def test_stopped_while_compiling_it_answers_at_once_and_ends_in_order(machine: Machine) -> None:
    training = machine.start("train", "cnn", "--data", "digits", "--epochs", "2", "--name", "early")
    assert training.stderr is not None
    for line in training.stderr:
        if line.startswith("Training cnn"):
            break
    time.sleep(1)  # compiling takes several times as long on any machine
    training.send_signal(signal.SIGINT)
    sent = time.monotonic()
    _, err = training.communicate(timeout=60)
    assert time.monotonic() - sent < 5
    assert training.returncode == 130
    assert re.search(r"stopped: everything up to here is saved\. Go on with: \S*tenfold resume early\n$", err)
    assert machine.told("show", "early")["status"]["state"] == "interrupted"
