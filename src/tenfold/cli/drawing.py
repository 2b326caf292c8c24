"""Pictures made of characters: curves and a confusion matrix, as lines of text for a terminal.

Every function here turns numbers and names into lines and prints nothing. Two lines in one picture differ by how they
are drawn and are named where they end, never by colour alone. `plain` draws with ASCII, for a stream that has nothing
else; without it curves are dots of Braille, two across and four down in each character.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import IO

from tenfold.errors import one_line

HEIGHT = 8  # lines that a curve may take
BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # a dot's bit, by row and column in its character
KEYS = ("⠒⠒⠒", "⠒ ⠒")  # how the first curve is drawn, and the second
PLAIN_KEYS = ("*", "o")
SMALLEST_PLOT = 8  # characters across, however narrow the terminal
WIDEST_NAME = 16  # characters of a class' name at the left of the matrix
NARROWEST_CELL = 4  # characters of a column of the matrix, with the gap before it
MARKED = 3  # cells of the matrix that are marked as the most confused

ASCII = str.maketrans({"“": '"', "”": '"', "’": "'", "→": ">", "•": "*", "×": "x", "–": "-", "…": "..."})

Points = Sequence[float | None]  # one number an epoch; None where there is none


def can_show(stream: IO[str]) -> bool:
    """Whether `stream` has Braille and the lines of a table, or only ASCII."""
    try:
        "⣿│└─…·".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def in_ascii(text: str) -> str:
    """`text` with the signs that sentences of Tenfold have, in ASCII; letters of other alphabets stay."""
    return text.translate(ASCII)


def curves(series: Mapping[str, Points], *, width: int, height: int = HEIGHT, plain: bool = False) -> list[str]:
    """One or two curves over the epochs, with their range at the left and their names at the right, where they end.

    Of a single epoch there is nothing to draw, and no line.
    """
    shown = {name: points for name, points in series.items() if any(point is not None for point in points)}
    finite = [point for points in shown.values() for point in points if point is not None]
    if len(finite) < 2 or max(map(len, shown.values())) < 2:
        return []
    low, high, epochs = min(finite), max(finite), max(map(len, shown.values()))
    keys = PLAIN_KEYS if plain else KEYS
    ends = [f"{key} {name} {number(last(points))}" for key, (name, points) in zip(keys, shown.items(), strict=False)]
    left = max(len(number(low)), len(number(high)))
    across = max(SMALLEST_PLOT, width - left - 2 - max(map(len, ends)) - 1)
    canvas = Canvas(across, height, plain)
    rows = [
        canvas.draw(points, epochs=epochs, low=low, high=high, key=index) for index, points in enumerate(shown.values())
    ]
    named = dict(zip(apart(rows, height), ends, strict=True))
    bar, corner, floor = ("|", "+", "-") if plain else ("│", "└", "─")
    lines = []
    for row, drawn in enumerate(canvas.lines()):
        scale = number(high) if row == 0 else number(low) if row == height - 1 and low != high else ""
        lines.append(f"{scale:>{left}} {bar}{drawn:{across}} {named.get(row, '')}".rstrip())
    lines.append(f"{'':{left}} {corner}{floor * across}")
    lines.append(f"{'':{left}}  {under(epochs, across)}")
    return lines


def last(points: Points) -> float:
    return next(point for point in reversed(points) if point is not None)


def number(value: float) -> str:
    return f"{value:.4g}"


def under(epochs: int, across: int) -> str:
    """What stands below the axis: the first epoch, the word, the last epoch."""
    return f"1{'epoch':^{across - 1 - len(str(epochs))}}{epochs}"


def apart(rows: Sequence[int], height: int) -> list[int]:
    """The lines on which the curves' names stand: where they end, and one line apart where that is the same."""
    if len(set(rows)) == len(rows):
        return list(rows)
    return [rows[0], rows[0] - 1 if rows[0] == height - 1 else rows[0] + 1]


