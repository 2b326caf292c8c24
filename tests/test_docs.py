"""The documentation is complete and fresh: every command, setting, recipe, name and variable, and every link."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from tests.images.handwritten import page

import tenfold
from tenfold.cli.commands import COMMANDS
from tenfold.recipe.presets import names
from tenfold.recipe.settings import SETTINGS

REPOSITORY = Path(__file__).parents[1]
DOCS = REPOSITORY / "docs"
PROSE = [REPOSITORY / "README.md", *sorted(DOCS.glob("*.md"))]
PAGES: dict[str, Callable[[], str]] = runpy.run_path(str(DOCS / "generate.py"))["PAGES"]


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_derived_pages_are_fresh(name: str) -> None:
    assert text_of(name) == PAGES[name](), f"docs/{name} is stale: run make docs"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words)
def test_every_command_is_documented(command: object) -> None:
    assert f"## tenfold {command.words}\n" in text_of("commands.md")


@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_is_documented(key: str) -> None:
    assert f"| `{key}`" in text_of("settings.md")


@pytest.mark.parametrize("name", names())
def test_every_recipe_is_documented(name: str) -> None:
    assert f"## {name}\n" in text_of("recipes.md")


@pytest.mark.parametrize("name", tenfold.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    assert f"`tenfold.{name}`" in text_of("python.md")


def examples(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text_of(page), flags=re.DOTALL)


def in_a_new_python(program: str) -> str:
    """What a program prints where nothing has chosen Keras' backend yet, and there is no MNIST and little time."""
    quick = program.replace('"mnist"', '"digits"').replace("epochs=5", "epochs=1")
    surroundings = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    done = subprocess.run([sys.executable, "-c", quick], capture_output=True, text=True, env=surroundings)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_example_of_a_run_runs() -> None:
    Image.fromarray(page(("7", 50, 40))).save("seven.png")
    first, inside, *_, about_it = examples("python.md")
    told = in_a_new_python(first + inside + about_it)
    assert "dense_1 (256,) False" in told
    assert re.search(r"precision +recall +f1 +support", told)
    assert "true \\ predicted" in told
    assert " taken for " in told


def test_the_example_of_ones_own_model_runs_on_jax_and_one_line_prints_its_weights() -> None:
    """As the callback of sheet 2 does: each of two epochs with a matrix and a bias, and not the same ones twice."""
    program, printing = examples("python.md")[2:4]
    asked = "print(keras.backend.backend(), sorted(history.history))\n"
    told = in_a_new_python(program + asked + printing.replace("epochs=2", "epochs=2, verbose=0"))
    trained, first, second = re.split(r"^[01] (?=\[array\()", told, flags=re.MULTILINE)
    assert trained.splitlines()[-1] == "jax ['accuracy', 'loss', 'val_accuracy', 'val_loss']"
    assert first.count("dtype=float32") == second.count("dtype=float32") == 2
    assert first != second


def test_every_environment_variable_is_documented() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (REPOSITORY / "src").rglob("*.py"))
    variables = {name for source in sources for name in re.findall(r"TENFOLD_[A-Z]+", source)}
    assert variables
    told = "".join(page.read_text(encoding="utf-8") for page in PROSE)
    assert {name for name in variables if not re.search(f"`{name}\\b", told)} == set()


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


def test_the_readme_begins_with_what_make_does_and_make_can_do_it() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    readme = PROSE[0].read_text(encoding="utf-8")
    two_commands = readme.partition("## Two commands")[2].partition("##")[0]
    assert {"make train", "make test"} <= set(re.findall(r"^make \w+", two_commands, flags=re.MULTILINE))
    for target in re.findall(r"^make (\w+)", readme, flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.name)
def test_commands_in_prose_exist(page: Path) -> None:
    """Every `tenfold ...` in a code block or in code is a command that there is."""
    known = {command.words for command in COMMANDS}
    text = page.read_text(encoding="utf-8")
    for words in re.findall(r"(?:^|`)(?:\.venv/bin/)?tenfold ([a-z][a-z ]*)", text, flags=re.MULTILINE):
        one, *more = words.split()
        assert one in known or " ".join([one, *more[:1]]) in known or words.startswith("data"), f"tenfold {words}"
