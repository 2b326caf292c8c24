"""`module:function`: the user's own code, which is given (shape, classes) and returns a Keras model.

This is the one place in this folder that runs code which Tenfold did not bring. It does so only when its caller says
that a person asked for it: what was typed on the command line or in Python is asked for, what a recipe's file, a run
or a web page names is not.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tenfold.errors import RecipeError, did_you_mean
from tenfold.recipe.recipe import FUNCTION


def names_own_code(what: object) -> bool:
    """Whether what a person typed as a recipe is itself `module:function`, and so asks for that code to be run."""
    return isinstance(what, str) and FUNCTION.fullmatch(what) is not None


def import_function(spec: str, *, trust_code: bool) -> Callable[..., Any]:
    """The function that `spec` names, imported with the current folder on the path as `python` would have it."""
    if not trust_code:
        raise RecipeError(
            "network.function",
            found=f"the recipe would run the code {spec!r}",
            expected="code that you asked for yourself",
            do="if it is your own: --trust-code, or trust_code=True in Python",
        )
    module_name, _, function_name = spec.partition(":")
    with current_folder_on_path():
        try:
            module = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
                raise failed(spec, error) from error
            raise RecipeError(
                f"the module {module_name}",
                found="no module of this name",
                expected=f"{module_name.replace('.', '/')}.py here or an installed module",
                do="run the command in the folder that holds it",
            ) from error
        except Exception as error:
            raise failed(spec, error) from error
    function: Callable[..., Any] | None = getattr(module, function_name, None)
    if not callable(function):
        named = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
        raise RecipeError(
            spec, found=f"no function {function_name!r} in {module_name}", do=did_you_mean(function_name, named)
        )
    return function


def model_of(spec: str, shape: tuple[int, ...], classes: int, *, trust_code: bool) -> Any:
    """The model that the user's function makes for pictures of this shape."""
    function = import_function(spec, trust_code=trust_code)
    try:
        return function(shape, classes)
    except Exception as error:
        raise failed(spec, error) from error


def failed(spec: str, error: Exception) -> RecipeError:
    return RecipeError(
        spec,
        found=f"your code stopped with {type(error).__name__}: {error}"[:400],
        expected="a function of (shape, classes) that returns a Keras model",
        do="see where with --debug",
    )


@contextmanager
def current_folder_on_path() -> Iterator[None]:
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        yield
    finally:
        with suppress(ValueError):  # the imported code may have tidied the path itself
            sys.path.remove(here)