class Canvas:
    """Characters to draw curves on, dot by dot; dots are counted from the upper left corner."""

    def __init__(self, across: int, down: int, plain: bool) -> None:
        self.plain = plain
        self.per_column, self.per_row = (1, 1) if plain else (2, 4)  # dots in one character
        self.width, self.height = across * self.per_column, down * self.per_row
        self.cells = [[0] * across for _ in range(down)]  # Braille's bits, or the code of a character

    def draw(self, points: Points, *, epochs: int, low: float, high: float, key: int) -> int:
        """Draw one curve; the line of characters in which it ends."""
        before: tuple[int, int] | None = None
        for index, point in enumerate(points):
            if point is None:
                before = None
                continue
            x = round(index / (epochs - 1) * (self.width - 1))
            share = (point - low) / (high - low) if high > low else 0.5
            here = x, round((1 - share) * (self.height - 1))
            for dot in between(before or here, here):
                self.dot(*dot, key)
            before, end = here, here
        return end[1] // self.per_row

    def dot(self, x: int, y: int, key: int) -> None:
        row, column = y // self.per_row, x // self.per_column
        if self.plain:
            self.cells[row][column] = ord(PLAIN_KEYS[key])
        elif key == 0 or column % 2 == 0 or x >= self.width - 2:  # the second curve is dashed, and ends in a dot
            self.cells[row][column] |= DOTS[y % 4][x % 2]

    def lines(self) -> list[str]:
        start = 0 if self.plain else BRAILLE
        return ["".join(chr(start + cell) if cell else " " for cell in row) for row in self.cells]


def between(start: tuple[int, int], end: tuple[int, int]) -> Iterable[tuple[int, int]]:
    """The dots of a straight line from one dot to another, both included."""
    (x0, y0), (x1, y1) = start, end
    steps = max(abs(x1 - x0), abs(y1 - y0), 1)
    return [(round(x0 + (x1 - x0) * step / steps), round(y0 + (y1 - y0) * step / steps)) for step in range(steps + 1)]


def confusion(counts: Sequence[Sequence[int]], classes: Sequence[str], *, width: int, plain: bool = False) -> list[str]:
    """The confusion matrix, true classes down and answers across, the most confused in brackets; [] if it is too wide.

    A column's name is cut to its width: the rows have the same names in the same order, and whole.
    """
    from rich.cells import cell_len

    names = [one_line(name) for name in classes]
    most = max(max(row, default=0) for row in counts) if counts else 0
    left = min(WIDEST_NAME, max(map(cell_len, [*names, "true"])))
    narrowest = max(NARROWEST_CELL, len(f"{most}") + 3)  # a gap, and brackets
    cell = min(max(narrowest, max(map(cell_len, names), default=0) + 2), (width - left) // max(1, len(names)))
    if cell < narrowest:
        return []
    marked = {(true, said) for _, true, said in pairs(counts)[:MARKED]}
    header = "".join(flush_right(cut(name, cell - 2, plain), cell - 1) + " " for name in names)
    lines = [f"{flush_left('true', left)}{header}".rstrip()]
    for true, row in enumerate(counts):
        cells = "".join(
            f"{f'[{count}]':>{cell}}" if (true, said) in marked else f"{zero(count, plain):>{cell - 1}} "
            for said, count in enumerate(row)
        )
        lines.append(f"{flush_left(cut(names[true], left, plain), left)}{cells}".rstrip())
    return lines


def pairs(counts: Sequence[Sequence[int]]) -> list[tuple[int, int, int]]:
    """How often, the true class and the answer, for every pair that was confused; the most frequent first."""
    confused = [
        (count, true, said)
        for true, row in enumerate(counts)
        for said, count in enumerate(row)
        if count and true != said
    ]
    return sorted(confused, key=lambda pair: (-pair[0], pair[1:]))


def zero(count: int, plain: bool) -> str:
    """A count; where nothing was, a dot that leaves the eye to the others."""
    return str(count) if count else "." if plain else "·"


def cut(name: str, width: int, plain: bool) -> str:
    """As much of `name` as `width` characters show; some take two."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(name) <= width:
        return name
    more = "." if plain else "…"
    return set_cell_size(name, max(0, width - 1)).rstrip() + more


def flush_left(text: str, width: int) -> str:
    from rich.cells import cell_len

    return text + " " * (width - cell_len(text))


def flush_right(text: str, width: int) -> str:
    from rich.cells import cell_len

    return " " * (width - cell_len(text)) + text
