"""Small tables for people: as lines of text whose cells stand under one another, and as HTML for a notebook.

What stands in the cells is the caller's. In HTML every cell is escaped here, so nobody can forget it; in text whoever
puts a name from a file into a cell makes it harmless (`tenfold.errors.one_line`), as everywhere on a terminal.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from tenfold.errors import one_line

ROUNDING = 1e-9  # a share this near to none or all is one that sums of numbers did not quite reach


def columns(rows: Sequence[Sequence[str]], *, right: Iterable[int] = (), gap: str = "  ") -> list[str]:
    """`rows` as lines whose cells stand under one another; the columns numbered in `right` are flush right."""
    from rich.cells import cell_len

    flush_right = set(right)
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            " " * (width - cell_len(cell)) + cell if number in flush_right else cell + " " * (width - cell_len(cell))
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(gap.join(cells).rstrip())
    return lines


def percent(share: float | None, decimals: int = 1) -> str:
    """A share as the cell of a table; a dash where it is not known."""
    return "-" if share is None else f"{100 * share:.{decimals}f} %"


def true_percent(share: float, decimals: int) -> str:
    """A share for a sentence: 0 and 100 % are said where they are exact, and else with more decimals until true."""
    if not ROUNDING < share < 1 - ROUNDING:
        return percent(share, decimals)
    while float(f"{100 * share:.{decimals}f}") in (0, 100):
        decimals += 1
    return percent(share, decimals)


def html_table(rows: Sequence[Sequence[str]], *, right: Iterable[int] = (), caption: str = "") -> str:
    """`rows`, of which the first is the header, as an HTML table; the columns numbered in `right` are flush right."""
    flush_right = set(right)
    head, *body = [[_cell(cell, number in flush_right) for number, cell in enumerate(row)] for row in rows]
    header = "".join(f'<th scope="col"{style}>{text}</th>' for style, text in head)
    lines = "".join(f"<tr>{''.join(f'<td{style}>{text}</td>' for style, text in row)}</tr>" for row in body)
    title = f'<caption style="text-align:left">{escaped(caption)}</caption>' if caption else ""
    return f"<table>{title}<thead><tr>{header}</tr></thead><tbody>{lines}</tbody></table>"


def paragraphs(sentences: Iterable[str]) -> str:
    """Sentences as HTML, each a paragraph."""
    return "".join(f"<p>{escaped(sentence)}</p>" for sentence in sentences)


def _cell(text: str, flush_right: bool) -> tuple[str, str]:
    return f' style="text-align:{"right" if flush_right else "left"}"', escaped(text)


def escaped(text: object) -> str:
    """`text` as a page may show it: no markup, and no character that is unseen or turns the line around."""
    return html.escape(one_line(text))
