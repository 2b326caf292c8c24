"""The folders import one another in one direction only, held by reading every import of the package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tenfold

PACKAGE = Path(tenfold.__file__).parent
EVERYBODY_MAY_IMPORT = {
    "array_file",
    "backend",
    "compiling",
    "errors",
    "files",
    "inline_png",
    "places",
    "postponed",
    "processor",
    "program_cache",
    "rescored",
    "text_table",
    "whole_imports",
}

# What a folder may import besides itself. A folder that is not named here may not exist.
MAY_IMPORT: dict[str, set[str]] = {
    "images": set(),
    "recipe": set(),
    "engine": set(),
    "charts": set(),
    "evaluation": {"charts"},
    "run": {"images", "recipe", "engine", "evaluation", "charts"},
    "report": {"images", "recipe", "engine", "evaluation", "run", "charts"},
    "serve": {"images", "recipe", "engine", "evaluation", "run"},
    "labs": {"images", "recipe", "engine", "evaluation", "run", "charts", "serve"},
    "cli": {"images", "recipe", "engine", "evaluation", "run", "charts", "report", "serve", "labs"},
}
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "common", "core", "base", "misc"}
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def imported_folders(source: str) -> Iterator[str]:
    """The folders (or top modules) of Tenfold that `source` imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("tenfold."))


@pytest.mark.parametrize("module", [m for m in MODULES if len(m.parts) > 1], ids=str)
def test_a_folder_imports_only_what_comes_before_it(module: Path) -> None:
    folder = module.parts[0]
    assert folder in MAY_IMPORT, f"{folder}/ has no place in the layering"
    allowed = MAY_IMPORT[folder] | EVERYBODY_MAY_IMPORT | {folder, "__version__"}
    assert set(imported_folders((PACKAGE / module).read_text(encoding="utf-8"))) <= allowed


@pytest.mark.parametrize("name", sorted(EVERYBODY_MAY_IMPORT))
def test_what_everybody_may_import_imports_no_folder(name: str) -> None:
    assert set(imported_folders((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))) <= EVERYBODY_MAY_IMPORT


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_has_a_telling_name_and_says_what_it_owns(module: Path) -> None:
    assert not NAMES_THAT_SAY_NOTHING & {part.removesuffix(".py") for part in module.parts}
    assert ast.get_docstring(ast.parse((PACKAGE / module).read_text(encoding="utf-8")))


def test_the_reader_of_imports_sees_them_all() -> None:
    source = "import tenfold.a\nfrom tenfold.b.c import d\nfrom tenfold import e\ndef f():\n    from tenfold.g import h"
    assert list(imported_folders(source)) == ["a", "b", "e", "g"]
