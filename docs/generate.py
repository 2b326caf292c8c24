"""Writes what is derived from the program: commands.md, settings.md and recipes.md in docs/, and the lab notebooks.

`make docs` runs it; a test fails when a page is stale. What is derived is declared once, in the program: commands in
`cli/commands.py`, settings in `recipe/settings.py`, recipes in `recipe/presets/`, the labs' text in `labs/*.md`. The
other pages are written by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tenfold.cli.commands import COMMANDS, Command
from tenfold.labs.sheets import SHEETS

DOCS = Path(__file__).parent
NOTICE = "<!-- Written by docs/generate.py; `make docs` writes it again. -->"


def commands_page() -> str:
    lines = [
        NOTICE,
        "# Commands",
        "",
        "Every command takes `--json` (exactly one JSON object on stdout, progress on stderr), `--debug` (a traceback "
        "when something fails) and `--help`.",
        "",
        "Exit codes: 0 done, 1 the work failed, 2 bad input or usage, 130 stopped by you with everything saved.",
        "",
    ]
    for command in COMMANDS:
        lines += [f"## tenfold {command.words}", "", f"{command.summary[0].upper()}{command.summary[1:]}.", ""]
        lines += [*usage_of(command), ""]
    return "\n".join(lines).rstrip() + "\n"


def usage_of(command: Command) -> Iterator[str]:
    """The arguments of a command as a table, without those that every command takes."""
    rows = []
    for action in command.parser()._actions:
        if action.dest in ("help", "json", "debug"):
            continue
        metavar = action.metavar or action.dest.upper()
        spelled = [f"{flag} {metavar}" if action.nargs != 0 else flag for flag in action.option_strings] or [metavar]
        rows.append((", ".join(f"`{word}`" for word in spelled), str(action.help).replace("%%", "%")))
    if rows:
        yield from table(("argument", "what it says"), rows)
    else:
        yield "It takes no arguments of its own."


def settings_page() -> str:
    from tenfold.recipe.overrides import SHORTHANDS
    from tenfold.recipe.settings import GROUPS, SETTINGS

    lines = [
        NOTICE,
        "# Settings of a recipe",
        "",
        "A recipe is a TOML file; a setting that is left out has its default. `tenfold recipes first --toml` prints "
        "one to start from, and `--set KEY=VALUE` changes one setting for one run. Besides these settings a recipe has "
        "the texts `name`, `about`, `reported` and `measured`, and `reported_accuracy`, what a lab sheet reports for "
        "MNIST's test pictures as a low and a high share: `[0.975, 0.98]`.",
        "",
    ]
    for heading in GROUPS:
        lines += [f"## [{heading}]", ""]
        rows = [
            (
                f"`{each.key}`" + (f" (`{each.flag}`)" if each.flag else ""),
                each.help,
                each.expected,
                f"`{as_toml(each.default)}`" if as_toml(each.default) else "",
            )
            for each in SETTINGS.values()
            if each.key.startswith(f"{heading}.")
        ]
        lines += [*table(("setting", "what it does", "takes", "default"), rows), ""]
    lines += [
        "## Shorthands for `--set`",
        "",
        "One argument of one layer is `network.layers.N.ARGUMENT`, counted from 0: `network.layers.1.units=64`. And "
        "some keys change several layers at once:",
        "",
        *table(("key", "what it sets"), [(f"`{each.key}`", each.help) for each in SHORTHANDS.values()]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def as_toml(value: object) -> str:
    """A default as it would be written; nothing for one that TOML cannot say."""
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


def recipes_page() -> str:
    from tenfold.recipe.network import layers_of
    from tenfold.recipe.presets import load_preset, names, preset_text

    lines = [
        NOTICE,
        "# Recipes",
        "",
        "The networks of five lab sheets, as they were. Sizes are for MNIST: 28×28 grey pictures in 10 classes. "
        "`tenfold recipes NAME` shows the same for any recipe, `--shape` and `--classes` for other pictures.",
        "",
    ]
    for name in names():
        recipe = load_preset(name)
        layers = layers_of(recipe, (28, 28, 1), 10)
        lines += [f"## {name}", "", f"{recipe.about}.", ""]
        lines += [f"- The sheet reported: {recipe.reported}"] if recipe.reported else []
        lines += [f"- Tenfold measures: {recipe.measured}"] if recipe.measured else []
        lines += [f"- {sum(layer.parameters for layer in layers):,} parameters", ""]
        rows = [
            (layer.name, layer.kind, "×".join(map(str, layer.output_shape)), layer.arithmetic)
            for layer in layers
            if not layer.preprocessing
        ]
        lines += [*table(("layer", "kind", "gives", "parameters"), rows), ""]
        lines += ["```toml", preset_text(name).rstrip("\n"), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in (header, ["---"] * len(header), *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "settings.md": settings_page,
    "recipes.md": recipes_page,
    **{f"../src/tenfold/labs/{name}.ipynb": sheet.notebook for name, sheet in SHEETS.items()},
}


def main() -> int:
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8", newline="\n")
        sys.stdout.write(f"{(DOCS / name).resolve()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
