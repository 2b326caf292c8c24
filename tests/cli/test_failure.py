"""An interrupted or failed training ends in words that say what is saved and how to go on."""

from __future__ import annotations

from pathlib import Path

from tenfold.cli.failure import in_four_parts
from tenfold.errors import RunError, StorageError
from tenfold.run.run import Run


def with_run(error: BaseException) -> BaseException:
    """The error as `tenfold.train` raises it: with the run that it left."""
    error.run = Run(Path("runs/mine"))  # type: ignore[attr-defined]
    return error


def test_a_stopped_training_says_how_to_go_on() -> None:
    told = in_four_parts(with_run(KeyboardInterrupt()))
    assert told.line == "stopped: everything up to here is saved. Go on with: tenfold resume mine"
    assert told.exit_code == 130


def test_a_full_disk_is_told_with_the_way_on() -> None:
    told = in_four_parts(with_run(StorageError("x", found="the disk is full", do="free some space")))
    assert told.line == "x: the disk is full. Free some space; then go on with: tenfold resume mine"
    assert told.exit_code == 1


def test_a_failure_without_advice_still_has_a_way_on() -> None:
    told = in_four_parts(with_run(StorageError("x", found="broken")))
    assert told.line == "x: broken. Go on with: tenfold resume mine"


def test_what_was_given_wrongly_is_not_mended_by_going_on() -> None:
    error = RunError("x", found="no whole checkpoint", do="train again")
    assert in_four_parts(with_run(error)).line == "x: no whole checkpoint. Train again"


def test_a_closed_pipe_while_training_is_a_failure_with_a_way_on() -> None:
    told = in_four_parts(with_run(BrokenPipeError(32, "Broken pipe")))
    assert told.line == "stdout: its reader closed it while training. Go on with: tenfold resume mine"
    assert told.exit_code == 1
