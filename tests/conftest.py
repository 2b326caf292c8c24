"""What every test runs under: strict JAX, eight virtual devices, no network, and a home of its own.

This file owns the surroundings of the tests and the fixtures `mnist_dir` and `chromium`. It builds no data and knows no
folder of Tenfold; fixtures for those live beside the tests that need them.
"""

from __future__ import annotations

import atexit
import errno
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

# All of this has to stand before anything imports Keras or JAX, for both read it once.
BEFORE_THE_TESTS = Path(tempfile.mkdtemp(prefix="tenfold-tests-"))
atexit.register(shutil.rmtree, BEFORE_THE_TESTS, ignore_errors=True)
CHROMIUM = shutil.which("chromium")
MNIST_DIR = Path(os.environ["TENFOLD_DATA"]).resolve() if os.environ.get("TENFOLD_DATA") else None

os.environ["KERAS_BACKEND"] = "jax"
os.environ["KERAS_HOME"] = str(BEFORE_THE_TESTS / "keras")
if "PYTEST_XDIST_WORKER" not in os.environ:  # else it has that of who started it: what one compiles, no other has to
    # For the programs that the tests compile, and for fixtures of a module, which see no test's home.
    os.environ["TENFOLD_CACHE"] = str(BEFORE_THE_TESTS / "cache")
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count=8".strip()


def refuse_rank_promotion_outside_keras(function: str, shapes: Any) -> None:
    """Raise where Tenfold or a test adds arrays of different rank without saying so.

    Keras' own layers do it everywhere (a Dense adds its bias of rank 1), so JAX's "raise" cannot hold for them; this
    is that setting for every other caller. The caller is the innermost frame that is not JAX's.
    """
    frame = sys._getframe()
    caller = ""
    while frame.f_back is not None:
        frame = frame.f_back
        caller = frame.f_globals.get("__name__", "").partition(".")[0]
        if caller not in ("jax", "jaxlib", "contextlib", "functools"):
            break
    if caller != "keras":
        shown = ", ".join(map(str, shapes))
        raise ValueError(f"{function} would promote ranks of its own accord: {shown} (strict JAX, tests/conftest.py)")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--optimised", action="store_true", help="compile all tests' programs as users have them")


def pytest_configure() -> None:
    """Make JAX strict."""
    import jax
    import jax._src.numpy.util as broadcasting

    if not hasattr(broadcasting, "_rank_promotion_warning_or_error"):
        raise RuntimeError("this JAX checks rank promotion elsewhere; make tests/conftest.py strict again")
    broadcasting._rank_promotion_warning_or_error = refuse_rank_promotion_outside_keras
    jax.config.update("jax_numpy_rank_promotion", "raise")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Have XLA optimise little where tests are about something else: most of their time is compiling.

    Slow tests run what XLA makes of a program in earnest, and so do those that are marked `optimised`, or all of them
    with --optimised: CI runs those of the engine and of equivalence a second time that way.
    """
    import jax

    marked = any(item.get_closest_marker(marker) for marker in ("slow", "mnist", "optimised"))
    in_earnest = marked or item.config.getoption("optimised")
    jax.config.update("jax_disable_most_optimizations", not in_earnest)
    os.environ["JAX_DISABLE_MOST_OPTIMIZATIONS"] = str(int(not in_earnest))  # for the processes that it starts


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs the real MNIST or a browser where it is not; `pytest_terminal_summary` says so."""
    absent = [*([] if MNIST_DIR else ["mnist"]), *([] if CHROMIUM else ["browser"])]
    left_out = [item for item in items if any(item.get_closest_marker(marker) for marker in absent)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if MNIST_DIR is None and "not mnist" not in config.option.markexpr:
        terminalreporter.line("tests marked mnist were left out: set TENFOLD_DATA to a folder that holds mnist.npz")
    if CHROMIUM is None and "not slow" not in config.option.markexpr:
        terminalreporter.line("tests marked browser were left out: install Chromium, as with apt-get install chromium")


@pytest.fixture
def mnist_dir() -> Path:
    """The folder with mnist.npz and fashion_mnist.npz; only for tests marked `mnist`."""
    if MNIST_DIR is None:
        raise RuntimeError("a test that uses mnist_dir must be marked with @pytest.mark.mnist")
    return MNIST_DIR


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser; only for tests marked `browser`."""
    if CHROMIUM is None:
        raise RuntimeError("a test that uses chromium must be marked with @pytest.mark.browser")
    return CHROMIUM


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, empty caches, no settings of Tenfold, and an empty folder to stand in."""
    own = tmp_path_factory.mktemp("surroundings")
    (home := own / "home").mkdir()
    (here := own / "here").mkdir()
    for name in [name for name in os.environ if name.startswith("TENFOLD_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv("KERAS_HOME", str(home / "keras"))
    monkeypatch.chdir(here)
    return home


def is_here(address: Any) -> bool:
    """Whether a socket address is this very machine: a path, or a loopback number or name."""
    return not isinstance(address, tuple) or address[0] in ("127.0.0.1", "::1", "localhost", "", "0.0.0.0")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this machine look unplugged: beyond loopback every name and every address is unreachable."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not is_here(address):
            raise OSError(errno.ENETUNREACH, f"tests have no network, asked for {address[0]}")
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        return connect_ex(self, address) if is_here(address) else errno.ENETUNREACH

    def guarded_getaddrinfo(host: Any, *more: Any, **named: Any) -> Any:
        if host is not None and not is_here((host,)):
            raise socket.gaierror(socket.EAI_NONAME, f"tests have no network, asked for {host}")
        return getaddrinfo(host, *more, **named)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
