"""In a notebook a recipe shows its layers and what was chosen, and nothing in it becomes markup."""

from dataclasses import replace

from tenfold.recipe.page import layer_rows, setting_rows
from tenfold.recipe.presets import load_preset
from tenfold.recipe.recipe import recipe_from


def test_layers_and_settings() -> None:
    recipe = load_preset("first")
    assert layer_rows(recipe)[1] == ("Dense", "units=128, activation=relu")
    assert "training.epochs" in dict(setting_rows(replace(recipe, training=replace(recipe.training, epochs=7))))
    page = recipe._repr_html_()
    assert '<td style="text-align:left">Dense</td>' in page
    assert "Flatten" in page


def test_hostile_texts_are_escaped() -> None:
    recipe = recipe_from(
        {
            "name": "x",
            "about": "<script>alert(1)</script>\x1b[2J",
            "network": {"layers": [{"layer": "Dense", "units": "classes", "name": "<b>"}]},
        }
    )
    page = recipe._repr_html_()
    assert "<script>" not in page
    assert "<b>" not in page
    assert page.isprintable()


def test_a_network_in_code_has_no_table_of_layers() -> None:
    recipe = recipe_from({"name": "own", "network": {"function": "mynetworks:build"}})
    assert "mynetworks:build" in recipe._repr_html_()
    assert '<th scope="col" style="text-align:left">layer</th>' not in recipe._repr_html_()
