"""Recipes as TOML: what is written is read again as it was, and what cannot be read is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tenfold.errors import RecipeError
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.settings import Augmentation, EarlyStopping, Network, Preprocessing, Training
from tenfold.recipe.toml import from_toml, read_toml, to_toml, write_toml

texts = some.text(some.characters(exclude_categories=["Cs"]), max_size=30)
numbers = some.floats(allow_nan=False, allow_infinity=False) | some.integers(-(2**63) + 1, 2**63 - 1)
values = some.recursive(texts | numbers | some.booleans(), lambda inner: some.lists(inner, max_size=3), max_leaves=6)
# Names that no rule looks at, so that any value may stand there.
keys = texts.map(lambda text: f"x{text}x")
layers = some.dictionaries(keys, values, max_size=4).map(lambda extra: {"layer": "Dense", "units": 3, **extra})
recipes = some.builds(
    Recipe,
    name=some.from_regex(r"[a-z0-9][a-z0-9_.-]{0,20}", fullmatch=True),
    network=some.builds(Network, layers=some.lists(layers, min_size=1, max_size=4)),
    preprocessing=some.builds(Preprocessing, scale=some.sampled_from(["unit", "signed", "standard", "none"])),
    augmentation=some.builds(Augmentation, rotate=some.floats(0, 180), flip=some.sampled_from(["none", "both"])),
    training=some.builds(
        Training,
        learning_rate=some.none() | some.floats(1e-9, 100),
        schedule=some.none() | some.just({"schedule": "CosineDecay", "decay_steps": 10}),
        optimizer=some.sampled_from(["adam", {"optimizer": "SGD", "momentum": 0.9}]),
        batch_size=some.integers(1, 1_000_000),
        validation=some.just("test") | some.floats(0, 0.9),
        seed=some.integers(0, 2**32 - 1),
    ),
    early_stopping=some.builds(EarlyStopping, monitor=texts, restore_best=some.booleans()),
    about=texts,
    reported=texts,
    measured=texts,
    reported_accuracy=some.sampled_from([(), (0.975, 0.98), (0, 1)]),
)


@given(recipes)
def test_every_recipe_survives_being_written_and_read(recipe):
    again = from_toml(to_toml(recipe))
    assert again == recipe
    assert again.digest == recipe.digest
    assert to_toml(again) == to_toml(recipe)


def test_a_recipe_is_called_after_its_file_unless_it_has_a_name(tmp_path):
    network = '[network]\nlayers = [{ layer = "Dense", units = "classes", activation = "softmax" }]\n'
    path = tmp_path / "My Net.toml"
    path.write_text(network)
    assert read_toml(path).name == "my-net"
    path.write_text('name = "other"\n' + network)
    assert read_toml(path).name == "other"


def test_a_file_written_is_the_recipe_read(tmp_path):
    recipe = Recipe(name="x", network=Network(function="a:b"))
    write_toml(recipe, tmp_path / "x.toml")
    assert read_toml(tmp_path / "x.toml") == recipe


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name = ?\n", "not TOML: .*line 1, column 8"),
        (b"\xff\xfe\x00", "text that is not UTF-8.*Save it as UTF-8"),
        (b"x = " + b"[" * 100_000, "lists within lists without end"),
        (b"#" * 2_000_000, "more than 1 MiB"),
        (b"", "x.toml, network: neither layers"),
        (b"[training]\nepoch = 3", r"x\.toml, training\.epoch: .*Did you mean 'training\.epochs'"),
        (b"[training]\nepochs = 1979-05-27", r"x\.toml, training\.epochs: a value of type date"),
    ],
)
def test_an_unreadable_file_is_named_with_what_is_wrong(tmp_path, data, words):
    path = tmp_path / "x.toml"
    path.write_bytes(data)
    with pytest.raises(RecipeError, match=words) as caught:
        read_toml(path)
    assert str(path) in caught.value.line


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RecipeError, match=r"gone\.toml: No such file"):
        read_toml(tmp_path / "gone.toml")
