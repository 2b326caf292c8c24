"""The lab sheets as text: how they become notebooks, and what each has to hold whatever it teaches."""

from __future__ import annotations

import json

import nbformat
import pytest

from tenfold.errors import UsageError
from tenfold.labs.sheets import SHEETS, Sheet, cells_in, sheet_named
from tenfold.recipe.presets import names

all_sheets = pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)


def test_blocks_of_python_become_code_and_headings_begin_a_cell() -> None:
    markdown = "# A\n\nOne.\n\n```python\na = 1\n\nb = 2\n```\n\nTwo.\n\n## B\n\n```sh\nls\n```\n"
    assert [(cell.kind, cell.source) for cell in cells_in(markdown)] == [
        ("text", "# A\n\nOne."),
        ("code", "a = 1\n\nb = 2"),
        ("text", "Two."),
        ("text", "## B\n\n```sh\nls\n```"),
    ]


def test_every_sheet_is_called_after_its_recipe() -> None:
    assert set(SHEETS) <= set(names())
    with pytest.raises(UsageError, match=r"frist: no lab sheet of this name\. Did you mean 'first'"):
        sheet_named("frist")


@all_sheets
def test_a_notebook_is_valid_and_holds_no_outputs(sheet: Sheet) -> None:
    notebook = nbformat.reads(sheet.notebook(), as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) > 10
    assert not any(cell.outputs for cell in code)
    assert json.loads(sheet.notebook())["nbformat_minor"] == 5


@all_sheets
def test_a_sheet_has_both_voices_and_ends_with_what_is_left_open(sheet: Sheet) -> None:
    assert "keras.layers" in sheet.text or "from keras import layers" in sheet.text
    assert f'tenfold.train("{sheet.name}", data' in sheet.text
    last_section = sheet.text.rpartition("\n## ")[2]
    assert "left open" in last_section.lower()
    assert "display(*" in sheet.text  # the findings of a run


@all_sheets
def test_lines_are_as_long_as_lines_are(sheet: Sheet) -> None:
    assert not [line for line in sheet.text.splitlines() if len(line) > 120 and not line.startswith("|")]
