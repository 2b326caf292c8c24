"""Getting a named set from the web: to a temporary name, verified, and only then under its own name in the cache.

Every mirror of the set is tried in its order. What arrives is bounded in size and time, and is nothing until its arrays
have the canonical hashes; whatever goes wrong, Ctrl-C included, the partial file is removed. What a copy must be and
where copies are looked for is `search.py`'s business.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tenfold.errors import ChecksumError, DataError, DataNotFound, StorageError
from tenfold.files import PARTIAL, make_folder, replacing
from tenfold.images.assemble import Say, ignore
from tenfold.images.dataset import Dataset
from tenfold.images.idx import stored_idx
from tenfold.images.named import IDX_FILES, Mirror, NamedSet
from tenfold.images.search import Copy, find, places, read_copy, verify
from tenfold.places import downloads_folder, offline

Progress = Callable[[str, int, int | None], None]  # file, bytes so far, bytes in all where the server tells

PATIENCE = 15.0  # seconds without a byte
STALE = 3600.0  # seconds after which a partial file belongs to nobody any more: its process was killed
BLOCK = 256 * 1024


def find_or_fetch(
    named: NamedSet,
    data_dir: Path | None = None,
    *,
    download: bool = True,
    say: Say = ignore,
    progress: Progress | None = None,
    seconds: float | None = None,
) -> Dataset:
    """A verified copy of the set, from this machine or else from the web; `seconds` bounds the download."""
    found = find(named, data_dir, say)
    if found is not None:
        return found
    looked = f"no sound copy in {', '.join(str(place) for place in places(data_dir))}"
    if not download or offline():
        raise _not_found(named, f"{looked}; downloading was not allowed")
    try:
        where = fetch(named, say=say, progress=progress, seconds=seconds)
    except DataNotFound as error:
        raise _not_found(named, f"{looked}; {error.found}") from error
    except StorageError as error:
        do = "name a folder with room that you may write to in the environment variable TENFOLD_CACHE"
        raise StorageError(error.thing, found=error.found, expected=f"to keep {named.name} here", do=do) from error
    say(f"Saved {named.name} to {where}.")
    found = find(named, data_dir, say)
    if found is None:
        raise _not_found(named, f"{looked}; the downloaded copy vanished")
    return found


def fetch(
    named: NamedSet, *, say: Say = ignore, progress: Progress | None = None, seconds: float | None = None
) -> Path:
    """Download a set into Tenfold's cache; its mirrors are tried one after another."""
    deadline = None if seconds is None else time.monotonic() + seconds
    failures: list[DataError] = []
    for number, mirror in enumerate(named.mirrors, start=1):
        try:
            with _watched(progress) as watch:
                return _from_mirror(named, mirror, watch, deadline)
        except DataError as error:
            failures.append(error)
            if number < len(named.mirrors):
                say(f"{error.thing}: {error.found}. Trying another place.")
    if failures and all(isinstance(failure, ChecksumError) for failure in failures):
        raise failures[-1]
    hosts: dict[str, list[str]] = {}
    for failure in failures:
        hosts.setdefault(failure.found, []).append(urlsplit(failure.thing).netloc)
    reasons = "; ".join(f"{', '.join(dict.fromkeys(those))}: {found}" for found, those in hosts.items())
    raise DataNotFound(named.name, found=f"it could not be downloaded: {reasons}", expected="a reachable mirror")


def download(
    address: str,
    to: Path,
    *,
    most_bytes: int,
    check: Callable[[Path], None],
    progress: Progress,
    deadline: float | None = None,
) -> None:
    """Put what is at `address` at `to`, once `check` has accepted it; until then, and if not, nothing is there."""
    make_folder(to.parent)
    _remove_stale(to.parent)
    with replacing(to) as file:
        with closing(_received(address, to.name, most_bytes, progress, deadline)) as blocks:
            for block in blocks:
                file.write(block)
        file.flush()
        try:
            check(Path(file.name))
        except DataError as error:  # it would name the temporary file, which nobody will ever see
            raise type(error)(
                address,
                found=error.found,
                expected=error.expected,
                do="try again later; this mirror does not have the file that it should",
            ) from error


