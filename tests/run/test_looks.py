"""Every look at the test pictures is counted, whatever happens afterwards, and told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.run.small import small_recipe

from tenfold.errors import RunError
from tenfold.images.load import load
from tenfold.run import session
from tenfold.run.evaluate import evaluate
from tenfold.run.looks import Looks
from tenfold.run.resume import resume
from tenfold.run.run import Run
from tenfold.run.train import train


def test_each_evaluation_is_a_look(finished: Path) -> None:
    run = Run(finished)
    assert run.looks == Looks(times=1, as_validation=0, others=0, other_runs=0)
    evaluate(run, say=lambda sentence: None)
    evaluate(run, say=lambda sentence: None)
    assert str(run.looks) == "test set scored 3 times"
    assert "looks   test set scored 3 times" in str(run)


def test_validating_on_the_test_pictures_is_a_look_after_each_epoch(tmp_path: Path) -> None:
    run = train(small_recipe(validation="test"), "digits", runs=tmp_path, verbose=0)
    assert str(run.looks) == "test set scored 3 times, 2 of them as validation"
    held_out = train(small_recipe(validation=0.2), "digits", runs=tmp_path, verbose=0)
    assert str(held_out.looks) == "test set scored once, and 3 times by another run in this folder"
    assert run.looks.as_json() == {"times": 3, "as_validation": 2, "others": 1, "other_runs": 1, "counted": True}


def test_a_look_is_counted_before_it_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while the test pictures were scored, and resumed: looked at twice."""

    def stop(*given: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(session, "score", stop)
        with pytest.raises(KeyboardInterrupt) as caught:
            train(small_recipe(epochs=1), "digits", runs=tmp_path, verbose=0)
    assert str(caught.value.run.looks) == "test set scored once"
    assert str(resume(caught.value.run, verbose=0).looks) == "test set scored twice"


def test_only_runs_with_the_same_test_pictures_count(finished: Path) -> None:
    for name in ("copy-1", "copy-2"):
        shutil.copytree(finished, finished.with_name(name))
    assert str(Run(finished).looks) == "test set scored once, and twice by 2 other runs in this folder"
    other = train(small_recipe(epochs=1), load("digits", seed=1), runs=finished.parent, verbose=0)
    assert (other.looks.others, Run(finished).looks.others) == (0, 2)


def test_a_damaged_file_of_another_run_is_not_this_ones_trouble(finished: Path) -> None:
    copy = Path(shutil.copytree(finished, finished.with_name("copy")))
    (copy / "looks.jsonl").write_bytes(b"\xff\n")
    assert Run(finished).looks.others == 0
    with pytest.raises(RunError, match=r"looks\.jsonl: it is not text in UTF-8"):
        _ = Run(copy).looks
    assert "it is not text in UTF-8" in str(Run(copy))


def test_a_line_that_was_cut_short_is_a_look(finished: Path) -> None:
    with (finished / "looks.jsonl").open("a") as file:
        file.write('[3]\n\n{"when": "2026-')
    assert Run(finished).looks.times == 3


def test_a_run_that_is_done_and_has_no_such_file_was_not_counted(finished: Path) -> None:
    (finished / "looks.jsonl").unlink()
    assert str(Run(finished).looks) == "looks were not counted for this run"
    assert Run(finished).looks.as_json()["counted"] is False
    status = finished / "status.json"
    known = json.loads(status.read_text())
    for unscored in ({"state": "interrupted"}, {"total": None}):  # not done, and done with a test set that is closed
        status.write_text(json.dumps({**known, **unscored}))
        assert str(Run(finished).looks) == "test set not scored yet"
