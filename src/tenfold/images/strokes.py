"""Which of the ink on a paper was written by hand: printed lines, shadows at the border and specks are left out.

- **Threshold**: what is half as dark as a stroke, and everything fainter that hangs together with it (hysteresis), so
  that a stroke does not break where the pen was light.
- **Lines**: whatever runs straight from border to border, up to 15 degrees askew, level or upright, is a printed line.
  It is taken away where it is as thin as it is elsewhere, so that strokes which cross it stay.
- **Border**: ink along the border, as thin as a shadow of the page's edge or longer than half a side, is none.

Which strokes together make a digit is told by `grouping.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from tenfold.images.paper import Floats, Paper, level

Mask = npt.NDArray[np.bool_]  # (height, width)
Votes = npt.NDArray[np.float64]

STRONG, WEAK = 0.5, 0.3  # parts of a full stroke's contrast
EIGHT = np.ones((3, 3), bool)  # pixels that touch at a corner hang together

COARSE = 300  # pixels of the longest side on which lines are looked for
ASKEW = np.radians(15)  # how far from level, or upright, they may be
ACROSS = 0.6  # of a line's length that has to be inked
ENDS = 0.08  # of it at either end, which a digit does not reach
THICKER = 1.6  # times the line's own thickness: there a stroke crosses it
DARKER = 1.4  # times its own darkness: there a stroke lies on it
MOST_LINES = 120

BORDER = 0.03  # of the shorter side: how thick a shadow along the border may be
ALONG = 0.5  # of a side: ink along the border that is longer is no digit


@dataclass(frozen=True, eq=False)
class Strokes:
    """The ink that was written."""

    mask: Mask
    coverage: Floats  # (height, width): how much of each pixel ink covers, 0 to 1, also just beyond the mask
    full: float  # the contrast of a stroke; 0 where there is none
    lines: int  # printed lines that were taken away


def strokes_of(paper: Paper) -> Strokes:
    """The strokes on a paper."""
    everything = paper.contrast > max(paper.least, WEAK * paper.full)
    printed, lines = printed_lines(everything, paper.contrast)
    contrast = np.where(printed, 0, paper.contrast)
    full = level(contrast, paper.least)
    mask = without_border(connected(contrast, full, paper.least))
    if lines and not mask.any():  # the picture is nothing but a stroke from border to border
        contrast, lines, full = paper.contrast, 0, paper.full
        mask = without_border(connected(contrast, full, paper.least))
    coverage = np.clip(contrast / max(full, 1e-6), 0, 1).astype(np.float32)
    return Strokes(mask, coverage, full if mask.any() else 0.0, lines)


def connected(contrast: Floats, full: float, least: float) -> Mask:
    """What is as dark as a stroke, and what is fainter and hangs together with it."""
    weak = contrast > max(least, WEAK * full)
    labels, count = ndimage.label(weak, EIGHT)
    strong = np.zeros(count + 1, bool)
    strong[np.unique(labels[contrast > max(least, STRONG * full)])] = True
    strong[0] = False
    return np.asarray(strong[labels])


def without_border(mask: Mask) -> Mask:
    """The mask without what lies along the border and is no stroke."""
    height, width = mask.shape
    labels, count = ndimage.label(mask, EIGHT)
    keep = np.ones(count + 1, bool)
    keep[0] = False
    thin = BORDER * min(height, width)
    sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    boxes = ndimage.find_objects(labels)
    for position, side in enumerate(sides):
        at_border = np.bincount(side, minlength=count + 1)
        for number in np.flatnonzero(at_border[1:]) + 1:
            rows, columns = boxes[number - 1]
            across = rows if position < 2 else columns
            long = at_border[number] > ALONG * len(side)
            if long or (across.stop - across.start <= thin and at_border[number] >= 2):
                keep[number] = False
    return np.asarray(keep[labels])


def printed_lines(mask: Mask, contrast: Floats) -> tuple[Mask, int]:
    """The pixels of printed lines in `mask`, and how many lines there are."""
    level_lines, level_count = lines_across(mask, contrast)
    upright_lines, upright_count = lines_across(mask.T, contrast.T)
    return level_lines | upright_lines.T, level_count + upright_count


def lines_across(mask: Mask, contrast: Floats) -> tuple[Mask, int]:
    """The pixels of lines from the left border to the right one."""
    found = straight_lines(mask)
    lines = np.zeros_like(mask)
    if not found:
        return lines, 0
    height, width = mask.shape
    above, below = run_ends(mask)
    x = np.arange(width)
    for start, slope, reach in found:
        y = np.rint(start + slope * x).astype(int)
        rows = y + np.arange(-reach, reach + 1)[:, np.newaxis]  # (2 reach + 1, width)
        on = mask[rows.clip(0, height - 1), x] & (rows >= 0) & (rows < height)
        rows = rows.clip(0, height - 1)
        length = np.where(on, below[rows, x] - above[rows, x] - 1, 0).max(axis=0)  # (width,)
        dark = np.where(on, contrast[rows, x], 0).max(axis=0)
        there = length > 0
        if not there.any():
            continue
        thin = there & (length <= THICKER * np.median(length[there]) + 1)
        thin &= dark <= DARKER * np.median(dark[there])
        for column in np.flatnonzero(thin):
            row = rows[np.argmax(on[:, column]), column]
            lines[above[row, column] + 1 : below[row, column], column] = True
    return lines, len(found)


def run_ends(mask: Mask) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """For each pixel the last empty row above it and the next one below, in its column."""
    height = mask.shape[0]
    row = np.arange(height)[:, np.newaxis]
    above = np.maximum.accumulate(np.where(mask, -1, row), axis=0)
    below = np.minimum.accumulate(np.where(mask, height, row)[::-1], axis=0)[::-1]
    return above, below


def straight_lines(mask: Mask) -> list[tuple[float, float, int]]:
    """The lines that reach from the left border to the right one: where each starts, its slope, and how far to look.

    Every pixel of a coarse mask votes, at each angle, for the line that it would lie on. A line has votes from most
    columns, and from those at both ends.
    """
    step = max(1, -(-max(mask.shape) // COARSE))
    height, width = (side // step for side in mask.shape)
    if height < 8 or width < 16:
        return []
    blocks = mask[: height * step, : width * step].reshape(height, step, width, step)
    y, x = np.nonzero(blocks.any(axis=(1, 3)))
    steepest = np.tan(ASKEW)
    slopes = np.linspace(-steepest, steepest, 2 * int(steepest * width / 1.4) + 1)  # at the far end 1.4 pixels apart
    shift = int(width * steepest / 2) + 2
    some_at_a_time = np.array_split(slopes, len(slopes) // 16 + 1)  # for one picture may be all ink
    votes = np.concatenate([votes_for(some, y, x, width, height + 2 * shift, shift) for some in some_at_a_time])
    return peaks(votes, slopes, width, shift, step)


def votes_for(
    slopes: Votes, y: npt.NDArray[np.int_], x: npt.NDArray[np.int_], width: int, size: int, shift: int
) -> Votes:
    """The part of its columns that each line has, (slopes, size): which slope, and its height in the middle."""
    place = np.rint(y - (x - width / 2) * slopes[:, np.newaxis]).astype(int) + shift  # (slopes, pixels)
    end = max(2, int(ENDS * width))
    # A line may drift by a pixel: its neighbours count, but no column twice.
    whole = np.minimum(tallied(place, size) * 0.75, width)
    first, last = (tallied(place[:, at_end], size) for at_end in (x < end, x >= width - end))
    return np.where((first >= 0.6 * end) & (last >= 0.6 * end), whole / width, 0)


def tallied(place: npt.NDArray[np.int_], size: int) -> npt.NDArray[np.int_]:
    """How often each of `size` places, or one beside it, is in each row of `place` (rows, pixels)."""
    rows = np.arange(len(place))[:, np.newaxis] * size
    here = np.bincount((rows + place).ravel(), minlength=len(place) * size).reshape(len(place), size)
    near = here.copy()
    near[:, 1:] += here[:, :-1]
    near[:, :-1] += here[:, 1:]
    return near


def peaks(votes: Votes, slopes: Votes, width: int, shift: int, step: int) -> list[tuple[float, float, int]]:
    """The lines with the most votes, one after another, until the next would have too few."""
    found: list[tuple[float, float, int]] = []
    while len(found) < MOST_LINES:
        index, place = np.unravel_index(np.argmax(votes), votes.shape)
        if votes[index, place] < ACROSS:
            break
        start = float(place) - shift - float(slopes[index]) * width / 2
        found.append(((start + 0.5) * step, float(slopes[index]), 2 * step))
        votes[:, max(0, int(place) - 3) : int(place) + 4] = 0  # the same line at other angles
    return found
