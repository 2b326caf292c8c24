"""The inside of a .keras file from elsewhere: config.json, held against the list of what may stand in it.

Keras builds whatever class a config names. Its safe mode refuses Python lambdas, but still imports and calls much that
a picture classifier never needs. So the whole tree is walked first, compile settings and layers within layers
included, and every object in it must be one of `allowed.py` by exact module and name, or a class that this very
process has registered. No Keras is imported here, and nothing is built.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from tenfold.errors import ModelFileError
from tenfold.recipe import allowed
from tenfold.recipe.keras_archive import AGAIN

DEEPEST = 100  # levels; a Functional model within a model within a model has 30
MOST_VALUES = 500_000
LARGEST_NUMBER = 100_000_000  # any size, count or shape; nothing that is trained comes near
PIXELS = "pixels"  # what Tenfold calls the input of every model that it builds
MOST_REPEATS = {"power_iterations": 100, "unroll": False}  # these are Python loops while a network is built
NOT_SIZES = ("seed", "shared_object_id")

MODULES: dict[str, Set[str]] = {
    "keras": {"Sequential", "Functional", "DTypePolicy", "FloatDTypePolicy"},
    "keras.models": {"Sequential", "Functional"},
    "keras.src.models.sequential": {"Sequential"},
    "keras.src.models.functional": {"Functional"},
    "keras.dtype_policies": {"DTypePolicy", "FloatDTypePolicy"},
    "keras.random": {"SeedGenerator"},
    "keras.layers": allowed.LAYERS | {"InputLayer"},
    "keras.initializers": allowed.INITIALIZERS | {"OrthogonalInitializer", "IdentityInitializer"},
    "keras.regularizers": allowed.REGULARIZERS,
    "keras.constraints": allowed.CONSTRAINTS,
    "keras.losses": allowed.LOSSES,
    "keras.metrics": allowed.METRICS,
    "keras.optimizers": allowed.OPTIMIZERS,
    "keras.optimizers.schedules": allowed.SCHEDULES,
    # what `x + y` and `keras.ops.relu(x)` leave in a functional model
    "keras.src.ops.numpy": {"Add", "Subtract", "Multiply", "Divide", "TrueDivide", "Negative", "Absolute", "Square"}
    | {"Sqrt", "Maximum", "Minimum", "Mean", "Concatenate", "Reshape", "Transpose", "GetItem"},
    "keras.src.ops.nn": {
        "Relu",
        "Relu6",
        "Sigmoid",
        "Softmax",
        "LogSoftmax",
        "Gelu",
        "Silu",
        "Elu",
        "Selu",
        "LeakyRelu",
    },
}
FUNCTION_MODULES = ("builtins", "keras.activations", "keras.losses", "keras.metrics")
FUNCTIONS = allowed.ACTIVATIONS | allowed.LOSS_AND_METRIC_FUNCTIONS
SPECIAL = ("__keras_tensor__", "__slice__", "__ellipsis__")  # places in a functional model's graph
RUNS_CODE = ("Lambda", "__lambda__", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer")
READS_FILES = ("StringLookup", "IntegerLookup", "IndexLookup", "TextVectorization")
OWN_CODE = (
    "if it is yours, mark it with @keras.saving.register_keras_serializable() and import its module first, "
    "or give module:function, which builds the network in your own code"
)


def read_config(data: bytes, path: Path) -> dict[str, Any]:
    """The config of a model, every object in it checked, without its compile settings: Tenfold compiles itself."""
    try:
        config = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            path, found=f"config.json is not JSON: {error}"[:200], expected="a .keras file", do=AGAIN
        ) from error
    if not isinstance(config, dict) or "class_name" not in config:
        raise ModelFileError(path, found="config.json describes no model", expected="a .keras file", do=AGAIN)
    registered = registered_names()
    for node in walked(config, path):
        if "class_name" in node:
            check_object(node, registered, path)
    without_compile_settings(config)
    return config


def registered_names() -> Set[str]:
    """What this process has registered with Keras. Nothing can have been before Keras is imported."""
    keras = sys.modules.get("keras")
    return frozenset(keras.saving.get_custom_objects()) if keras is not None else frozenset()


def walked(config: dict[str, Any], path: Path) -> Iterator[dict[str, Any]]:
    """Every mapping in the tree; numbers and the tree itself are refused beyond their limits on the way."""
    waiting: list[tuple[Any, str, int]] = [(config, "", 0)]
    seen = 0
    while waiting:
        value, key, depth = waiting.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST_VALUES:
            raise ModelFileError(path, found="a config.json of endless layers within layers", expected="a network")
        if isinstance(value, dict):
            yield value
            waiting += [(item, name, depth + 1) for name, item in value.items()]
        elif isinstance(value, list):
            waiting += [(item, key, depth + 1) for item in value]
        elif isinstance(value, int | float) and not within(key, value):
            raise ModelFileError(
                path,
                found=f"{key[:40]} = {value:.4g}" if isinstance(value, float) else f"{key[:40]} = {value:,}"[:80],
                expected=f"at most {MOST_REPEATS.get(key, LARGEST_NUMBER):,}",
            )


def within(key: str, value: float) -> bool:
    """Whether a number is no more than any network needs. (NaN is never within.)"""
    return key in NOT_SIZES or abs(value) <= MOST_REPEATS.get(key, LARGEST_NUMBER)


def check_object(node: dict[str, Any], registered: Set[str], path: Path) -> None:
    """Refuse an object that is neither allowed nor registered by this process."""
    name, module = node["class_name"], node.get("module")
    alias = node.get("registered_name", name)
    if not isinstance(name, str) or not isinstance(module, str | None) or not isinstance(alias, str | None):
        raise ModelFileError(path, found="a class whose name is not a word", expected="a .keras file that Keras wrote")
    if name in RUNS_CODE:
        raise ModelFileError(
            path,
            found=f"a {name.strip('_')}, which is code and not data",
            expected="layers that Keras can build from numbers and words",
            do="replace it by a registered layer, or give module:function, which builds the network in your own code",
        )
    if name in READS_FILES:
        raise ModelFileError(
            path, found=f"the layer {name}, which may read files of this machine", expected="layers for pictures"
        )
    if name in SPECIAL and module is None:
        return
    if name == "function":
        check_function(node, registered, path)
    elif alias in registered:
        return
    elif "module" not in node:
        raise ModelFileError(
            path, found=f"{name[:80]!r} without a module, as old versions wrote it", expected="Keras 3", do=AGAIN
        )
    elif name not in MODULES.get(module or "", ()) or alias not in (None, name):
        raise refused(name, module, alias, path)


def check_function(node: dict[str, Any], registered: Set[str], path: Path) -> None:
    name, module, alias = node.get("config"), node.get("module"), node.get("registered_name")
    if not isinstance(name, str):
        raise ModelFileError(
            path, found="a function whose name is not a word", expected="a .keras file that Keras wrote"
        )
    if name in registered:
        return
    if name not in FUNCTIONS or module not in FUNCTION_MODULES or alias not in (None, name, "function"):
        raise refused(name, module, alias, path)


def refused(name: str, module: str | None, alias: str | None, path: Path) -> ModelFileError:
    full = f"{module}.{name}" if module else name
    if alias not in (None, name):
        full += f" (registered as {alias})"
    if (module or "").partition(".")[0] == "keras" and alias in (None, name):
        return ModelFileError(
            path, found=f"{full[:160]}, which no network for pictures needs", expected="Keras' own layers for pictures"
        )
    return ModelFileError(path, found=f"the unknown class {full[:160]}", expected="Keras' own classes", do=OWN_CODE)


def without_compile_settings(node: Any) -> None:
    """Take the compile settings out of a checked tree, wherever they are."""
    waiting = [node]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                value.pop("compile_config", None)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def scales_pixels(config: dict[str, Any]) -> bool:
    """Whether the model takes pixels 0..255: it holds a Rescaling or a Normalization, or was saved by Tenfold."""
    waiting: list[Any] = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("class_name") in ("Rescaling", "Normalization") or value.get("name") == PIXELS:
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False
