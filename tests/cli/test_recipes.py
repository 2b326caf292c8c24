"""`recipes`: the list, one layer by layer with its sums, and as a file to start from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenfold.recipe.find import find


def test_the_list_says_how_large_each_is(told: Callable[..., dict[str, Any]], shown: Callable[..., str]) -> None:
    sizes = {recipe["name"]: recipe["parameters"] for recipe in told("recipes")["recipes"]}
    assert sizes == {
        "first": 101_770, "hidden10": 7_960, "wide": 717_210, "deep": 223_978, "cnn": 3_156_098, "mlp": 269_322,
        "mlp-l2": 269_322,
    }  # fmt: skip
    text = shown("recipes")
    assert "cnn        3,156,098      12  Two convolutions" in text


def test_one_recipe_shows_its_layers_and_the_sums(
    told: Callable[..., dict[str, Any]], shown: Callable[..., str]
) -> None:
    text = shown("recipes", "mlp")
    for sum_ in ("784×256+256 = 200,960", "256×256+256 = 65,792", "256×10+10 = 2,570", "269,322 parameters"):
        assert sum_ in text
    layers = told("recipes", "mlp")["layers"]
    assert [layer["kind"] for layer in layers if layer["parameters"]] == ["Dense", "Dense", "Dense"]


def test_other_pictures_other_sizes(told: Callable[..., dict[str, Any]]) -> None:
    answer = told("recipes", "first", "--shape", "8x8x3", "--classes", "2", "--set", "network.hidden=16")
    assert answer["parameters"] == 8 * 8 * 3 * 16 + 16 + 16 * 2 + 2


def test_a_recipe_as_a_file_to_start_from(shown: Callable[..., str]) -> None:
    written = shown("recipes", "first", "--toml")
    assert written.startswith("# Sheet 0")
    Path("mine.toml").write_text(written)
    assert find("mine.toml").digest == find("first").digest
    Path("changed.toml").write_text(shown("recipes", "first", "--toml", "--set", "training.epochs=9"))
    assert find("changed.toml").training.epochs == 9


@pytest.mark.parametrize("shape", ["28", "0x28", "28x28x1x1", "a", "999999x1"])
def test_a_shape_that_is_none(shape: str, refused: Callable[..., str]) -> None:
    assert f"argument --shape: '{shape}' is not a shape such as 28x28x1" in refused(
        "recipes", "first", "--shape", shape
    )
