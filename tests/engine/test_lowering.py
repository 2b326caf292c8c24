"""Every rewriting rule gives the values and gradients of what it replaces, wherever it is used."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jax import lax

from tenfold.backend import keras
from tenfold.engine.lowering import lowered, primitives_in

DIGITS = {"float32": 1e-4, "float16": 3e-2, "bfloat16": 2e-1}


def normal(shape, seed, dtype="float32"):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), dtype)


def assert_same(plain, arguments, tolerance=1e-4):
    """`lowered(plain)` and `plain` agree in value and in the gradient of every argument."""
    weights = normal(jax.eval_shape(plain, *arguments).shape, seed=9)

    def value_and_gradients(function, *arguments):
        value, pull_back = jax.vjp(function, *arguments)
        return value, *pull_back(weights.astype(value.dtype))

    both = jax.jit(value_and_gradients, static_argnums=0)
    results = (both(function, *arguments) for function in (lowered(plain), plain))
    for found, wanted in zip(*results, strict=True):
        found, wanted = np.asarray(found, np.float32), np.asarray(wanted, np.float32)
        np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance * max(1.0, np.abs(wanted).max()))


def used(function, *arguments):
    return primitives_in(jax.make_jaxpr(lowered(function))(*arguments).jaxpr)


@st.composite
def convolutions(draw):
    rank = draw(st.integers(1, 3))
    small = st.integers(1, 3)
    per_axis = lambda values: tuple(draw(st.lists(values, min_size=rank, max_size=rank)))  # noqa: E731
    groups, inputs, outputs = draw(small), draw(small), draw(small)
    window, dilation, strides = per_axis(small), per_axis(st.integers(1, 2)), per_axis(small)
    places = per_axis(st.integers(3, 7))
    padding = draw(st.sampled_from(["SAME", "VALID", "explicit"]))
    if padding == "explicit":
        padding = tuple((draw(st.integers(0, 2)), draw(st.integers(-1, 2))) for _ in range(rank))
    else:
        assume(padding == "SAME" or all(p > (w - 1) * d for p, w, d in zip(places, window, dilation, strict=True)))
    dtype = draw(st.sampled_from(list(DIGITS)))
    channels_first = draw(st.booleans())
    x = normal((2, *places, groups * inputs), 1, dtype)
    if channels_first:
        x = jnp.moveaxis(x, -1, 1)
    kernel = normal((*window, inputs, groups * outputs), 2, dtype)
    axes = "XYZ"[:rank]
    order = f"NC{axes}" if channels_first else f"N{axes}C"
    settings_ = {
        "window_strides": strides,
        "padding": padding,
        "rhs_dilation": dilation,
        "dimension_numbers": (order, f"{axes}IO", order),
        "feature_group_count": groups,
    }
    shape = jax.eval_shape(lambda x, k: lax.conv_general_dilated(x, k, **settings_), x, kernel).shape
    assume(all(size > 0 for size in shape))
    return x, kernel, settings_, dtype


@settings(max_examples=12, deadline=None, derandomize=True)
@given(convolutions())
def test_convolution_of_any_shape(case):
    x, kernel, settings_, dtype = case
    convolve = lambda x, k: lax.conv_general_dilated(x, k, **settings_)  # noqa: E731
    assert "conv_general_dilated" not in used(convolve, x, kernel)
    assert_same(convolve, (x, kernel), DIGITS[dtype])


def test_depthwise_convolution():
    convolve = lambda x, k: lax.conv_general_dilated(  # noqa: E731
        x, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=4
    )
    x, kernel = normal((2, 6, 5, 4), 1), normal((3, 3, 1, 8), 2)
    assert "conv_general_dilated" not in used(convolve, x, kernel)
    assert_same(convolve, (x, kernel))


def test_what_no_rule_knows_passes_through():
    transposed = lambda x, k: lax.conv_transpose(x, k, (2, 2), "SAME")  # noqa: E731
    x, kernel = normal((2, 4, 4, 3), 1), normal((3, 3, 3, 2), 2)
    assert "conv_general_dilated" in used(transposed, x, kernel)
    assert_same(transposed, (x, kernel))


@st.composite
def poolings(draw):
    window = (draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    assume(window != (1, 1))
    strides = draw(st.one_of(st.just(window), st.tuples(st.integers(1, 3), st.integers(1, 3))))
    size = (draw(st.integers(4, 9)), draw(st.integers(4, 9)))
    padding = draw(st.sampled_from(["SAME", "VALID"]))
    return size, (1, *window, 1), (1, *strides, 1), padding, draw(st.sampled_from(list(DIGITS)))


@settings(max_examples=12, deadline=None, derandomize=True)
@given(poolings())
def test_max_pooling_of_any_window(case):
    size, window, strides, padding, dtype = case
    pool = lambda x: lax.reduce_window(x, -jnp.inf, lax.max, window, strides, padding)  # noqa: E731
    x = normal((2, *size, 3), 1, dtype)
    assert "reduce_window_max" not in used(pool, x)
    assert_same(pool, (x,), DIGITS[dtype])


def test_of_equal_values_the_first_gets_the_gradient():
    pool = lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")  # noqa: E731
    x = jnp.asarray([[1.0, 1.0, 0.0, 2.0], [1.0, 0.0, 2.0, 2.0]]).reshape(1, 2, 4, 1)
    gradient = jax.grad(lambda x: lowered(pool)(x).sum())(x)
    np.testing.assert_array_equal(gradient[0, ..., 0], [[1, 0, 0, 1], [0, 0, 0, 0]])
    assert_same(pool, (x,))


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


@pytest.mark.parametrize("shape", [(1,), (7,), (4, 6), (3, 5, 2), (128, 257)], ids=str)
def test_random_bits_are_those_of_jax(shape):
    draw = lambda key: jax.random.bits(key, shape)  # noqa: E731
    key = jax.random.key(3)
    assert "random_bits" not in used(draw, key)
    np.testing.assert_array_equal(lowered(draw)(key), draw(key))


def test_bits_of_other_widths_and_generators_pass_through():
    for key, dtype in ((jax.random.key(3), jnp.uint8), (jax.random.key(3, impl="rbg"), jnp.uint32)):
        draw = lambda key, dtype=dtype: jax.random.bits(key, (5,), dtype)  # noqa: E731
        assert "random_bits" in used(draw, key)
        np.testing.assert_array_equal(lowered(draw)(key), draw(key))


def test_a_dropout_of_keras_drops_the_same_places():
    drop = lambda x, seed: keras.random.dropout(x, 0.3, seed=seed)  # noqa: E731
    x, seed = normal((8, 33), 1), jnp.asarray([5, 7], jnp.uint32)
    assert "random_bits" not in used(drop, x, seed)
    np.testing.assert_array_equal(lowered(drop)(x, seed), drop(x, seed))


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
