"""Which lab sheets there are, and how the text of one becomes a notebook.

A sheet is written as Markdown: what stands in a ```python block is a code cell, what stands between is text. The
notebook beside it is made from that by `make docs`, so that people read and change text and never JSON.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from tenfold.errors import UsageError, did_you_mean
from tenfold.serve.cells import Cell, as_notebook

CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"\n(?=## )")  # a heading begins a cell of its own


@dataclass(frozen=True)
class Sheet:
    """One sheet: the name it is asked for by, and what one learns from it."""

    name: str
    title: str

    @property
    def text(self) -> str:
        """The sheet as it is written."""
        return (files("tenfold.labs") / f"{self.name}.md").read_text(encoding="utf-8")

    def notebook(self) -> str:
        """The sheet as an .ipynb file, without outputs."""
        return as_notebook(cells_in(self.text))


SHEETS = {
    sheet.name: sheet
    for sheet in (
        Sheet("first", "Sheet 0: your first network, and what each part of it does"),
        Sheet("hidden10", "Sheet 1: a hidden layer that is too small, made larger until it is good"),
        Sheet("wide", "Sheet 2: a wide network looked at from inside, and whether depth helps"),
        Sheet("cnn", "Sheet 3: a convolutional network, and the pictures that it gets wrong"),
        Sheet("mlp", "Sheet 4: a multilayer perceptron, and what holds it back from overfitting"),
    )
}


def sheet_named(name: str) -> Sheet:
    """The sheet of that name, or one line with the names there are."""
    if name not in SHEETS:
        raise UsageError(name, found="no lab sheet of this name", do=did_you_mean(name, SHEETS))
    return SHEETS[name]


def cells_in(markdown: str) -> list[Cell]:
    """The cells of a sheet, in order."""
    cells: list[Cell] = []
    for number, part in enumerate(CODE.split(markdown)):
        if number % 2:
            cells.append(Cell("code", part.strip("\n")))
        else:
            cells += [Cell("text", piece.strip()) for piece in SECTION.split(part) if piece.strip()]
    return cells
