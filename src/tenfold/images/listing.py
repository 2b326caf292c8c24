"""A list of picture files that were found somewhere, before any of them is opened.

Folders and archives are walked in different ways and end in the same `Listing`. This module owns that noun and the
names that are never looked at; what the names mean is told by `layout.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from tenfold.errors import one_line
from tenfold.images.picture import SUFFIXES
from tenfold.text_table import plural

SHOWN = 3  # names in a sentence
LITTER = frozenset({"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "icon\r"})


@dataclass(frozen=True)
class PictureFile:
    """A picture that can be read when its turn comes."""

    name: str  # from the top of the folder or archive, with slashes
    stamp: str  # changes whenever the picture does
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Listing:
    """Every picture below one place, every folder (for an empty one matters), and what was passed over."""

    thing: str
    files: tuple[PictureFile, ...]
    folders: tuple[str, ...]
    strangers: tuple[str, ...] = ()  # files that are not called like a picture
    links: tuple[str, ...] = ()  # links that were not followed
    hidden: tuple[str, ...] = ()  # folders that begin with a dot and hold pictures

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each kind of thing that was passed over."""
        return (
            *some(
                self.strangers,
                "file that is no png, jpg, bmp or gif was left out",
                "files that are no png, jpg, bmp or gif were left out",
            ),
            *some(self.links, "link that leads elsewhere was left out", "links that lead elsewhere were left out"),
            *some(
                self.hidden,
                "hidden folder with pictures was passed over (a name that begins with a dot is hidden)",
                "hidden folders with pictures were passed over (a name that begins with a dot is hidden)",
            ),
        )


def some(names: Iterable[str], one: str, more: str) -> tuple[str, ...]:
    """'2 links were left out: a, b.', or nothing where there are none."""
    known = list(names)
    if not known:
        return ()
    listed = ", ".join(one_line(name) for name in known[:SHOWN]) + (", …" if len(known) > SHOWN else "")
    return (f"{plural(len(known), one, more)}: {listed}.",)


def is_litter(name: str) -> bool:
    """Whether a file or folder was put there by the system and not by a person: hidden ones, thumbnails, forks."""
    return name.startswith(".") or name.casefold() in LITTER


def is_hidden(name: str) -> bool:
    """Whether litter might be a person's own after all: only its first letter hides it."""
    return name.startswith(".") and name.casefold() not in LITTER


def is_called_like_a_picture(name: str) -> bool:
    return PurePosixPath(name).suffix.casefold() in SUFFIXES


def as_text(name: str) -> str:
    """A file name that can be written as UTF-8: bytes that are no text stay visible as escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
