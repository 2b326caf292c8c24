"""What the network says about each digit, looking again where it is not sure, and about digits that touch.

A digit of which it is not sure is shown again, turned a little and its strokes no thicker than usual
(`images/second_look.py`): the mean of what it says then counts. A picture that came in MNIST's frame is like those that
the network learned from, and has one answer.

A wide piece of ink is taken apart only where the network is sure of both halves, and surer than of the whole. Where it
may be cut is told by `images/touching.py`. A narrow one is hardly ever two, so it stays one and is warned of where the
network is as sure of its halves, and not quite certain of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tenfold.images.ink import Ink, Page
from tenfold.images.second_look import looks_at
from tenfold.images.touching import halves, may_be_two, might_be_two
from tenfold.images.unlike import warnings_about_frame

SURE = 0.9  # how probable the answer about either half has to be
UNSURE = 0.99  # below it a digit is looked at again
CERTAIN = 0.999  # of a narrow piece: its halves are not asked about
PERHAPS = "its halves look like digits as well: perhaps two digits that touch; leave a gap between them"
APART = "it touched its neighbour and was cut from it: leave a gap between digits"

Row = npt.NDArray[np.float32]  # (classes,): what the network says about one digit
Ask = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]  # (N, 28, 28, 1) to (N, classes)


class Seen(NamedTuple):
    """One digit, and what the network says about it."""

    ink: Ink
    row: Row
    surest: float = 0.0  # at any of several looks, where there were some

    @property
    def sure(self) -> float:
        return float(self.row.max())


def seen_on(pages: Sequence[Page], ask: Ask) -> list[list[Seen]]:
    """The digits of each page in reading order, touching ones apart; `ask` is given those of all pages at once."""
    wholes = seen_again(seen([ink for page in pages for ink in page.digits], ask), ask)
    scales = [page.scale for page in pages for _ in page.digits]
    ways = [halves(whole.ink, scale) if is_doubtful(whole) else [] for whole, scale in zip(wholes, scales, strict=True)]
    parts = iter(seen([half for pairs in ways for pair in pairs for half in pair], ask))
    digits = iter(
        [apart(whole, [(next(parts), next(parts)) for _ in pairs]) for whole, pairs in zip(wholes, ways, strict=True)]
    )
    return [[digit for _ in page.digits for digit in next(digits)] for page in pages]


def seen(inks: Sequence[Ink], ask: Ask) -> list[Seen]:
    if not inks:
        return []
    rows = ask(np.stack([ink.image for ink in inks])[..., np.newaxis])
    return [Seen(ink, row) for ink, row in zip(inks, rows, strict=True)]


def seen_again(wholes: Sequence[Seen], ask: Ask) -> list[Seen]:
    """The same digits; where the network was not sure of one, with the mean of what it says about other looks at it."""
    unsure = [place for place, whole in enumerate(wholes) if whole.sure < UNSURE and not whole.ink.came_framed]
    if not unsure:
        return list(wholes)
    looks = np.stack([looks_at(wholes[place].ink.image) for place in unsure])  # (unsure, looks, 28, 28)
    rows = ask(looks.reshape(-1, *looks.shape[2:])[..., np.newaxis]).reshape(*looks.shape[:2], -1)
    again = {
        place: wholes[place]._replace(row=row.mean(axis=0), surest=max(wholes[place].sure, float(row.max())))
        for place, row in zip(unsure, rows, strict=True)
    }
    return [again.get(place, whole) for place, whole in enumerate(wholes)]


def is_doubtful(whole: Seen) -> bool:
    """Whether a piece of ink may be two digits: it is wide, or narrow and not quite certain."""
    return may_be_two(whole.ink) or (might_be_two(whole.ink) and whole.sure < CERTAIN)


def apart(whole: Seen, pairs: Sequence[tuple[Seen, Seen]]) -> tuple[Seen, ...]:
    """The two digits that are surest of all pairs of halves, or the whole where these are no surer than it.

    A narrow one stays whole, and one of which the network was surer at some look at it, with a warning where it would
    have been cut otherwise.
    """
    best = max(pairs, key=lambda pair: pair[0].sure * pair[1].sure, default=None)
    sure = min(half.sure for half in best) if best else 0.0
    if best is None or not sure >= max(SURE, whole.sure):  # nor where they are no numbers
        return (whole,)
    if not may_be_two(whole.ink) or whole.surest > sure:
        return (whole._replace(ink=replace(whole.ink, warnings=(*whole.ink.warnings, PERHAPS))),)
    return tuple(
        half._replace(ink=replace(half.ink, warnings=(APART, *warnings_about_frame(half.ink.image)))) for half in best
    )
