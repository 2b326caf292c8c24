"""Settings: each declared once, each checked by its kind, range and choices."""

from __future__ import annotations

import pytest

from tenfold.errors import RecipeError
from tenfold.recipe.settings import SETTINGS, Augmentation, EarlyStopping, Network, Preprocessing, Training, flags


def test_every_default_passes_its_own_check():
    for setting in SETTINGS.values():
        assert setting.checked(setting.default) == setting.default


def test_every_setting_says_what_it_is_and_what_it_takes():
    for setting in SETTINGS.values():
        assert setting.help, setting.key
        assert setting.expected, setting.key


def test_the_common_flags():
    assert {flag: setting.key for flag, setting in flags().items()} == {
        "--learning-rate": "training.learning_rate",
        "--batch-size": "training.batch_size",
        "--epochs": "training.epochs",
        "--seed": "training.seed",
    }


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Training(epochs=0), r"training\.epochs: 0; expected a whole number from 1 to 100,000"),
        (lambda: Training(epochs=2.5), r"training\.epochs: 2\.5; expected a whole number"),
        (lambda: Training(epochs=True), r"training\.epochs: True; expected a whole number"),
        (lambda: Training(seed=-1), r"training\.seed: -1; expected a whole number from 0 to 4,294,967,295"),
        (lambda: Training(learning_rate=0.0), r"training\.learning_rate: 0\.0; expected a number from 1e-09 to 100"),
        (lambda: Training(learning_rate="fast"), r"training\.learning_rate: 'fast'; expected a number"),
        (lambda: Training(validation=1), r"validation: 1\.0; expected a number from 0 to 0\.9 or 'test'"),
        (lambda: Training(validation="tset"), r"'tset'; expected .*'test'\. Did you mean 'test'\?"),
        (lambda: Preprocessing(scale="units"), r"preprocessing\.scale: 'units'; .*Did you mean 'unit'\?"),
        (lambda: Preprocessing(labels="one_hot"), r"'sparse' or 'one-hot'\. Did you mean 'one-hot'\?"),
        (lambda: Augmentation(shift=0.6), r"augmentation\.shift: 0\.6; expected a number from 0 to 0\.5"),
        (lambda: Augmentation(flip=True), r"augmentation\.flip: True; expected 'none' or 'horizontal'"),
        (lambda: EarlyStopping(restore_best=1), r"restore_best: 1; expected true or false"),
        (lambda: Network(layers="Dense"), r"network\.layers: 'Dense'; expected a list"),
    ],
)
def test_a_wrong_value_says_what_was_found_and_what_was_expected(make, words):
    with pytest.raises(RecipeError, match=words):
        make()


def test_whole_numbers_are_good_where_any_number_is():
    assert type(Training(learning_rate=1).learning_rate) is float


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("training.epochs", "3", 3),
        ("training.learning_rate", "1e-3", 0.001),
        ("training.learning_rate", "none", None),
        ("training.loss", "mse", "mse"),
        ("training.validation", "test", "test"),
        ("training.metrics", "accuracy", ["accuracy"]),
        ("training.metrics", '["accuracy", "AUC"]', ["accuracy", "AUC"]),
        ("early_stopping.restore_best", "false", False),
        ("training.optimizer", '{ optimizer = "SGD", momentum = 0.9 }', {"optimizer": "SGD", "momentum": 0.9}),
        ("training.loss", "3\nx = 4", "3\nx = 4"),
    ],
)
def test_typed_text_is_read_as_the_person_means_it(key, text, value):
    assert SETTINGS[key].parse(text) == value
