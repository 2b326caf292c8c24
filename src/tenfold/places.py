"""Where things are looked for and kept: the user's folder, Tenfold's cache, Keras' cache. Paths only; nothing is read.

Every environment variable that names a place is read here and nowhere else:

    TENFOLD_DATA      a folder with copies of named sets, looked at first
    TENFOLD_CACHE     instead of the system's place for caches
    TENFOLD_OFFLINE   anything but empty or 0: never download
    KERAS_HOME        instead of ~/.keras
"""

from __future__ import annotations

import os
from pathlib import Path


def data_folder(given: Path | None = None) -> Path | None:
    """The folder that the user named for data, if any: the argument first, then TENFOLD_DATA."""
    named = given or os.environ.get("TENFOLD_DATA")
    return Path(named).expanduser() if named else None


def cache_folder() -> Path:
    """Where Tenfold keeps what it downloaded and what it can make again."""
    if named := os.environ.get("TENFOLD_CACHE"):
        return Path(named).expanduser()
    from platformdirs import user_cache_path  # only here, for `--help` must not pay for it

    return user_cache_path("tenfold", appauthor=False)


def downloads_folder() -> Path:
    """The part of the cache that named sets are downloaded to."""
    return cache_folder() / "data"


def programs_folder() -> Path:
    """The part of the cache that compiled programs are kept in."""
    return cache_folder() / "programs"


def keras_folder() -> Path:
    """Where Keras keeps the datasets that it downloaded."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home).expanduser() if home else Path("~/.keras").expanduser()) / "datasets"


def offline() -> bool:
    """Whether the user forbade downloads."""
    return os.environ.get("TENFOLD_OFFLINE", "0") not in ("", "0")
