"""A recipe's parts as the Keras expressions a person would write: `layers.Dense(128, activation="relu")`.

What a recipe means is decided in `recipe/network.py` and `recipe/training.py`, which make the objects themselves; here
the same is said in source text, and a contract test holds the one against the other for every preset and setting.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tenfold.errors import RecipeError, did_you_mean
from tenfold.recipe import allowed
from tenfold.recipe.layers import CLASSES, WRAPPED
from tenfold.recipe.network import LayerRow, Shape, layers_of
from tenfold.recipe.objects import arguments_of, class_of, snake_case
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.settings import Training
from tenfold.recipe.table import Table
from tenfold.recipe.training import as_table

MODULES = {
    "layer": "layers",
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
    "loss": "keras.losses",
    "metric": "keras.metrics",
    "optimizer": "keras.optimizers",
    "schedule": "keras.optimizers.schedules",
}
PLAIN = ("layer", "regularizer", "constraint")  # whose first argument needs no name: Dense(128), L2(0.001)
LONGEST = 110  # characters of a line
EMPTY: Mapping[str, Any] = MappingProxyType({})


def layer_lines(recipe: Recipe, shape: Shape, classes: int) -> Iterator[str]:
    """The network from its input to its output, a line a layer: `x = layers.Dense(128, activation="relu")(x)`."""
    layers = [*prepared(recipe), *((made(table, "layer", classes), "") for table in recipe.network.layers)]
    before, *rows = layers_of(recipe, shape, classes)
    for index, ((layer, remark), row) in enumerate(zip(layers, rows, strict=True)):
        given, result = "x" if index else "inputs", "x" if index + 1 < len(layers) else "outputs"
        remarks = [text for text in (remark, *about_layer(row, before)) if text]
        yield from broken(f"{result} = {layer}({given})", f"  # {'; '.join(remarks)}" if remarks else "")
        before = row


def about_layer(row: LayerRow, before: LayerRow) -> Iterator[str]:
    """What a layer gives, where that is of another shape than what it is given, and the sum of its parameters."""
    if row.output_shape not in ((), before.output_shape):
        yield f"gives {'×'.join(map(str, row.output_shape))}"
    if row.arithmetic:
        yield f"{row.arithmetic} parameters"


def prepared(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """What stands between the pixels and the network, as `recipe.network.prepared` makes it, each with a remark."""
    change = recipe.augmentation
    fill = f'fill_mode="{change.fill}"'
    if change.rotate:
        yield (
            f"layers.RandomRotation({number(change.rotate)} / 360, {fill})",
            "only while training, as all Random…",
        )
    if change.shift:
        yield f"layers.RandomTranslation({number(change.shift)}, {number(change.shift)}, {fill})", ""
    if change.zoom:
        yield f"layers.RandomZoom({number(change.zoom)}, {fill})", ""
    if change.flip != "none":
        mode = "horizontal_and_vertical" if change.flip == "both" else change.flip
        yield f'layers.RandomFlip("{mode}")', ""
    scale = recipe.preprocessing.scale
    if scale == "unit":
        yield "layers.Rescaling(1 / 255)", "pixels 0..255 become 0..1"
    elif scale == "signed":
        yield "layers.Rescaling(1 / 127.5, offset=-1)", "pixels 0..255 become -1..1"
    elif scale == "standard":
        yield "layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)", "mean 0, deviation 1"
    if recipe.preprocessing.layout == "flat":
        yield "layers.Flatten()", ""


def compile_lines(training: Training) -> Iterator[str]:
    """The call of `model.compile`."""
    yield "model.compile("
    yield remarked(f"    optimizer={optimizer(training)},", "how the weights are moved")
    yield remarked(f"    loss={loss(training.loss)},", "what training makes small")
    yield remarked(f"    metrics=[{', '.join(metric(each) for each in training.metrics)}],", "what is told to people")
    yield ")"


def remarked(line: str, remark: str) -> str:
    """The line with a remark, where there is room for it."""
    return f"{line}  # {remark}" if len(line) + len(remark) + 4 <= LONGEST else line


def optimizer(training: Training) -> str:
    table, rate = as_table(training.optimizer, "optimizer"), training.learning_rate
    if training.schedule is not None:
        planned = class_of(training.schedule, "schedule", "training.schedule")
        start = {"initial_learning_rate": 0.001 if rate is None else rate}
        given = start if "initial_learning_rate" in arguments_of(planned) else {}
        return made(
            table, "optimizer", fixed={"learning_rate": Plain(made(training.schedule, "schedule", fixed=given))}
        )
    return made(table, "optimizer", fixed={} if rate is None else {"learning_rate": rate})


def loss(given: str | Table) -> str:
    """A cross-entropy that is a word stays one, for that is how everybody writes it."""
    table = as_table(given, "loss")
    name = class_of(table, "loss", "training.loss").__name__
    if isinstance(given, str) and name.endswith("Crossentropy"):
        return f'"{snake_case(name)}"'
    return made(table, "loss")


def metric(given: str | Table) -> str:
    if isinstance(given, str) and given.lower() in ("accuracy", "acc"):
        return '"accuracy"'
    return made(as_table(given, "metric"), "metric")


class Plain(str):
    """Source text that stands for itself."""


def made(table: Table, kind: str, classes: int | None = None, fixed: Mapping[str, Any] = EMPTY) -> str:
    """The expression that makes the object which `table` describes; `fixed` as in `recipe.objects.make`."""
    cls = class_of(table, kind, kind)
    values = {**fixed, **{name: value for name, value in table.items() if name != kind}}
    values = {"layer" if name == WRAPPED and kind == "layer" else name: value for name, value in values.items()}
    for name in values:
        if name not in arguments_of(cls):  # a name that Keras does not know would be a stranger's code in the program
            raise RecipeError(name, found=f"no argument of {cls.__name__}", do=did_you_mean(name, arguments_of(cls)))
    arguments = []
    for position, name in enumerate(list(inspect.signature(cls.__init__).parameters)[1:3]):
        if kind not in PLAIN or name not in values or (position and name != "kernel_size"):
            break
        arguments.append(expression(name, values.pop(name), classes))
    arguments += [f"{name}={expression(name, value, classes)}" for name, value in values.items()]
    return f"{MODULES[kind]}.{cls.__name__}({', '.join(arguments)})"


def expression(name: str, value: Any, classes: int | None) -> str:
    """One argument in source text."""
    if isinstance(value, Plain):
        return value
    if isinstance(value, Table):
        return made(value, allowed.kind_of(value) or "", classes)
    if isinstance(value, tuple):
        return f"[{', '.join(expression(name, item, classes) for item in value)}]"
    if value == CLASSES and name in ("units", "filters") and classes is not None:
        return "CLASSES"
    if isinstance(value, str):
        return quoted(allowed.canonical(value, allowed.ACTIVATIONS) or value if name.endswith("activation") else value)
    return number(value)


def number(value: float | bool) -> str:
    return repr(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else repr(value)


def quoted(text: str) -> str:
    """A text as a literal in double quotes, with nothing in it that ends a line or hides."""
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else ascii(text)


def broken(line: str, remark: str) -> Iterator[str]:
    """A line that is too long, broken after its opening and before its closing bracket."""
    if len(line) + len(remark) <= LONGEST:
        yield line + remark
        return
    opening, closing = line.index("(") + 1, line.rindex(")(")
    yield line[:opening] + remark
    yield f"    {line[opening:closing]}"
    yield line[closing:]
