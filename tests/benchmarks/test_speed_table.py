"""The speed benchmark's table and plan: pure functions of the measurements, so that they can be held without measuring.

The benchmarks are scripts, not a package: they are imported from their folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import journal
import section
import speed_plan
import speed_table


def line(peer: str, seconds: float, *, seed: int = 1, recipe: str = "mlp", **more: Any) -> dict[str, Any]:
    usual = {"whole": 5 + 5 * seconds, "accuracy": 0.98 + seed / 1000, "asked": 5, "operations": 1e9, "images": 60_000}
    about = {"recipe": recipe, "peer": peer, "seed": seed, "when": "2026-11-20 12:00", "machine": "m", "version": "v"}
    return {**about, **usual, "epochs": [9.0, seconds, seconds, seconds, seconds], **more}


def cells(text: str, title: str, recipe: str = "mlp") -> list[str]:
    row = next(row for row in text.partition(title)[2].splitlines() if row.startswith(f"| {recipe} |"))
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_an_epoch_is_the_median_over_rounds_without_the_first_epoch() -> None:
    text = speed_table.tables([line("tenfold", seconds, seed=seed) for seed, seconds in enumerate((0.2, 0.3, 0.7), 1)])
    assert cells(text, "Seconds per epoch")[1] == "0.3 (0.2–0.7)"


def test_the_first_epoch_compiles_and_does_not_count() -> None:
    assert speed_plan.epoch_seconds({"epochs": [9.0, 1.0, 2.0, 3.0]}) == 2


def test_a_ratio_is_taken_within_a_round() -> None:
    """The machine was three times slower in round 2, and round 3 has no partner: the medians would say 1."""
    lines = [line("tenfold", 0.1), line("tenfold", 0.3, seed=2)]
    lines += [line("keras-tf", 0.2), line("keras-tf", 0.6, seed=2), line("keras-tf", 0.2, seed=3)]
    assert cells(speed_table.tables(lines), "Seconds per epoch")[-2:] == ["2.0×", "2.0×"]


def test_the_fastest_variant_stands_for_its_column_unless_it_was_dropped() -> None:
    lines = [line("tenfold", 0.1), line("tenfold", 0.1, seed=2)]
    lines += [line("torch", 0.3), line("torch", 0.3, seed=2), line("torch compile", 0.2)]
    assert "eager" in cells(speed_table.tables(lines), "Seconds per epoch")[2]
    lines.append(line("torch compile", 0.2, seed=2))
    assert "torch.compile" in cells(speed_table.tables(lines), "Seconds per epoch")[2]


def test_a_process_with_fewer_epochs_is_worked_out_for_all_of_them() -> None:
    text = speed_table.tables([line("keras-jax", 40.0, recipe="cnn", whole=90.0, asked=2)])
    assert cells(text, "whole process", "cnn")[1] == "≈ 210.0"
    assert cells(text, "Test accuracy", "cnn")[1].endswith("after 2")


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (0.0005, "yes; +0.05 (-0.18 to +0.28); not compared: PyTorch loop"),
        (0.05, "**no**: Keras on JAX; +5.00 (+4.77 to +5.23); not compared: PyTorch loop"),
    ],
)
def test_accuracies_are_compared_with_what_seeds_do(apart: float, said: str) -> None:
    lines = [line("tenfold", 0.1, seed=seed) for seed in range(1, 6)]
    lines += [line("keras-jax", 0.2, seed=seed, accuracy=0.98 + seed / 1000 - apart) for seed in range(1, 6)]
    lines += [line("torch", 0.3, seed=seed, asked=2) for seed in range(1, 6)]
    assert cells(speed_table.tables(lines), "Test accuracy")[-1] == said


def test_accuracies_that_do_not_vary_are_compared_as_they_are() -> None:
    assert not speed_table.differs([0.9, 0.9], [0.9, 0.9], 0.01)
    assert speed_table.differs([0.9, 0.9], [0.8, 0.8], 0.01)


def test_goals_say_what_was_wanted_and_whether_it_was_met() -> None:
    lines = [line("tenfold", 0.1), line("keras-tf", 0.6), line("torch", 0.15)]
    lines += [{**line("matrix jax", 0), "gflops": 12.5}]
    del lines[-1]["epochs"]
    text = speed_table.tables(lines)
    assert "- **not met**: mlp is 1.50 times as fast as the fastest peer, wanted 2" in text
    assert "- met: 6.0 times as fast as Keras on TensorFlow (geometric mean), wanted 5" in text
    assert "- met: mlp reaches 80 % of the matrix-multiply rate, wanted 70 %" in text


def test_a_peer_that_failed_is_named_until_it_ran() -> None:
    failed = {**line("torch compile", 0), "failed": "no compiler"}
    del failed["epochs"]
    assert "mlp, torch compile failed: `no compiler`" in speed_table.tables([line("tenfold", 0.1), failed])
    assert "no compiler" not in speed_table.tables([line("tenfold", 0.1), failed, line("torch compile", 0.2)])


def test_rounds_begin_one_further_along_and_only_the_best_variants_go_on() -> None:
    peers = ["tenfold", "keras-tf", "torch", "torch nhwc", "torch compile"]
    assert speed_plan.in_round("mlp", 1, peers, []) == ["tenfold", "keras-tf", "torch", "torch compile"]
    first = [line("tenfold", 0.1), line("torch", 0.2), line("torch compile", 0.3)]
    assert speed_plan.in_round("mlp", 2, peers, first) == ["keras-tf", "torch", "tenfold"]
    assert speed_plan.in_round("mlp", 2, peers, [*first[:2], line("torch compile", 0.21)])[-2:] == [
        "torch compile",
        "tenfold",
    ]


def test_the_most_specific_setting_applies() -> None:
    settings = ["4", "cnn/keras-jax=1", "cnn=3"]
    numbers = [speed_plan.chosen(settings, *who, 5) for who in (("mlp", "x"), ("cnn", "x"), ("cnn", "keras-jax"))]
    assert numbers == [4, 3, 1]
    assert speed_plan.chosen([], "mlp", "x", 5) == 5


@pytest.mark.parametrize("text", ["many", "cn=3", "cnn/pytorch=3", "cnn=0"])
def test_a_setting_for_nothing_that_exists_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - argparse says the words
        speed_plan.setting(text)


def test_a_journal_goes_on_after_a_line_that_was_cut_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "speed.jsonl"
    journal.Journal(path, "v").add({"peer": "torch", "seed": 1, "failed": "no compiler"})
    with path.open("a") as file:
        file.write('{"peer": "tor')
    journal.Journal(path, "v").add({"peer": "torch", "seed": 2})
    kept = journal.Journal(path, "v").lines
    assert "cut off" in capsys.readouterr().err
    assert journal.found(kept, peer="torch", seed=2)
    assert journal.found(kept, peer="torch", seed=1) is None  # it failed, and is tried again
    assert journal.Journal(path, "another version").lines == []


def test_only_the_newest_version_is_shown() -> None:
    assert journal.newest([line("torch", 1, version="old"), line("torch", 2)]) == [line("torch", 2)]


def test_a_section_of_the_page_is_replaced_and_the_rest_left() -> None:
    page = "before\n<!-- a -->\nold\n<!-- end of a -->\nafter"
    assert section.filled(page, "a", "new\n") == "before\n<!-- a -->\n\nnew\n\n<!-- end of a -->\nafter"
    with pytest.raises(SystemExit, match="it needs the lines <!-- b --> and"):
        section.filled(page, "b", "new")
