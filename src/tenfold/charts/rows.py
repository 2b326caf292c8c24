"""What goes into a chart, made harmless and small: rows as plain JSON, names as text that can be shown.

Field names are always this package's own words; whatever comes from a user is a value, so a dot, a bracket or a quote
in it means nothing to Vega. Numbers are rounded to six digits, which no eye can tell from more; what is not finite
becomes null, which is not drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from tenfold.errors import InputError, one_line

DIGITS = 6
LONGEST_NAME = 40  # characters; axes cut earlier, tooltips do not


def table(rows: Iterable[Mapping[str, Any]]) -> alt.InlineData:
    """Rows as a chart's data, in a tuple: lists Altair copies again for every layer and every chart that holds one."""
    return alt.InlineData(values=tuple({name: plain(value) for name, value in row.items()} for row in rows))


def plain(value: Any) -> Any:
    """A number, a text or null: what JSON can say of `value`."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        number = float(value)
        return float(f"{number:.{DIGITS}g}") if math.isfinite(number) else None
    return value if value is None else str(value)


def shown(names: Iterable[object]) -> list[str]:
    """Class names as a chart shows them: one line, not too long, and still different where they were."""
    texts: list[str] = []
    taken: set[str] = set()
    for name in names:
        text = once = clipped(one_line(name)) or "(no name)"
        number = 1
        while text in taken:
            number += 1
            text = f"{once} ({number})"
        taken.add(text)
        texts.append(text)
    return texts


def clipped(text: str, longest: int = LONGEST_NAME) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def text_of(text: object) -> str:
    """A title or a label from somebody else, as one harmless line."""
    return clipped(one_line(text), 200)


def square(counts: Any, classes: Sequence[object], thing: str) -> np.ndarray[Any, Any]:
    """`counts` as an array of shape (classes, classes), or one line that says what it is instead."""
    array = np.asarray(counts)
    expected = (len(classes), len(classes))
    if array.shape != expected or not len(classes):
        raise InputError(
            thing, found=f"an array of shape {array.shape}", expected=f"shape {expected}, true × predicted"
        )
    return array
