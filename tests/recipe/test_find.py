"""A recipe by what was typed: a preset, a .toml file, a .keras file, `module:function`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tenfold.errors import ModelFileError, RecipeError
from tenfold.recipe.find import find
from tenfold.recipe.presets import load_preset
from tenfold.recipe.toml import write_toml

from .hostile import saved


def test_a_preset_by_its_name():
    assert find("mlp") is load_preset("mlp")
    assert find(load_preset("mlp")) is load_preset("mlp")


def test_finding_and_changing_a_recipe_imports_nothing_heavy():
    code = (
        "import sys, tenfold.recipe.find as f, tenfold.recipe.overrides as o; "
        "o.apply(f.find('mlp'), ['network.dropout=0.1']).digest; "
        "print([m for m in ('keras', 'jax', 'numpy', 'h5py') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_file_in_toml():
    write_toml(load_preset("mlp"), Path("x.toml"))
    assert find("x.toml") == find(Path("x.toml")) == load_preset("mlp")


def test_a_function_without_importing_it():
    recipe = find("nowhere.at_all:my_net")
    assert (recipe.name, recipe.network.function) == ("my_net", "nowhere.at_all:my_net")
    assert "nowhere" not in sys.modules


def test_a_keras_file_by_its_contents(tmp_path):
    first = find(saved(tmp_path / "My Model.keras"))
    assert first.name == "my-model"
    moved = Path("elsewhere.keras")
    moved.write_bytes((tmp_path / "My Model.keras").read_bytes())
    assert find("elsewhere.keras").digest == first.digest
    saved(moved)
    assert find("elsewhere.keras").digest != first.digest


def test_a_keras_file_is_looked_for_beside_the_recipe_that_names_it(tmp_path):
    saved(tmp_path / "net.keras")
    (tmp_path / "x.toml").write_text('[network]\nfile = "net.keras"\n')
    recipe = find(tmp_path / "x.toml")
    assert recipe.network.file == str(tmp_path / "net.keras")
    assert recipe.network.sha256 == find(tmp_path / "net.keras").network.sha256


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("mpl", r"mpl: no recipe of this name; expected a preset, a \.toml file.*Did you mean 'mlp'"),
        ("", "the recipe: no recipe of this name"),
        ("model.h5", r"expected a preset, a \.toml file, a \.keras file or module:function"),
        ("gone.toml", r"gone\.toml: No such file"),
    ],
)
def test_what_is_not_there_is_said(what, words):
    with pytest.raises(RecipeError, match=words):
        find(what)


def test_a_keras_file_that_is_not_there_is_said():
    with pytest.raises(ModelFileError, match=r"gone\.keras: No such file"):
        find("gone.keras")
    Path("x.toml").write_text('[network]\nfile = "gone.keras"\n')
    with pytest.raises(ModelFileError, match=r"gone\.keras: No such file"):
        find("x.toml")


def test_an_object_that_is_no_recipe_is_told_where_it_belongs():
    with pytest.raises(
        RecipeError, match=r"an object of type int; .*module:function, or a Recipe. Train a Keras model"
    ):
        find(3)