def _received(
    address: str, name: str, most_bytes: int, progress: Progress, deadline: float | None
) -> Generator[bytes, None, None]:
    """What the server sends, block by block, within the bounds; every failure of the network as one line."""
    try:
        _resolve(address, deadline)
        request = urllib.request.Request(address, headers={"User-Agent": "tenfold"})  # noqa: S310 (declared in named.py)
        with urllib.request.urlopen(request, timeout=_left(address, deadline)) as answer:  # noqa: S310
            length = answer.headers.get("Content-Length", "")
            total = int(length) if length.isdecimal() else None
            so_far = 0
            if total is not None and total > most_bytes:
                raise _failed(
                    address, f"it announces {total:,} bytes, more than the {most_bytes:,} that the file can have"
                )
            progress(name, so_far, total)
            while block := answer.read1(BLOCK):
                so_far += len(block)
                if so_far > most_bytes:
                    raise _failed(address, f"it sends more than the {most_bytes:,} bytes that the file can have")
                yield block
                progress(name, so_far, total)
                _left(address, deadline)
    except urllib.error.HTTPError as error:
        error.close()  # it is the open answer, too
        raise _failed(address, f"the server answered {error.code} {error.reason}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:  # ValueError: a redirect or length that is none
        reason = getattr(error, "reason", error)
        told = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        told = "no answer in time" if isinstance(reason, TimeoutError) else told
        raise _failed(address, told) from error
    if total is not None and so_far < total:
        raise _failed(address, f"the connection ended after {so_far:,} of {total:,} bytes")


def _from_mirror(named: NamedSet, mirror: Mirror, progress: Progress, deadline: float | None) -> Path:
    """Get all files of a mirror; those that an earlier attempt left whole are not fetched again."""
    folder = downloads_folder()
    if len(mirror.files) > 1:
        folder /= named.folders[0]
    for name in mirror.files:
        to = folder / name

        def check(path: Path, name: str = name) -> None:
            _check(named, name, path)

        with suppress(DataError):
            if to.is_file():
                check(to)
                continue
        download(
            mirror.address + name,
            to,
            most_bytes=named.most_bytes,
            check=check,
            progress=progress,
            deadline=deadline,
        )
    return folder if len(mirror.files) > 1 else folder / mirror.files[0]


def _check(named: NamedSet, name: str, path: Path) -> None:
    """Refuse a downloaded file that does not hold what a file of this name should."""
    array = next((array for array, known in IDX_FILES.items() if name.startswith(known)), None)
    if array is None:
        read_copy(named, Copy(path, dict.fromkeys(IDX_FILES, path)))
    else:
        verify(named, array, stored_idx(path).read(), path)


def _resolve(address: str, deadline: float | None) -> None:
    """With a deadline, wait no longer for a name server either: the system may wait for minutes."""
    if deadline is None or urllib.request.getproxies():
        return
    seconds = _left(address, deadline)
    thread = threading.Thread(target=_look_up, args=(urlsplit(address).hostname,), daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise _failed(address, "its name could not be looked up in time")


def _look_up(host: str | None) -> None:
    with suppress(OSError):  # the connection itself will say what is wrong
        socket.getaddrinfo(host, None)


def _left(address: str, deadline: float | None) -> float:
    """How long the next answer may take."""
    if deadline is None:
        return PATIENCE
    left = deadline - time.monotonic()
    if left <= 0:
        raise _failed(address, "the download was too slow to wait for")
    return min(PATIENCE, left)


def _failed(address: str, found: str) -> DataNotFound:
    return DataNotFound(address, found=found, expected="the whole file", do="check the network and try again")


def _not_found(named: NamedSet, found: str) -> DataNotFound:
    return DataNotFound(
        named.name,
        found=found,
        do=f"connect to the network and run: tenfold data fetch {named.name}; or put {named.npz_names[0]} into one of "
        "these folders, or name its folder with --data-dir or TENFOLD_DATA; or use --data digits, which is built in",
    )


def _remove_stale(folder: Path) -> None:
    """Remove what a killed download left behind."""
    for partial in folder.glob(f".*{PARTIAL}"):
        with suppress(OSError):
            if time.time() - partial.stat().st_mtime > STALE:
                partial.unlink()


@contextmanager
def _watched(progress: Progress | None) -> Iterator[Progress]:
    """The caller's progress, or a bar on stderr."""
    if progress is not None:
        yield progress
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with ExitStack() as stack:
        bars: list[Bar] = []  # none before there is something to show
        tasks: dict[str, TaskID] = {}

        def draw(name: str, so_far: int, total: int | None) -> None:
            if not bars:
                bars.append(stack.enter_context(Bar(*columns, console=Console(stderr=True))))
            if name not in tasks:
                tasks[name] = bars[0].add_task(name, total=total)
            bars[0].update(tasks[name], completed=so_far)

        yield draw
