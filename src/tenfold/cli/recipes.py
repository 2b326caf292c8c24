"""`tenfold recipes`: the networks that come with Tenfold, and any recipe layer by layer, with the sums behind its size.

A network is outlined for pictures of a shape and a number of classes, for only then is it known how large it is.
"""

from __future__ import annotations

import argparse
import re
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tenfold.cli.commands import Work
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_changes, add_trust, positive
from tenfold.errors import one_line
from tenfold.text_table import columns

if TYPE_CHECKING:
    from tenfold.recipe.network import LayerRow
    from tenfold.recipe.recipe import Recipe

SHAPE = re.compile(r"(\d{1,5})[x×](\d{1,5})(?:[x×](\d{1,2}))?")


def recipes(parser: Parser) -> Work:
    parser.add_argument(
        "recipe", metavar="RECIPE", nargs="?", help="show this one: a name, a .toml or .keras file, or module:function"
    )
    add_changes(parser)
    parser.add_argument(
        "--shape",
        metavar="HxWxC",
        type=shape,
        default=(28, 28, 1),
        help="for pictures of this shape (default: 28x28x1)",
    )
    parser.add_argument("--classes", metavar="N", type=positive, default=10, help="for this many classes (default: 10)")
    parser.add_argument("--toml", action="store_true", help="print the recipe as a file to change and train with")
    add_trust(parser)
    return show_one_or_all


def shape(text: str) -> tuple[int, int, int]:
    """Height, width and channels out of "28x28x1" or "28x28"."""
    found = SHAPE.fullmatch(text)
    sides = tuple(int(side or 1) for side in found.groups()) if found else (0, 0, 0)
    if min(sides) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a shape such as 28x28x1")
    return sides[0], sides[1], sides[2]


def show_one_or_all(arguments: Namespace, screen: Screen) -> int:
    if arguments.recipe is None:
        show_all(arguments, screen)
    elif arguments.toml:
        show_toml(arguments, screen)
    else:
        show_one(arguments, screen)
    return 0


def show_all(arguments: Namespace, screen: Screen) -> None:
    from tenfold.recipe.network import layers_of
    from tenfold.recipe.presets import load_preset, names

    known = [load_preset(name) for name in names()]
    tables = [layers_of(recipe, arguments.shape, arguments.classes) for recipe in known]
    rows = [
        (recipe.name, f"{parameters_in(layers):,}", str(recipe.training.epochs), one_line(recipe.about))
        for recipe, layers in zip(known, tables, strict=True)
    ]
    header, *lines = columns([("name", "parameters", "epochs", "what it is"), *rows], right=(1, 2))
    hint = [
        "",
        "Layer by layer, with the sums: tenfold recipes NAME",
        "To train one:                  tenfold train NAME",
    ]
    told = [described(recipe, layers) for recipe, layers in zip(known, tables, strict=True)]
    screen.show({"recipes": told}, [[(header, "bold")], *lines, *hint])


def described(recipe: Recipe, layers: Sequence[LayerRow]) -> dict[str, Any]:
    sizes = {"parameters": parameters_in(layers), "layers": [asdict(layer) for layer in layers]}
    return {**recipe.as_dict(), "digest": recipe.digest, **sizes}


def parameters_in(layers: Sequence[LayerRow]) -> int:
    return sum(layer.parameters for layer in layers)


def show_toml(arguments: Namespace, screen: Screen) -> None:
    from tenfold.recipe.presets import names, preset_text
    from tenfold.recipe.toml import to_toml

    recipe = chosen(arguments)
    as_written = arguments.recipe in names() and not arguments.changes  # then with its comments
    text = preset_text(recipe.name) if as_written else to_toml(recipe)
    screen.show({"recipe": recipe.name, "digest": recipe.digest, "toml": text}, text.rstrip("\n").split("\n"))


def chosen(arguments: Namespace) -> Recipe:
    from tenfold.recipe.find import find
    from tenfold.recipe.overrides import apply

    return apply(find(arguments.recipe), arguments.changes)


def show_one(arguments: Namespace, screen: Screen) -> None:
    from tenfold.recipe.own_code import names_own_code

    recipe = chosen(arguments)

    from tenfold.recipe.network import layers_of  # from here on Keras is needed

    trusted = arguments.trust_code or names_own_code(arguments.recipe)
    layers = layers_of(recipe, arguments.shape, arguments.classes, trust_code=trusted)
    screen.show(described(recipe, layers), lines_about(recipe, layers))


def lines_about(recipe: Recipe, layers: Sequence[LayerRow]) -> Iterator[Line]:
    yield [(one_line(recipe), "bold")]
    for label, text in (("", recipe.about), ("the sheet: ", recipe.reported), ("measured:  ", recipe.measured)):
        if text:
            yield f"{label}{one_line(text)}"
    yield ""
    rows = [
        (
            one_line(layer.name),
            layer.kind,
            "×".join("?" if side is None else str(side) for side in layer.output_shape),
            layer.arithmetic or ("prepares the pixels" if layer.preprocessing else ""),
        )
        for layer in layers
    ]
    header, *lines = columns([("layer", "kind", "gives", "parameters"), *rows])
    yield [(header, "bold")]
    yield from lines
    yield ""
    yield f"{parameters_in(layers):,} parameters"
