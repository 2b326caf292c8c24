"""How many training pictures are scored again at the end of an epoch.

The engine draws so many, and whoever reads a run's numbers has to know how many it were to say how sure they are. It
imports nothing heavy, so that the findings of a run that was stopped are told at once.
"""

from __future__ import annotations

import math

ONE_IN = 10  # rows; scoring takes a third of the time of training, so this costs a thirtieth of an epoch
FEWEST, MOST = 1_000, 5_000  # rows: below, chance would draw the curve; above, it hardly gets any smoother
BATCH = 256  # rows at most: as quick as any size, whatever was trained with


def rescored_batches(rows: int) -> tuple[int, int]:
    """Of so many rows: in how many batches those are scored that are, and how many each has. All are of equal size."""
    wanted = min(rows, max(FEWEST, min(rows // ONE_IN, MOST)))
    batches = math.ceil(wanted / BATCH)
    return batches, wanted // batches if batches else 0


def rescored_rows(rows: int) -> int:
    """How many of so many rows are scored again."""
    batches, size = rescored_batches(rows)
    return batches * size
