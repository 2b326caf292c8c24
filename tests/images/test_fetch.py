"""Downloads from a real server on this machine: whole and verified, or not there at all."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.images.tiny import Tiny

from tenfold.errors import ChecksumError, DataNotFound, StorageError
from tenfold.images import fetch as module
from tenfold.images.fetch import fetch, find_or_fetch
from tenfold.images.named import GZIPPED_IDX_FILES, Mirror, NamedSet


@dataclass
class Server:
    """What is served under each path: bytes, or a function that answers by itself."""

    address: str = ""
    files: dict[str, bytes | Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    def __init__(self, *more: object, server_state: Server) -> None:
        self.state = server_state
        super().__init__(*more)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.state.asked.append(self.path)
        answer = self.state.files.get(self.path)
        if answer is None:
            self.send_error(404)
        elif callable(answer):
            answer(self)
        else:
            begin(self, len(answer))
            self.wfile.write(answer)

    def log_message(self, *more: object) -> None:
        pass


def begin(handler: BaseHTTPRequestHandler, length: int | None) -> None:
    handler.send_response(200)
    if length is not None:
        handler.send_header("Content-Length", str(length))
    handler.end_headers()


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, server_state=state))
    state.address = f"http://127.0.0.1:{listening.server_address[1]}/"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    state.ended.set()
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def data(tiny: Tiny, tmp_path: Path) -> bytes:
    """tiny.npz as it should be served."""
    return tiny.save_npz(tmp_path / "served" / "tiny.npz").read_bytes()


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "data"


def with_mirrors(tiny: Tiny, *mirrors: Mirror) -> NamedSet:
    return replace(tiny.named, mirrors=mirrors)


def at(server: Server, tiny: Tiny) -> NamedSet:
    return with_mirrors(tiny, Mirror(server.address, ("tiny.npz",)))


def quiet(name: str, so_far: int, total: int | None) -> None:
    """Show nothing."""


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_set_is_downloaded_once_with_progress(server: Server, tiny: Tiny, data: bytes, cache: Path) -> None:
    server.files["/tiny.npz"] = data
    seen: list[tuple[str, int, int | None]] = []
    said: list[str] = []
    dataset = find_or_fetch(at(server, tiny), progress=lambda *now: seen.append(now), say=said.append)
    assert dataset.source == str(cache / "tiny.npz")
    assert seen[0] == ("tiny.npz", 0, len(data))
    assert seen[-1] == ("tiny.npz", len(data), len(data))
    assert said == [f"Saved tiny to {cache / 'tiny.npz'}."]
    assert find_or_fetch(at(server, tiny), progress=quiet).fingerprint == dataset.fingerprint
    assert server.asked == ["/tiny.npz"]
    assert files_in(cache) == ["tiny.npz"]


def test_four_files_make_a_set_and_whole_ones_are_not_fetched_again(
    server: Server, tiny: Tiny, tmp_path: Path, cache: Path
) -> None:
    for path in tiny.save_idx(tmp_path / "idx").iterdir():
        server.files[f"/{path.name}"] = path.read_bytes()
    missing = server.files.pop(f"/{GZIPPED_IDX_FILES[-1]}")
    named = with_mirrors(tiny, Mirror(server.address, GZIPPED_IDX_FILES))
    with pytest.raises(DataNotFound, match="the server answered 404"):
        find_or_fetch(named, progress=quiet)
    assert files_in(cache) == sorted(GZIPPED_IDX_FILES[:3])
    server.files[f"/{GZIPPED_IDX_FILES[-1]}"] = missing
    assert find_or_fetch(named, progress=quiet).source == str(cache / "tiny")
    assert len(server.asked) == 5


def test_the_next_mirror_is_tried(server: Server, tiny: Tiny, data: bytes, cache: Path) -> None:
    server.files["/second/tiny.npz"] = data
    mirrors = [Mirror(server.address + place, ("tiny.npz",)) for place in ("first/", "second/")]
    said: list[str] = []
    fetch(with_mirrors(tiny, *mirrors), progress=quiet, say=said.append)
    assert said == [f"{server.address}first/tiny.npz: the server answered 404 Not Found. Trying another place."]
    assert files_in(cache) == ["tiny.npz"]


def test_what_all_mirrors_answer_is_said_once(server: Server, tiny: Tiny, cache: Path) -> None:
    other = server.address.replace("127.0.0.1", "localhost")
    said: list[str] = []
    with pytest.raises(DataNotFound, match=r"downloaded: 127\.0\.0\.1:\d+, localhost:\d+: the server answered 404 Not"):
        fetch(with_mirrors(tiny, *(Mirror(at, ("tiny.npz",)) for at in (server.address, other))), say=said.append)
    assert len(said) == 1  # of the last one the error speaks


def test_wrong_contents_are_refused_and_removed(server: Server, tiny: Tiny, tmp_path: Path, cache: Path) -> None:
    wrong = replace(tiny, arrays={**tiny.arrays, "x_test": tiny.arrays["x_test"][::-1].copy()})
    server.files["/tiny.npz"] = wrong.save_npz(tmp_path / "wrong.npz").read_bytes()
    with pytest.raises(ChecksumError, match=r"http://127.*/tiny.npz: its x_test is not that of tiny \(SHA-256"):
        find_or_fetch(at(server, tiny), progress=quiet)
    assert files_in(cache) == []


def test_a_web_page_instead_of_the_file_is_refused_and_removed(server: Server, tiny: Tiny, cache: Path) -> None:
    server.files["/tiny.npz"] = b"<html>Please accept our terms</html>"
    with pytest.raises(DataNotFound, match=r"could not be downloaded: 127.*: a web page \(HTML\)"):
        find_or_fetch(at(server, tiny), progress=quiet)
    assert files_in(cache) == []


def test_a_connection_that_ends_early_leaves_nothing(server: Server, tiny: Tiny, data: bytes, cache: Path) -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, len(data))
        handler.wfile.write(data[:1000])
        handler.close_connection = True

    server.files["/tiny.npz"] = half
    with pytest.raises(DataNotFound, match=f"the connection ended after 1,000 of {len(data):,} bytes"):
        find_or_fetch(at(server, tiny), progress=quiet)
    assert files_in(cache) == []


def test_more_than_the_file_can_have_is_not_received(server: Server, tiny: Tiny, cache: Path) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, None)
        try:
            while not server.ended.is_set():
                handler.wfile.write(bytes(100_000))
        except OSError:
            pass  # the client hung up, as it should

    server.files["/tiny.npz"] = endless
    with pytest.raises(DataNotFound, match="it sends more than the 100,000 bytes that the file can have"):
        find_or_fetch(at(server, tiny), progress=quiet)
    assert files_in(cache) == []


def test_more_than_the_file_can_have_is_not_even_begun(server: Server, tiny: Tiny, cache: Path) -> None:
    server.files["/tiny.npz"] = lambda handler: begin(handler, 10**12)
    with pytest.raises(DataNotFound, match="it announces 1,000,000,000,000 bytes, more than the 100,000"):
        find_or_fetch(at(server, tiny), progress=quiet)
    assert files_in(cache) == []


def test_a_server_that_falls_silent_is_left(
    server: Server, tiny: Tiny, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.1)

    def silent(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, 1000)
        handler.wfile.write(b"PK")
        server.ended.wait(30)

    server.files["/tiny.npz"] = silent
    with pytest.raises(DataNotFound, match="no answer in time"):
        find_or_fetch(at(server, tiny), progress=quiet)
    assert files_in(cache) == []


def test_a_download_that_trickles_ends_at_its_deadline(server: Server, tiny: Tiny, cache: Path) -> None:
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, 90_000)
        try:
            while not server.ended.wait(0.01):
                handler.wfile.write(b"!")
        except OSError:
            pass

    server.files["/tiny.npz"] = trickle
    started = time.monotonic()
    with pytest.raises(DataNotFound, match="the download was too slow to wait for"):
        find_or_fetch(at(server, tiny), progress=quiet, seconds=0.3)
    assert time.monotonic() - started < 5
    assert files_in(cache) == []


def test_a_name_server_that_does_not_answer_is_not_waited_for(
    server: Server, tiny: Tiny, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *more: server.ended.wait(30))
    with pytest.raises(DataNotFound, match="its name could not be looked up in time"):
        find_or_fetch(at(server, tiny), progress=quiet, seconds=0.1)


def test_ctrl_c_removes_the_partial_file(server: Server, tiny: Tiny, data: bytes, cache: Path) -> None:
    server.files["/tiny.npz"] = data

    def stop(name: str, so_far: int, total: int | None) -> None:
        if so_far:
            assert len(files_in(cache)) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_or_fetch(at(server, tiny), progress=stop)
    assert files_in(cache) == []


def test_what_a_killed_download_left_is_removed(server: Server, tiny: Tiny, data: bytes, cache: Path) -> None:
    server.files["/tiny.npz"] = data
    cache.mkdir(parents=True)
    for name, age in (("old", 7200), ("new", 0)):
        left = cache / f".tiny.npz.{name}.partial"
        left.write_bytes(b"PK")
        os.utime(left, (time.time() - age,) * 2)
    find_or_fetch(at(server, tiny), progress=quiet)
    assert files_in(cache) == [".tiny.npz.new.partial", "tiny.npz"]


def test_a_cache_that_cannot_be_written_is_one_line(server: Server, tiny: Tiny, data: bytes, cache: Path) -> None:
    server.files["/tiny.npz"] = data
    cache.parent.write_text("a file in the way")
    with pytest.raises(
        StorageError, match=r"a file of this name is in the way|a part of this path is a file"
    ) as caught:
        find_or_fetch(at(server, tiny), progress=quiet)
    assert caught.value.expected == "to keep tiny here"
    assert caught.value.do.endswith("in the environment variable TENFOLD_CACHE")


def test_no_network_names_every_place_and_what_to_do(tiny: Tiny, cache: Path, tmp_path: Path) -> None:
    named = with_mirrors(tiny, Mirror("http://mirror.invalid/", ("tiny.npz",)))
    with pytest.raises(DataNotFound) as caught:
        find_or_fetch(named, tmp_path, progress=quiet)
    for place in (str(tmp_path), str(cache), "datasets", "mirror.invalid"):
        assert place in caught.value.found
    for way_out in ("tenfold data fetch tiny", "put tiny.npz into", "--data digits"):
        assert way_out.lower() in caught.value.do.lower()
    assert "\n" not in caught.value.line


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_nothing_is_downloaded_when_that_is_forbidden(
    how: str, server: Server, tiny: Tiny, data: bytes, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["/tiny.npz"] = data
    if how == "variable":
        monkeypatch.setenv("TENFOLD_OFFLINE", "1")
    with pytest.raises(DataNotFound, match="downloading was not allowed"):
        find_or_fetch(at(server, tiny), download=how == "variable", progress=quiet)
    assert server.asked == []


def test_without_a_caller_who_watches_a_bar_is_drawn_on_stderr(
    server: Server, tiny: Tiny, data: bytes, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.files["/tiny.npz"] = data
    find_or_fetch(at(server, tiny))
    shown = capsys.readouterr()
    assert "tiny.npz" in shown.err
    assert shown.out == ""
