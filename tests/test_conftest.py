"""The surroundings that `conftest.py` promises are really there."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tenfold.backend import keras


def test_rank_promotion_is_refused_in_code_of_ours() -> None:
    # Shapes that no other test has: what JAX has compiled once it does not look at again.
    with pytest.raises(ValueError, match="would promote ranks"):
        jnp.ones((17, 19)) + jnp.ones(19)


def test_keras_may_promote_ranks_in_its_own_layers() -> None:
    dense = keras.layers.Dense(3)
    assert dense(np.ones((2, 4), "float32")).shape == (2, 3)


def test_there_are_eight_devices() -> None:
    assert len(jax.devices()) == 8


def test_the_network_is_unplugged() -> None:
    with pytest.raises(socket.gaierror, match="no network"):
        socket.create_connection(("example.org", 80), timeout=1)
    with socket.socket() as plug:
        with pytest.raises(OSError, match="no network"):
            plug.connect(("192.0.2.1", 80))
        assert plug.connect_ex(("192.0.2.1", 80)) == errno.ENETUNREACH


def test_loopback_still_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_home_and_the_working_folder_are_empty_and_elsewhere(home: Path) -> None:
    assert Path.home() == home
    assert not list(home.iterdir())
    assert not list(Path.cwd().iterdir())
    assert not [name for name in os.environ if name.startswith("TENFOLD_")]
