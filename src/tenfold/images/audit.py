"""Whether the pictures are sound, before hours are spent on them: `audit(dataset)` counts, compares and tells.

An audit finds classes that are rare, pictures that occur twice (within a split, across splits, under two labels) or
nearly so across splits, constant pictures, pictures that could not be read, and pictures that came in an unusual size.
It changes nothing. It counts exactly, keeps the first thousand of each kind for programs and names a few in its text;
the search for equal pictures is in `duplicates.py`, that
for nearly equal ones in `near_duplicates.py`.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenfold.errors import one_line
from tenfold.images.dataset import Dataset
from tenfold.images.duplicates import PIECE, Place, place, same_pictures
from tenfold.images.listing import some
from tenfold.images.near_duplicates import near_pairs
from tenfold.images.reading import OwnSize, Unreadable
from tenfold.text_table import plural

SHOWN = 5  # of each kind of finding in the text
LISTED = 1000  # of each kind in JSON, which says how many there are in all
OF_A_SET = 20  # pictures of a set of equal ones that are listed
RARE = 10  # a class this many times smaller than the largest is called out


@dataclass(frozen=True)
class Audit:
    """What was found in a dataset: every count exact, every list cut at a thousand."""

    name: str
    source: str
    fingerprint: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]
    imbalance: Mapping[str, float]  # by split: the largest class is how many times the smallest; inf where one is empty
    within: Mapping[str, int]  # by split: pictures that repeat an earlier one of the same split
    across: Mapping[str, int]  # by pair such as "train and test": pictures of the second that the first holds too
    near: Mapping[str, int]  # by pair such as "train and test": pictures of the second that are nearly one of the first
    near_pairs: tuple[tuple[Place, Place, float], ...]  # of train, of the other split, and how like they are
    near_looked_at: Mapping[str, int]  # by pair: how many pictures of the second were looked at
    contradictory: int  # sets of equal pictures with different labels
    sets: int  # of equal pictures
    duplicates: tuple[tuple[Place, ...], ...]  # those sets, under two labels first, then across splits
    constant: int
    constant_pictures: tuple[Place, ...]
    unreadable: tuple[Unreadable, ...]
    sizes: tuple[OwnSize, ...]  # before they were brought to one, the commonest first; empty where that is not known

    @property
    def mis_sized(self) -> int:
        """How many pictures came in another size than most; none where no size is that of most."""
        common, others = sum(one.count for one in self.sizes[:1]), sum(one.count for one in self.sizes[1:])
        return others if common > others else 0

    @property
    def findings(self) -> tuple[str, ...]:
        """A sentence for everything that deserves a look; none means that nothing was found."""
        rare = [
            f"In {split} the largest class has {f'{ratio:.3g}' if ratio < 100 else f'{ratio:,.0f}'} times as many "
            "pictures as the smallest."
            for split, ratio in self.imbalance.items()
            if RARE <= ratio < np.inf
        ]
        empty = [
            sentence
            for split, counts in self.counts.items()
            for sentence in some(
                [name for name, count in counts.items() if not count],
                f"class has no picture in {split}",
                f"classes have no pictures in {split}",
            )
        ]
        across = [
            f"{plural(count, 'picture')} of {other} {'is' if count == 1 else 'are'} also in {one}: "
            "the result will look better than it is."
            for (one, other), count in ((pair.split(" and "), count) for pair, count in self.across.items())
            if count
        ]
        near = [
            f"{plural(count, 'picture')} of {other} {'is' if count == 1 else 'are'} nearly one of {one}: moved, "
            f"brighter, or a little noisy{self._of_those(f'{one} and {other}', other)}."
            for (one, other), count in ((pair.split(" and "), count) for pair, count in self.near.items())
            if count
        ]
        within = [
            f"{plural(count, 'picture')} of {split} {'repeats' if count == 1 else 'repeat'} another of {split}."
            for split, count in self.within.items()
            if count
        ]
        other = (
            (self.contradictory, "picture occurs under two labels.", "pictures occur under two labels."),
            (
                self.constant,
                "picture is one single colour: nothing is on it to tell its class by.",
                "pictures are one single colour: nothing is on them to tell their classes by.",
            ),
            (len(self.unreadable), "picture could not be read.", "pictures could not be read."),
            (self.mis_sized, "picture came in another size than most.", "pictures came in another size than most."),
        )
        others = [plural(count, one, more) for count, one, more in other if count]
        return (*across, *near, *others, *within, *empty, *rare)

    def _of_those(self, pair: str, split: str) -> str:
        """How many were looked at, where it was not all."""
        looked_at, all_of_it = self.near_looked_at[pair], sum(self.counts[split].values())
        return f" ({looked_at:,} of {all_of_it:,} were looked at)" if looked_at < all_of_it else ""

    def text(self) -> str:
        """The audit for a person, names made harmless for the terminal."""
        height, width, channels = self.shape
        lines = [
            f"{one_line(self.name)}: {height}×{width}, {plural(channels, 'channel')}, from {one_line(self.source)}"
        ]
        lines += ["", *count_table(self.classes, self.counts), ""]
        lines += self.findings or ("Nothing suspicious was found.",)
        lines += listed("Equal pictures under two labels", self._sets(two_labels=True), self.contradictory)
        lines += listed("Equal pictures", self._sets(two_labels=False), self.sets - self.contradictory)
        alike = [
            f"{one} ({self.classes[one.label]}) ≈ {other} ({self.classes[other.label]}), likeness {likeness:.3f}"
            for one, other, likeness in self.near_pairs
        ]
        lines += listed("Nearly equal pictures", alike, sum(self.near.values()))
        lines += listed("Of one colour", [str(one) for one in self.constant_pictures], self.constant)
        lines += listed("Unreadable", [f"{one.name}: {one.reason}" for one in self.unreadable])
        lines += listed(
            "Sizes they came in",
            [f"{one.height}×{one.width}: {one.count:,}, such as {one.example}" for one in self.sizes],
        )
        return "\n".join(lines)

    def _sets(self, *, two_labels: bool) -> list[str]:
        """The sets of equal pictures whose labels differ, or those whose labels do not, each in a line."""
        sets = [group for group in self.duplicates if contradict(group) == two_labels]
        return [" = ".join(f"{one} ({self.classes[one.label]})" for one in first_of(group, SHOWN)) for group in sets]

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        found = plural(len(self.findings), "thing deserves", "things deserve") if self.findings else "nothing deserves"
        return f"Audit of {one_line(self.name)}: {found} a look; print it for the whole"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.text())}</pre>"

    def as_json(self) -> dict[str, Any]:
        """The audit for a program. `imbalance` is null where a class is empty, for JSON has no infinity."""
        return {
            "name": self.name,
            "source": self.source,
            "fingerprint": self.fingerprint,
            "shape": list(self.shape),
            "classes": list(self.classes),
            "counts": {split: dict(counts) for split, counts in self.counts.items()},
            "imbalance": {split: ratio if np.isfinite(ratio) else None for split, ratio in self.imbalance.items()},
            "duplicates": {
                "within": dict(self.within),
                "across": dict(self.across),
                "contradictory": self.contradictory,
                "count": self.sets,
                "sets": [[as_row(one, self.classes) for one in group] for group in self.duplicates],
            },
            "near_duplicates": {
                "across": dict(self.near),
                "looked_at": dict(self.near_looked_at),
                "count": sum(self.near.values()),
                "pairs": [
                    {"pictures": [as_row(one, self.classes), as_row(other, self.classes)], "likeness": likeness}
                    for one, other, likeness in self.near_pairs
                ],
            },
            "constant": {
                "count": self.constant,
                "pictures": [as_row(one, self.classes) for one in self.constant_pictures],
            },
            "unreadable": {
                "count": len(self.unreadable),
                "pictures": [{"name": one.name, "reason": one.reason} for one in self.unreadable],
            },
            "sizes": [
                {"height": one.height, "width": one.width, "count": one.count, "example": one.example}
                for one in self.sizes
            ],
            "mis_sized": self.mis_sized,
            "findings": list(self.findings),
        }


def audit(dataset: Dataset) -> Audit:
    """Look at every picture of a dataset once."""
    constant = [place(dataset, *one) for one in constant_pictures(dataset)]
    empty = {(one.split, one.index) for one in constant}  # which are equal because there is nothing on them
    groups = [group for group in same_pictures(dataset) if (group[0].split, group[0].index) not in empty]
    within, across = repeated(groups, list(dataset.splits))
    near = {
        f"train and {name}": near_pairs(dataset.train.images, split.images)
        for name, split in dataset.splits.items()
        if name != "train"
    }
    counts = dataset.counts()
    reading = dataset.reading
    return Audit(
        name=dataset.name,
        source=dataset.source,
        fingerprint=dataset.fingerprint,
        shape=dataset.shape,
        classes=dataset.classes,
        counts=counts,
        imbalance={split: ratio(list(sizes.values())) for split, sizes in counts.items()},
        within=within,
        across=across,
        near={pair: len(found.pairs) for pair, found in near.items()},
        near_pairs=tuple(
            (place(dataset, "train", one.first), place(dataset, pair.split(" and ")[1], one.second), one.likeness)
            for pair, found in near.items()
            for one in found.pairs[:LISTED]
        ),
        near_looked_at={pair: found.looked_at for pair, found in near.items()},
        contradictory=sum(map(contradict, groups)),
        sets=len(groups),
        duplicates=tuple(first_of(group) for group in sorted(groups, key=worst_first)[:LISTED]),
        constant=len(constant),
        constant_pictures=tuple(constant[:LISTED]),
        unreadable=reading.unreadable if reading else (),
        sizes=reading.sizes if reading else (),
    )


def repeated(groups: Sequence[Sequence[Place]], splits: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """How many pictures repeat one of their own split, and how many of a later split an earlier one holds already."""
    within = dict.fromkeys(splits, 0)
    across = {f"{one} and {other}": 0 for i, one in enumerate(splits) for other in splits[i + 1 :]}
    for group in groups:
        members = Counter(one.split for one in group)
        for split, count in members.items():
            within[split] += count - 1
        for i, one in enumerate(splits):
            for other in splits[i + 1 :]:
                across[f"{one} and {other}"] += members[other] if members[one] else 0
    return within, across


def contradict(group: Sequence[Place]) -> bool:
    """Whether equal pictures have different labels."""
    return len({one.label for one in group}) > 1


def worst_first(group: Sequence[Place]) -> tuple[bool, int]:
    """The order of sets of equal pictures: those under two labels, those across splits, the others."""
    return not contradict(group), -len({one.split for one in group})


def first_of(group: Sequence[Place], most: int = OF_A_SET) -> tuple[Place, ...]:
    """The first of a set of equal pictures: one of each split, then of each label, then as they come."""
    splits = {one.split: one for one in reversed(group)}
    labels = {one.label: one for one in reversed(group)}
    kept = set(list(dict.fromkeys([*splits.values(), *labels.values(), *group]))[:most])
    return tuple(one for one in group if one in kept)


def constant_pictures(dataset: Dataset) -> list[tuple[str, int]]:
    """Pictures in which every pixel is the same."""
    found = []
    for name, split in dataset.splits.items():
        for start in range(0, len(split), PIECE):
            pixels = split.images[start : start + PIECE]  # (pictures, height, width, channels)
            same = (pixels == pixels[:, :1, :1]).all(axis=(1, 2, 3))
            found += [(name, start + int(index)) for index in np.flatnonzero(same)]
    return found


def ratio(sizes: Sequence[int]) -> float:
    return max(sizes) / min(sizes) if min(sizes) else float("inf")


def count_table(classes: Sequence[str], counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    """A column for each split, a row for each class."""
    names = [one_line(name) for name in classes]
    wide = max(len("class"), *(len(name) for name in names))
    rows = [f"{'class':<{wide}}" + "".join(f"{split:>12}" for split in counts)]
    for shown, name in zip(names, classes, strict=True):
        rows.append(f"{shown:<{wide}}" + "".join(f"{sizes[name]:>12,}" for sizes in counts.values()))
    return [*rows, f"{'all':<{wide}}" + "".join(f"{sum(sizes.values()):>12,}" for sizes in counts.values())]


def listed(title: str, lines: Sequence[str], total: int | None = None) -> list[str]:
    """A few lines under a title, how many more there are, and where those are to be seen."""
    if not lines:
        return []
    total = len(lines) if total is None else total
    known = "them all" if total == len(lines) else f"the first {len(lines):,}"
    more = [f"  and {total - SHOWN:,} more (--json lists {known})"] if total > SHOWN else []
    return ["", f"{title}:", *(f"  {one_line(line)}" for line in lines[:SHOWN]), *more]


def as_row(one: Place, classes: Sequence[str]) -> dict[str, Any]:
    return {"split": one.split, "index": one.index, "class": classes[one.label], "name": one.name}
