"""Small tables for people: as lines of text whose cells stand under one another, and as HTML for a notebook.

It owns how a share and a count are written, in a cell and in a sentence alike.

What stands in the cells is the caller's. In HTML every cell is escaped here, so nobody can forget it; in text whoever
puts a name from a file into a cell makes it harmless (`tenfold.errors.one_line`), as everywhere on a terminal.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from tenfold.errors import one_line

FEW, MANY = 100, 2000  # pictures: of fewer a share has no decimal, of more it has two
MOST_DECIMALS = 4  # of a share in per cent; what these cannot tell from 0 or 100 is "under" or "over"


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


def percent(share: float | None, decimals: int = 1, *, of: int | None = None) -> str:
    """A share for people; a dash where it is not known.

    0 and 100 % are said only where they are exact: else it has more decimals until it is true. `of`, the number of
    pictures that it is a share of, decides the decimals instead: as many as so many pictures can carry.
    """
    if share is None:
        return "-"
    if of is not None:
        decimals = 0 if of < FEW else 1 if of < MANY else 2
    if not 0 < share < 1:
        return f"{100 * share:.{decimals}f} %"
    for number in range(decimals, MOST_DECIMALS + 1):
        text = f"{100 * share:.{number}f}"
        if 0 < float(text) < 100:
            return f"{text} %"
    least = 10.0**-MOST_DECIMALS
    return f"under {least:.{MOST_DECIMALS}f} %" if share < 0.5 else f"over {100 - least:.{MOST_DECIMALS}f} %"


def plural(count: int, one: str, many: str = "") -> str:
    """A count and what is counted: "1 picture", "2 pictures", "1,200 classes" with `many` given."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


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
