"""A network of a few thousand weights that trains in no time."""

from typing import Any

from tenfold.recipe.recipe import Recipe, recipe_from

LAYERS: list[dict[str, Any]] = [
    {"layer": "Flatten"},
    {"layer": "Dense", "units": 8, "activation": "relu"},
    {"layer": "Dense", "units": "classes", "activation": "softmax"},
]


def small_recipe(layers: list[dict[str, Any]] = LAYERS, labels: str = "sparse", **training: Any) -> Recipe:
    """Two epochs of digits, unless `training` says otherwise."""
    return recipe_from(
        {
            "name": "small",
            "network": {"layers": layers},
            "preprocessing": {"labels": labels},
            "training": {"epochs": 2, "batch_size": 128, **training},
        }
    )
