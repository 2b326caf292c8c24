"""The order in which the digits of a picture are read: row after row, each from left to right.

A row is followed from digit to digit, each lying beside the one before it, so that a row may climb or fall across a
page that was photographed askew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tenfold.images.grouping import Box

BESIDE = 0.4  # of the lower one's height: how much of two neighbours in a row lies at the same height


def in_rows(boxes: Iterable[Box]) -> list[list[Box]]:
    """The boxes in rows, the topmost row first, each row from left to right."""
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: (box.left + box.right, box.top)):
        row = max(rows, key=lambda row: beside(row, box), default=None)
        if row is not None and beside(row, box) >= BESIDE:
            row.append(box)
        else:
            rows.append([box])
    return sorted(rows, key=height_of)


def beside(row: Sequence[Box], box: Box) -> float:
    """How much of the row's last box and this one lies at the same height."""
    last = row[-1]
    shared = min(last.bottom, box.bottom) - max(last.top, box.top)
    return shared / min(last.height, box.height)


def height_of(row: Sequence[Box]) -> float:
    """Where a row begins: the middle of its first box."""
    return (row[0].top + row[0].bottom) / 2
