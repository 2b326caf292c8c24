"""A folder of pictures, a folder for each class in it, becomes a `Dataset`.

This module owns the walk: which files are looked at, and that no link leads out of the folder. What the names mean is
told by `layout.py`, how pictures are decoded by `picture.py` and `streaming.py`.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Unpack

from tenfold.errors import DataError, DataNotFound
from tenfold.images.collecting import HowRead, collected
from tenfold.images.dataset import Dataset
from tenfold.images.limits import LIMITS, Limits
from tenfold.images.listing import Listing, PictureFile, as_text, is_called_like_a_picture, is_hidden, is_litter
from tenfold.images.picture import picture_bytes


def read_folder(path: Path, **how: Unpack[HowRead]) -> Dataset:
    """The pictures below `path`, brought to `size` × `size` (28 unless asked otherwise)."""
    listing = listed_folder(path, how.get("limits", LIMITS))
    return collected(listing, name=as_text(path.resolve().name) or "pictures", **how)


def listed_folder(path: Path, limits: Limits = LIMITS) -> Listing:
    """Every picture below `path` and every folder, in the order of their names whatever the file system's is."""
    if not path.exists():
        raise DataNotFound(path, found="there is no such folder", do="check the path")
    if not path.is_dir():
        raise DataError(path, found="a file", expected="a folder")
    root = path.resolve()
    files: list[PictureFile] = []
    folders: list[str] = []
    strangers: list[str] = []
    links: list[str] = []
    hidden: list[str] = []
    waiting = [root]
    while waiting:
        here = waiting.pop()
        for entry in entries(here):
            place = Path(entry.path)
            name = as_text(place.relative_to(root).as_posix())
            inside = not entry.is_symlink() or leads_inside(place, root)
            if is_litter(entry.name):
                if is_hidden(entry.name) and entry.is_dir(follow_symlinks=False) and holds_pictures(place):
                    hidden.append(name)
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(place)
                folders.append(name)
            elif not inside or entry.is_dir():
                links.append(name)
            elif not entry.is_file() or not is_called_like_a_picture(entry.name):
                strangers.append(name)  # pipes and devices too, which would never end
            else:
                files.append(PictureFile(name, stamp(entry), partial(picture_bytes, place, limits)))
    return Listing(
        str(path),
        tuple(sorted(files, key=lambda file: file.name)),
        tuple(sorted(folders)),
        tuple(sorted(strangers)),
        tuple(sorted(links)),
        tuple(sorted(hidden)),
    )


def holds_pictures(folder: Path) -> bool:
    """Whether anything below `folder` is called like a picture, and is not hidden itself."""
    return any(
        is_called_like_a_picture(name) and not is_litter(name) for _, _, names in os.walk(folder) for name in names
    )


def entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError as error:
        raise DataError(folder, found=f"it cannot be read ({error.strerror})", expected="a readable folder") from error


def stamp(entry: os.DirEntry[str]) -> str:
    """Size and time of a file; one that vanished meanwhile is found missing when it is read."""
    try:
        about = entry.stat()
    except OSError:
        return "gone"
    return f"{about.st_size} {about.st_mtime_ns}"


def leads_inside(link: Path, root: Path) -> bool:
    """Whether a link ends at something inside the folder it lies in; a broken or circular one does not."""
    try:
        return link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False
