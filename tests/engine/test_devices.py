"""The door to devices: how many, what lies where, and the words for what cannot be."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import jax
import numpy as np
import pytest
from tests.engine.a_small_training import X, Y, model

from tenfold import engine
from tenfold.engine import devices
from tenfold.engine.devices import ONE, devices_for
from tenfold.engine.feed import Feed
from tenfold.engine.lowering import lowered
from tenfold.engine.order import Order
from tenfold.errors import InputError


@pytest.mark.parametrize("number", [0, -1, True, 2.0, "2"])
def test_a_number_of_devices_is_a_whole_number(number: Any) -> None:
    with pytest.raises(InputError, match=f"^devices: {number!r}; expected a whole number from 1 up$"):
        engine.fit(model(), X, Y, devices=number)


def test_one_device_is_the_one_that_jax_takes_by_itself() -> None:
    assert devices_for(None) is devices_for(1) is ONE
    assert ONE.put([array := jax.numpy.ones(3)])[0] is array, "nothing is copied"


def test_more_devices_than_there_are() -> None:
    with pytest.raises(InputError) as refused:
        engine.fit(model(), X, Y, devices=9)
    assert refused.value.line == (
        "devices: 9 asked for, and JAX sees 8 of kind cpu; expected a number from 1 to 8. Give a smaller number, or "
        "set XLA_FLAGS=--xla_force_host_platform_device_count=9 before Python starts, for virtual ones"
    )


def test_devices_that_leave_a_process_out(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [SimpleNamespace(process_index=process, platform="gpu") for process in (0, 0, 1, 1)]
    monkeypatch.setattr(jax, "devices", lambda: known)
    with pytest.raises(InputError, match=r"the first 2 leave out all of process 1; .* Give devices=4, which is all"):
        devices_for(2)
    with pytest.raises(InputError, match=r"expected a number from 1 to 4\. Give a smaller number$"):
        devices_for(5)


def test_numbers_that_differ_between_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.multihost_utils, "process_allgather", lambda mine: np.array([[150, 16], [120, 16]]))
    with pytest.raises(InputError, match=r"^rows: 150 in process 0, 120 in process 1; expected the same in every proc"):
        ONE.check_alike({"rows": 150, "batch_size": 16})


def test_resident_data_lie_whole_on_every_device_and_windows_in_shares() -> None:
    order, sharing = Order(48, 16, shuffle=True, seed=1).epoch(0), devices_for(8)
    arrays = (X[:48], np.arange(48), None)
    (resident,) = Feed(arrays, devices=sharing).windows(order)
    assert [part.data.shape for part in resident.data[0].addressable_shards] == [(48, 4)] * 8
    (streamed,) = Feed(arrays, 0, sharing).windows(order)
    assert [part.data.shape for part in streamed.data[0].addressable_shards] == [(3, 2, 4)] * 8
    np.testing.assert_array_equal(streamed.data[0], X[:48][order.full])
    np.testing.assert_array_equal(streamed.data[1], order.full)


def test_every_device_draws_its_share_of_the_same_random_bits() -> None:
    def drawn(sharing: Any) -> jax.Array:
        bits = lowered(lambda seed: jax.random.bits(jax.random.key(seed), (16, 6)))
        return jax.jit(lambda seed: sharing.divided(bits(seed)))(3)

    one, several = drawn(ONE), drawn(devices_for(8))
    assert len(several.sharding.device_set) == 8
    np.testing.assert_array_equal(several, one)
    np.testing.assert_array_equal(one, jax.random.bits(jax.random.key(3), (16, 6)))
