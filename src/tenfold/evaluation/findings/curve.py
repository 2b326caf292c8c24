"""What a curve over the epochs says: its scatter, its slope and whether it has turned, each held against chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenfold.evaluation.chance import STUDENT_95

FEWEST = 5  # epochs, before a curve can have turned
RISE = 0.05  # of the lowest loss: less is not worth a word
STRICT = 4.0  # standard errors by which a rise must exceed the scatter; the lowest of many points is low by chance


@dataclass(frozen=True)
class Trend:
    """The slope of a curve an epoch, and where it lies with 95 % confidence."""

    slope: float
    low: float
    high: float


def trend(values: Sequence[float]) -> Trend:
    """The slope of the straight line through `values`, from three to eight of them."""
    y = np.asarray(values, np.float64)
    x = np.arange(len(y)) - (len(y) - 1) / 2
    slope = float(x @ y / (x @ x))
    left = y - y.mean() - slope * x
    error = float(np.sqrt(left @ left / (len(y) - 2) / (x @ x)))
    reach = STUDENT_95[len(y) - 3] * error
    return Trend(slope, slope - reach, slope + reach)


def scatter(values: Sequence[float]) -> float:
    """How far single points stray from a smooth curve: its second differences, in which a slope cancels out.

    Their median, for the steep first epochs of a training are a bend and no scatter.
    """
    bends = np.diff(np.asarray(values, np.float64), n=2)
    return float(np.median(np.abs(bends)) / (0.6745 * np.sqrt(6))) if len(bends) else 0.0


@dataclass(frozen=True)
class Turn:
    """A loss that has risen again: when it was lowest (epochs from 1), how low, and where it is now."""

    epoch: int
    lowest: float
    now: float


def turn(losses: Sequence[float]) -> Turn | None:
    """Since when a loss rises, if it does by more than its own scatter explains."""
    if len(losses) < FEWEST:
        return None
    y = np.asarray(losses, np.float64)
    best = int(np.argmin(smoothed(y)))
    after = len(y) - 1 - best
    if after < 2:
        return None
    last = y[-min(3, after) :]
    around = y[max(0, best - 1) : best + 2]
    lowest, now = float(around.mean()), float(last.mean())
    error = scatter(losses) * np.sqrt(1 / len(around) + 1 / len(last))
    if now - lowest <= max(STRICT * error, RISE * abs(lowest)):
        return None
    return Turn(best + 1, float(y[best]), float(y[-1]))


def smoothed(y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The mean of each point and its neighbours."""
    padded = np.concatenate([y[:1], y, y[-1:]])
    return np.asarray((padded[:-2] + padded[1:-1] + padded[2:]) / 3)
