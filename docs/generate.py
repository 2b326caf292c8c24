"""Writes the pages of docs/ that are derived from the program: commands.md, settings.md and recipes.md.

`make docs` runs it; a test fails when a page is stale. What is derived is declared once, in the program: commands in
`cli/commands.py`, settings in `recipe/settings.py`, recipes in `recipe/presets/`. The other pages are written by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tenfold.cli.commands import COMMANDS, Command

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


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in (header, ["---"] * len(header), *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


PAGES: dict[str, Callable[[], str]] = {"commands.md": commands_page}


def main() -> int:
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8", newline="\n")
        sys.stdout.write(f"{DOCS / name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
