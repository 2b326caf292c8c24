"""What was met while pictures were read, kept so that an audit can name files and not only numbers.

A `Reading` is a record and nothing more. The readers of folders and archives fill it; `audit.py` tells about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Unreadable:
    """A picture that was left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class OwnSize:
    """One size that pictures had before they were brought to the common one, and the first picture that had it."""

    height: int
    width: int
    count: int
    example: str


@dataclass(frozen=True)
class Reading:
    """The file behind each picture of each split, the pictures left out, and the sizes that the others came in."""

    names: Mapping[str, tuple[str, ...]]
    unreadable: tuple[Unreadable, ...] = ()
    sizes: tuple[OwnSize, ...] = ()  # the commonest first
