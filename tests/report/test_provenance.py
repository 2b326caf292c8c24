"""What a report tells to type is what trains the same again, however the pictures came to be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tenfold.images.dataset import Loading
from tenfold.report.material import Material, gathered
from tenfold.report.provenance import again
from tenfold.run.run import Run

LOADED = {"what": "digits", "size": None, "seed": 0, "test_fraction": 0.2, "data_dir": None}
RECIPE = "small-digits-0001/recipe.toml"


@pytest.fixture(scope="module")
def material(reported: Path) -> Material:
    return gathered(Run(reported))


def with_reload(material: Material, reload: Any, **more: Any) -> Material:
    """The same, but for what its environment says."""
    about = {**material.environment, "data": {**material.about_data, "reload": reload}, **more}
    return replace(material, environment=about)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "--data digits"),
        ({"data_dir": "/somewhere"}, "--data digits"),
        ({"size": 32}, "--data digits"),  # pictures of a named set have their size
        ({"what": "/my pictures/leaves", "size": 32}, "--data '/my pictures/leaves' --size 32"),
        ({"what": "/leaves.npz"}, "--data /leaves.npz"),
    ],
)
def test_a_set_a_folder_and_a_file_are_loaded_by_a_command(
    material: Material, changes: dict[str, Any], words: str
) -> None:
    assert again(with_reload(material, {**LOADED, **changes})) == (
        "Beside the run's folder, type:",
        f"tenfold train {RECIPE} {words}",
    )


def test_what_the_command_has_to_allow_and_to_share_is_in_it(material: Material) -> None:
    assert material.recipe is not None
    network = replace(material.recipe.network, layers=(), function="mine:net")
    own = replace(material, recipe=replace(material.recipe, network=network))
    _, typed = again(with_reload(own, LOADED, devices_used=2))
    assert typed == f"tenfold train {RECIPE} --data digits --devices 2 --trust-code"
    _, typed = again(with_reload(own, None, devices_used=2))
    assert typed == f"import tenfold\n\ntenfold.train('{RECIPE}', dataset, devices=2, trust_code=True)"


def test_pictures_in_memory_have_to_be_made_again_in_python(material: Material) -> None:
    for nothing in (None, "nonsense", {"what": 3}):
        where, typed = again(with_reload(material, nothing))
        assert "made or changed in Python. Make them as they were then, call them dataset, and type in Python" in where
        assert typed == f"import tenfold\n\ntenfold.train('{RECIPE}', dataset)"


def test_a_split_of_ones_own_is_drawn_again_in_python(material: Material) -> None:
    split = Loading("/leaves", size=32, seed=7, test_fraction=0.5)
    where, typed = again(with_reload(material, {**LOADED, **vars(split)}))
    assert "split in a way of their own" in where
    assert typed.splitlines()[2:] == [
        "dataset = tenfold.load('/leaves', size=32, seed=7, test_fraction=0.5)",
        f"tenfold.train('{RECIPE}', dataset)",
    ]
