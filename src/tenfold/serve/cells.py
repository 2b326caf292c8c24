"""A program as cells of text and code, and its two written forms: a script with comments, and a notebook.

A notebook is JSON, so it is written as JSON and needs no package. What the cells say is their author's business.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

WIDTH = 116  # characters of a comment's line, without its "# "


@dataclass(frozen=True)
class Cell:
    """A stretch of text (Markdown) or of code (Python)."""

    kind: Literal["text", "code"]
    source: str


def text(*paragraphs: str) -> Cell:
    return Cell("text", "\n\n".join(paragraphs))


def code(source: str) -> Cell:
    return Cell("code", textwrap.dedent(source).strip("\n"))


def as_script(cells: Iterable[Cell]) -> str:
    """The cells one under the other: code as it is, text as comments."""
    return "\n\n".join(cell.source if cell.kind == "code" else as_comment(cell.source) for cell in cells) + "\n"


def as_comment(markdown: str) -> str:
    """Text as comment lines; headings lose their signs, and what stands in lines of its own (a table) keeps them."""
    lines: list[str] = []
    for line in markdown.split("\n"):
        plain = line.lstrip("#").strip() if line.startswith("#") else line.rstrip()
        lines += textwrap.wrap(plain, WIDTH, break_on_hyphens=False) or [""]
    return "\n".join(f"# {line}".rstrip() for line in lines)


def as_notebook(cells: Sequence[Cell]) -> str:
    """The cells as an .ipynb file, without outputs. The same cells give the same file."""
    notebook = {
        "cells": [as_json(cell, number) for number, cell in enumerate(cells, start=1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def as_json(cell: Cell, number: int) -> dict[str, Any]:
    lines = cell.source.splitlines(keepends=True)
    if cell.kind == "text":
        return {"cell_type": "markdown", "id": f"cell-{number}", "metadata": {}, "source": lines}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"cell-{number}",
        "metadata": {},
        "outputs": [],
        "source": lines,
    }
