"""Holding out part of a set: stratified, and the same for the same seed on every machine.

Each class gives its share, so that a rare class is never missing on one side by bad luck, and the pictures of each
class are drawn at random, so that the order of a file (often sorted by class, or by writer) never decides.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tenfold.errors import DataError, UsageError
from tenfold.images.dataset import Dataset, Labels, Split
from tenfold.images.pixels import taken

Indices = npt.NDArray[np.int64]


def stratified(labels: Labels, fraction: float, seed: int) -> tuple[Indices, Indices]:
    """Which pictures are kept and which are held out, each in the order of the file.

    Every class with two or more pictures is on both sides; a class with one is kept. The held-out part is `fraction`
    of the whole as nearly as that allows.
    """
    if not 0 < fraction < 1:
        raise UsageError("the fraction to hold out", found=f"{fraction:g}", expected="a number between 0 and 1")
    if seed < 0:
        raise UsageError("the seed of a split", found=str(seed), expected="a whole number from 0")
    # Raw bits, because their sequence for a seed is promised for all versions of NumPy; permutations are not.
    draw = np.random.PCG64(seed).random_raw(len(labels))
    classes, counts = np.unique(labels, return_counts=True)
    held: list[Indices] = []
    for label, share in zip(classes, _shares(counts, fraction), strict=True):
        members = np.flatnonzero(labels == label)
        held.append(members[np.argsort(draw[members], kind="stable")[:share]])
    held_out = np.sort(np.concatenate(held)) if held else np.empty(0, np.int64)
    if not len(held_out):
        raise DataError(
            "the split",
            found=f"{len(labels)} pictures of {len(classes)} classes",
            expected="at least one class with two pictures",
            do="add pictures",
        )
    kept = np.setdiff1d(np.arange(len(labels)), held_out, assume_unique=True)
    return kept, held_out


def folds(labels: Labels, count: int, seed: int) -> Indices:
    """The number of the fold, from 0, that each picture belongs to: every class spread evenly over all of them."""
    if not 2 <= count <= len(labels):
        raise UsageError(
            "the folds", found=f"{count:,} of {len(labels):,} pictures", expected="from 2 to as many folds"
        )
    draw = np.random.PCG64(seed).random_raw(len(labels))
    order = np.lexsort((draw, labels))  # class after class, each in a random order
    numbers = np.empty(len(labels), np.int64)
    numbers[order] = np.arange(len(labels)) % count
    return numbers


def split_in_two(split: Split, fraction: float, seed: int) -> tuple[Split, Split]:
    """The kept and the held-out part of a split."""
    kept, held_out = stratified(split.labels, fraction, seed)
    return (
        Split(taken(split.images, kept), split.labels[kept]),
        Split(taken(split.images, held_out), split.labels[held_out]),
    )


def with_validation(dataset: Dataset, fraction: float, seed: int) -> Dataset:
    """The dataset with `fraction` of its training pictures held out as `validation`.

    A dataset that came with validation pictures of its own keeps those; a fraction of 0 changes nothing.
    """
    if dataset.validation is not None or fraction == 0:
        return dataset
    train, validation = split_in_two(dataset.train, fraction, seed)
    return replace(dataset, train=train, validation=validation)


def _shares(counts: Indices, fraction: float) -> Indices:
    """How many pictures each class gives: whole numbers that add up to the fraction of all (largest remainders)."""
    exact = counts * fraction
    shares = np.floor(exact).astype(np.int64)
    missing = round(float(counts.sum() * fraction)) - int(shares.sum())
    shares[np.argsort(shares - exact, kind="stable")[:missing]] += 1
    return np.where(counts >= 2, np.clip(shares, 1, counts - 1), 0)
