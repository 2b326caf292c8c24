"""Rules that take pictures in groups, on several devices: each works through its own share of the batch.

Such a rule loops over groups of pictures. XLA divides arrays among devices and no loops: it would fetch all pictures to
every device, and each would compute all of them. Within `among` those rules are therefore handed one device's share,
whichever it is, and what they give back is put together again. A gradient of the kernel is summed up over the shares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import jax
import jax.numpy as jnp
from jax.sharding import Mesh, PartitionSpec

_MESH: ContextVar[Mesh | None] = ContextVar("mesh", default=None)


@contextmanager
def among(mesh: Mesh | None) -> Iterator[None]:
    """What is traced in this block is for batches that the devices of `mesh` share, along its only axis."""
    before = _MESH.set(mesh)
    try:
        yield
    finally:
        _MESH.reset(before)


def share_by_share(
    function: Callable[..., jax.Array | None], pictures: jax.Array, *weights: jax.Array
) -> jax.Array | None:
    """`function(pictures, *weights)`, of which each row out must come from its own row of `pictures` alone."""
    mesh, rows = _MESH.get(), pictures.shape[0]
    if mesh is None or rows < mesh.size or jax.eval_shape(function, pictures, *weights) is None:
        return function(pictures, *weights)
    missing = -rows % mesh.size  # pictures of zeros: nothing is asked of them, so no gradient comes from them
    even = jnp.pad(pictures, [(0, missing), *[(0, 0)] * (pictures.ndim - 1)])
    divided, whole = PartitionSpec(mesh.axis_names), PartitionSpec()
    specs = {"in_specs": (divided, *[whole] * len(weights)), "out_specs": divided}
    return jax.shard_map(function, mesh=mesh, check_vma=False, **specs)(even, *weights)[:rows]
