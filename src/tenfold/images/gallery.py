"""How a dataset looks in a notebook: for each class its name, how many pictures it has, and the first few of them.

One piece of HTML that needs nothing from anywhere: pictures are inline PNG, names are harmless, colours are the page's.
"""

from __future__ import annotations

import html

import numpy as np

from tenfold.errors import one_line
from tenfold.images.dataset import Dataset, Images
from tenfold.inline_png import inline_png

PICTURES = 12  # of each class
CLASSES = 40  # that are shown; a set with more says how many it left out
TALLEST = 64  # pixels; larger pictures are shown smaller


def gallery(dataset: Dataset) -> str:
    """The dataset as HTML."""
    counts = dataset.counts()
    head = "".join(f"<th>{split}</th>" for split in counts)
    rows = "".join(_row(dataset, label, name, counts) for label, name in enumerate(dataset.classes[:CLASSES]))
    more = len(dataset.classes) - CLASSES
    lines = [
        f"<strong>{escaped(dataset)}</strong>",
        f"<table><thead><tr><th>class</th>{head}<th></th></tr></thead><tbody>{rows}</tbody></table>",
        *([f"<p>… and {more:,} more classes</p>"] if more > 0 else []),
        *(f"<p>{escaped(note)}</p>" for note in dataset.notes),
        f"<p>From {escaped(dataset.source or 'memory')}. Licence: {escaped(dataset.licence)}.</p>",
    ]
    return f"<div>{''.join(lines)}</div>"


def _row(dataset: Dataset, label: int, name: str, counts: dict[str, dict[str, int]]) -> str:
    numbers = "".join(f"<td>{of_class[name]:,}</td>" for of_class in counts.values())
    first = np.flatnonzero(dataset.train.labels == label)[:PICTURES]
    strip = _strip(dataset.train.images[first], f"{len(first)} pictures of {name}") if len(first) else ""
    return f"<tr><td>{escaped(name)}</td>{numbers}<td>{strip}</td></tr>"


def escaped(text: object) -> str:
    """`text` as a page may show it: no markup, and no character that is unseen or turns the line around."""
    return html.escape(one_line(text))


def _strip(images: Images, description: str) -> str:
    """Pictures side by side, as one PNG in the page."""
    count, height, width, channels = images.shape
    side_by_side = images.transpose(1, 0, 2, 3).reshape(height, count * width, channels)
    source = inline_png(side_by_side, tallest=TALLEST)
    return f'<img alt="{escaped(description)}" src="{source}" style="image-rendering:pixelated">'
