"""The rules are found wherever a program uses what they replace; what no rule knows passes through."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from tests.engine.lowering.same import assert_same, normal, used

from tenfold.backend import keras
from tenfold.engine.lowering import lowered


def test_what_no_rule_knows_passes_through():
    transposed = lambda x, k: lax.conv_transpose(x, k, (2, 2), "SAME")  # noqa: E731
    x, kernel = normal((2, 4, 4, 3), 1), normal((3, 3, 3, 2), 2)
    assert "conv_general_dilated" in used(transposed, x, kernel)
    assert_same(transposed, (x, kernel))


def test_inside_a_loop_under_vmap_and_under_jit():
    def network(x, kernel):
        def body(carry, row):
            row = lax.conv_general_dilated(row, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
            return carry + row, lax.reduce_window(row, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")

        return lax.scan(body, jnp.zeros_like(x[0]), x)[1]

    x, kernel = normal((3, 2, 6, 6, 2), 1), normal((3, 3, 2, 2), 2)
    assert not {"conv_general_dilated", "reduce_window_max"} & used(network, x, kernel)
    assert_same(network, (x, kernel))
    assert_same(jax.jit(network), (x, kernel))
    many = jnp.stack([kernel, -kernel])
    np.testing.assert_allclose(
        jax.vmap(lowered(network), (None, 0))(x, many), jax.vmap(network, (None, 0))(x, many), rtol=1e-4, atol=1e-4
    )


LAYERS = keras.layers
LINE, PICTURE, PICTURE_FIRST, VOLUME = (2, 9, 4), (2, 8, 7, 4), (2, 4, 8, 7), (2, 4, 5, 5, 2)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (LAYERS.Conv1D(4, 3, padding="causal", dilation_rate=2), LINE),
        (LAYERS.Conv2D(4, 5, padding="same", activation="relu"), PICTURE),
        (LAYERS.Conv2D(4, (2, 3), strides=2, groups=2), PICTURE),
        (LAYERS.Conv2D(4, 3, data_format="channels_first"), PICTURE_FIRST),
        (LAYERS.DepthwiseConv2D(3, depth_multiplier=2), PICTURE),
        (LAYERS.SeparableConv2D(4, 3, padding="same"), PICTURE),
        (LAYERS.Conv3D(2, 2), VOLUME),
        (LAYERS.MaxPooling1D(3, strides=2, padding="same"), LINE),
        (LAYERS.MaxPooling2D(2), PICTURE),
        (LAYERS.MaxPooling2D(3, strides=2, padding="same", data_format="channels_first"), PICTURE_FIRST),
        (LAYERS.TimeDistributed(LAYERS.Conv2D(2, 3)), VOLUME),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_layers_of_keras(layer, shape):
    x = normal(shape, 1)
    layer.build(shape)
    assert not {"conv_general_dilated", "reduce_window_max"} & used(layer.call, x)
    assert_same(layer.call, (x,))
