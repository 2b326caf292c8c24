"""Which columns of the metrics are a run's curves."""

from __future__ import annotations

from tenfold.run.curves import curves_in


def test_training_and_validation_of_loss_and_accuracy() -> None:
    rows = [{"epoch": 1, "seconds": 0.1, "loss": 2, "accuracy": 0.5, "val_loss": 1.5, "val_accuracy": 0.75}]
    assert curves_in(rows) == {
        "loss": {"training": [2.0], "validation": [1.5]},
        "accuracy": {"training": [0.5], "validation": [0.75]},
    }


def test_training_that_was_scored_at_the_ends_of_epochs_goes_before_what_was_measured_on_the_way() -> None:
    rows = [{"loss": 0.9, "train_loss": 0.5, "accuracy": 0.7, "train_accuracy": 0.8}]
    assert curves_in(rows) == {"loss": {"training": [0.5]}, "accuracy": {"training": [0.8]}}


def test_an_accuracy_of_another_name_is_one_too() -> None:
    rows = [{"loss": 0.9, "sparse_categorical_accuracy": 0.7, "val_sparse_categorical_accuracy": 0.6}]
    assert curves_in(rows)["accuracy"] == {"training": [0.7], "validation": [0.6]}


def test_a_number_that_is_missing_leaves_a_gap_and_a_column_of_none_is_no_curve() -> None:
    rows = [{"loss": 0.9, "val_loss": None}, {"loss": None, "val_loss": None}, {"loss": "0.5"}]
    assert curves_in(rows) == {"loss": {"training": [0.9, None, None]}}
    assert curves_in([]) == {}
