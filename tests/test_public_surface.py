"""`import tenfold` costs nothing, offers exactly the names it lists, and each of them is the real thing."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import tenfold


def test_importing_tenfold_imports_nothing_heavy() -> None:
    program = "import sys, tenfold; print(*(name.partition('.')[0] for name in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"keras", "jax", "numpy", "sklearn", "PIL", "rich"} & set(loaded)


def test_the_lists_of_names_are_one() -> None:
    """The names for people (`__all__`), for the import (`HOMES`) and for type checkers are the same."""
    tree = ast.parse(Path(tenfold.__file__).read_text(encoding="utf-8"))
    conditions = [node for node in tree.body if isinstance(node, ast.If)]
    (for_checkers,) = [node for node in conditions if ast.unparse(node.test) == "TYPE_CHECKING"]
    declared = {
        alias.name: node.module
        for node in for_checkers.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert declared == tenfold.HOMES
    assert sorted(tenfold.HOMES) == sorted(tenfold.__all__)
    assert set(tenfold.__all__) <= set(dir(tenfold))


@pytest.mark.parametrize("name", tenfold.__all__)
def test_each_name_is_what_its_home_defines_and_says_what_it_is(name: str) -> None:
    value = getattr(tenfold, name)
    assert value is getattr(import_module(tenfold.HOMES[name]), name)
    assert value.__module__ == tenfold.HOMES[name]
    assert inspect.getdoc(value)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'tenfold' has no attribute 'lode'"):
        tenfold.lode  # noqa: B018


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert version("tenfold") == tenfold.__version__
