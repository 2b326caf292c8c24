"""The only door to devices: which of them share every batch, what lies on each, and what processes must agree on.

Training on several devices is data-parallel. Each holds all the weights and computes its share of every batch; XLA
sees one program over the whole batch and adds, where it needs them, the sums across devices. So a BatchNormalization
averages over the whole batch, a Dropout draws the mask that one device would draw, and the losses are those of one
device but for the order in which floats are added.

    state            whole on every device
    resident data    whole on every device, as it came: every device can then gather its rows of a shuffled batch from
                     its own memory. Divided by rows, each batch would first have to travel
    streamed data    step by step, each device holding its share of every batch and nothing else
    a batch          divided by rows, also where they do not come out even: XLA fills the last share up and masks it

Several processes (`jax.distributed`) run the same Python and must start the same programs in the same order. Each
has the whole data set and gives its own devices what they need. Process 0's weights and order of the data are used;
how many steps are next, and whether somebody wants to stop, is agreed on before every chunk.

The rest of the engine says "whole", "divided" and "agreed", and never knows of how many devices it speaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

import jax
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

from tenfold.engine.lowering.shares import among
from tenfold.errors import InputError

Tree = TypeVar("Tree")

BATCH = "batch"
VIRTUAL = ", or set XLA_FLAGS=--xla_force_host_platform_device_count={number} before Python starts, for virtual ones"


@dataclass(frozen=True)
class Devices:
    """The devices that share every batch. Without a mesh it is the one that JAX takes by itself."""

    mesh: Mesh | None = None

    @property
    def whole(self) -> NamedSharding | None:
        """How an array lies that every device has all of."""
        return NamedSharding(self.mesh, PartitionSpec()) if self.mesh else None

    @property
    def processes(self) -> int:
        return jax.process_count() if self.mesh else 1

    @property
    def speaks(self) -> bool:
        """Whether this is the process that shows progress."""
        return self.processes == 1 or jax.process_index() == 0

    def put(self, tree: Tree) -> Tree:
        """The arrays, whole on every device."""
        if self.mesh is None:
            return jax.device_put(tree)  # type: ignore[no-any-return]
        return jax.tree.map(lambda array: self._made(array.shape, PartitionSpec(), lambda _: array), tree)  # type: ignore[no-any-return]

    def put_steps(self, array: Any, rows: np.ndarray[Any, Any]) -> jax.Array:
        """`array[rows]`, which is (steps, batch, …), each device given its share of every batch."""
        assert self.mesh is not None
        even = rows.shape[1] % self.mesh.size == 0
        spec = PartitionSpec(None, BATCH) if even else PartitionSpec()
        return self._made((*rows.shape, *array.shape[1:]), spec, lambda part: np.asarray(array[rows[part[:2]]]))

    def _made(self, shape: tuple[int, ...], spec: PartitionSpec, part: Any) -> jax.Array:
        """An array of which each device of this process is given the part that is its own."""
        assert self.mesh is not None
        return jax.make_array_from_callback(shape, NamedSharding(self.mesh, spec), part)

    def taken_back(self, tree: Tree) -> Tree:
        """Arrays that are whole on every device, as ordinary ones on the first device of this process."""
        if self.mesh is None:
            return tree
        return jax.tree.map(lambda array: array.addressable_data(0), tree)  # type: ignore[no-any-return]

    def at_work(self) -> AbstractContextManager[None]:
        """Around the tracing of a program: what works through a batch in groups takes each device's share by itself."""
        return among(self.mesh)

    def divided(self, tree: Tree) -> Tree:
        """Inside a program: each device computes its share of these rows."""
        return self._constrained(tree, PartitionSpec(BATCH))

    def kept_whole(self, tree: Tree) -> Tree:
        """Inside a program: every device has all of these."""
        return self._constrained(tree, PartitionSpec())

    def _constrained(self, tree: Tree, spec: PartitionSpec) -> Tree:
        if self.mesh is None:
            return tree
        return jax.lax.with_sharding_constraint(tree, NamedSharding(self.mesh, spec))  # type: ignore[no-any-return]

    def agreed(self, steps: int) -> int:
        """The fewest steps that any process proposes to do next; 0 when one of them wants to stop."""
        if self.processes == 1:
            return steps
        return int(np.min(multihost_utils.process_allgather(np.int32(steps))))

    def as_the_first_has_it(self, tree: Tree) -> Tree:
        """Process 0's arrays, where every process has some of the same shapes."""
        if self.processes == 1:
            return tree
        return multihost_utils.broadcast_one_to_all(tree)  # type: ignore[no-any-return]

    def check_alike(self, numbers: Mapping[str, int]) -> None:
        """Refuse what would leave processes waiting for each other: numbers that are not the same in all of them."""
        everywhere = multihost_utils.process_allgather(np.array([*numbers.values()]))  # (processes, numbers)
        for name, values in zip(numbers, everywhere.T.tolist(), strict=True):
            if min(values) != max(values):
                raise InputError(
                    name,
                    found=", ".join(f"{value:,} in process {process}" for process, value in enumerate(values)),
                    expected="the same in every process",
                    do="give all of them the same data and arguments",
                )


ONE = Devices()


def devices_for(number: int | None) -> Devices:
    """The first `number` of all devices that JAX sees, in every process; None is the one it takes by itself."""
    if number is None:
        return ONE
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise InputError("devices", found=repr(number), expected="a whole number from 1 up")
    known = jax.devices()
    if number > len(known):
        raise InputError(
            "devices",
            found=f"{number} asked for, and JAX sees {len(known)} of kind {known[0].platform}",
            expected=f"a number from 1 to {len(known)}",
            do="give a smaller number" + (VIRTUAL.format(number=number) if known[0].platform == "cpu" else ""),
        )
    if left_out := {device.process_index for device in known} - {device.process_index for device in known[:number]}:
        raise InputError(
            "devices",
            found=f"the first {number} leave out all of process {min(left_out)}",
            expected="at least one device of each process",
            do=f"give devices={len(known)}, which is all of them",
        )
    if len(known) == 1 or (number == 1 and jax.process_count() == 1):
        return ONE
    return Devices(Mesh(np.array(known[:number]), (BATCH,), axis_types=(AxisType.Auto,)))
