"""What XLA's CPU compiler gets wrong by itself, our programs get right.

Every known error has the smallest program that shows it here. It is compiled as Tenfold compiles its programs, and
must be right; and it is compiled as JAX does it by itself, and must be wrong: on the day that this fails, the guard
in `tenfold/compiling.py` can go.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import jaxlib
import numpy as np
import pytest

import tenfold
from tenfold import engine
from tenfold.backend import keras
from tenfold.compiling import SAFE_FUSIONS, WRONG_SINCE, jit

RELEASE = tuple(map(int, jaxlib.__version__.split(".")[:3]))
AFFECTED = platform.machine() in ("x86_64", "AMD64") and RELEASE >= WRONG_SINCE
NUMBERS = np.random.default_rng(0)
ROWS = 32_769
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.optimised  # what XLA gets wrong


def normal(*shape: int) -> np.ndarray:
    return NUMBERS.normal(size=shape).astype("float32")


class Error(NamedTuple):
    program: Callable[..., jax.Array]
    arguments: tuple[np.ndarray, ...]
    right: np.ndarray


def sums_over_many_rows() -> Error:
    """jax#39103: the last rows come out wrong."""
    count = np.arange(ROWS, dtype="float32")
    x = np.stack([count, 0 * count, 0 * count], axis=1)
    return Error(lambda x: jax.vmap(lambda row: jnp.sum((jnp.eye(3) @ row) ** 2))(x), (x,), count**2)


def products_with_one_value_everywhere() -> Error:
    """A product with a value that was spread over a matrix, summed up at once: it reads past the one value."""
    x = normal(5, 60, 60)
    everywhere = np.full_like(x, 0.37)
    program = lambda x, value: jnp.sum((x @ jnp.full_like(x, value)) * x)  # noqa: E731
    return Error(program, (x, np.float32(0.37)), np.sum((x.astype(float) @ everywhere) * x))


def largest_of_what_is_no_number() -> Error:
    """The largest of numbers among which one is NaN is NaN, and is how a training that has diverged is noticed."""
    x = normal(55_662)
    x[40_000] = np.nan
    return Error(jnp.max, (x,), np.max(x))


def sums_over_a_high_rank() -> Error:
    """jax#40412: a crash."""
    x, y = normal(3, 1, 2, 2, 8, 8, 8), normal(3, 1, 2, 2, 8, 8, 8)
    return Error(lambda x, y: jnp.sum(x * y, axis=3), (x, y), (x * y).sum(axis=3))


def sums_of_what_was_spread_over_a_high_rank() -> Error:
    """jax#39257: a crash, or a program that never ends."""
    x, y = normal(10, 4, 6), normal(10, 4, 6, 9, 9, 9, 9, 9)
    spread = x.reshape(*x.shape, 1, 1, 1, 1, 1)
    program = lambda x, y: jnp.exp(jnp.sum(x * y, axis=2))  # noqa: E731
    return Error(program, (spread, y), np.exp((spread.astype(float) * y).sum(axis=2)))


SILENT = [sums_over_many_rows, products_with_one_value_everywhere, largest_of_what_is_no_number]
FATAL = [sums_over_a_high_rank, sums_of_what_was_spread_over_a_high_rank]


@pytest.mark.parametrize("error", SILENT + FATAL)
def test_our_programs_are_right(error: Callable[[], Error]) -> None:
    program, arguments, right = error()
    ours = jit(program)
    if error in FATAL:  # or it would take the tests along
        assert "__ynn_fusion" not in ours.trace(*arguments).lower().compile().as_text()
    np.testing.assert_allclose(ours(*arguments), right, rtol=1e-4, atol=1e-4)


def test_everything_is_compiled_that_way() -> None:
    """`jax.jit` by itself is only for what is traced and looked at."""
    package = Path(tenfold.__file__).parent
    for path in {*package.rglob("*.py")} - {package / "compiling.py"}:
        by_jax = re.findall(r"jax\.jit\((?!.*\)\.trace\().*", path.read_text(encoding="utf-8"))
        assert not by_jax, f"{path.name} compiles by itself"


def test_on_a_gpu_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its compiler does not know the setting and would refuse it."""
    given: list[Any] = []
    monkeypatch.setattr(jax, "jit", lambda function, *, compiler_options: given.append(compiler_options))
    jit(abs)
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    jit(abs)
    assert given == [SAFE_FUSIONS if RELEASE >= WRONG_SINCE else None, None]


@pytest.mark.skipif(not AFFECTED, reason="only these releases of jaxlib, on x86-64")
@pytest.mark.parametrize("error", SILENT)
def test_jax_by_itself_is_wrong(error: Callable[[], Error]) -> None:
    program, arguments, right = error()
    found = jax.jit(program)(*arguments)
    assert not np.allclose(found, right, rtol=1e-4, equal_nan=True), "jaxlib is right by itself now: the guard can go"


@pytest.mark.slow
@pytest.mark.skipif(not AFFECTED or sys.platform != "linux", reason="only these releases of jaxlib, on x86-64 Linux")
@pytest.mark.parametrize("error", FATAL)
def test_jax_by_itself_comes_to_grief(error: Callable[[], Error]) -> None:
    script = (
        f"import jax; from {__name__} import {error.__name__} as error; "
        "program, arguments, _ = error(); jax.jit(program)(*arguments).block_until_ready()"
    )
    try:
        ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        return
    assert ended.returncode < 0, f"jaxlib gets through by itself now: the guard can go\n{ended.stderr.decode()}"


def test_a_batch_of_many_rows_is_learned_from_as_float64_has_it() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS + 100, 3)).astype("float32")
    x[-100:] *= 30  # the rows that went wrong weigh most
    y = (x @ [1.0, 2.0, 3.0])[:, None].astype("float32")
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    network.compile(keras.optimizers.SGD(0.01), "mse", metrics=["mae"])
    history = engine.fit(network, x, y, batch_size=len(x), verbose=0).history
    exact = x.astype("float64"), y.astype("float64")
    np.testing.assert_allclose(network.get_weights()[0][:, 0], 0.02 * (exact[0] * exact[1]).mean(axis=0), rtol=1e-4)
    assert history["loss"][0] == pytest.approx((exact[1] ** 2).mean(), rel=1e-4)
    assert history["mae"][0] == pytest.approx(abs(exact[1]).mean(), rel=1e-4)
