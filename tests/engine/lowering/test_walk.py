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
    grouped = lambda x, k: lax.conv_general_dilated(  # noqa: E731
        x, k, (1, 1), [(1, 1), (1, 1)], (2, 2), dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=3
    )
    x, kernel = normal((2, 4, 4, 3), 1), normal((3, 3, 1, 6), 2)
    assert "conv_general_dilated" in used(grouped, x, kernel)
    assert_same(grouped, (x, kernel))


SAME = {"window_strides": (1, 1), "padding": "SAME", "dimension_numbers": ("NHWC", "HWIO", "NHWC")}


def convolve(x, kernel):
    return lax.conv_general_dilated(x, kernel, **SAME)


def in_a_branch(x, kernel):
    return lax.cond(x.sum() > 0, convolve, lambda x, kernel: convolve(x, -2 * kernel), x, kernel)


def computed_again(x, kernel):
    return jax.checkpoint(lambda x: convolve(jnp.tanh(convolve(x, kernel)), kernel))(x)


def kept_by_a_policy(x, kernel):
    policy = jax.checkpoint_policies.dots_saveable
    return jax.checkpoint(lambda x: convolve(jnp.tanh(convolve(x, kernel)), kernel), policy=policy)(x)


@pytest.mark.parametrize("function", [in_a_branch, computed_again, kept_by_a_policy])
def test_inside_other_programs(function):
    x, kernel = normal((2, 5, 5, 2), 1), normal((3, 3, 2, 2), 2)
    assert "conv_general_dilated" not in used(function, x, kernel)
    for one in (x, -x):
        assert_same(function, (one, kernel))


def in_a_while_loop(x, kernel):
    return lax.while_loop(lambda at: at[0] < 3, lambda at: (at[0] + 1, convolve(at[1], kernel)), (0, x))[1]


def with_a_jvp_of_its_own(x, kernel):
    own = jax.custom_jvp(convolve)
    own.defjvp(lambda inputs, tangents: (own(*inputs), 3 * convolve(tangents[0], inputs[1])))
    return own(x, kernel)


def with_a_gradient_of_its_own(x, kernel):
    own = jax.custom_vjp(convolve)
    own.defvjp(lambda x, k: (convolve(x, k), (x, k)), lambda kept, up: (3 * convolve(up, kept[1]), kept[1]))
    return own(x, kernel)


@pytest.mark.parametrize("function", [in_a_while_loop, with_a_jvp_of_its_own, with_a_gradient_of_its_own])
def test_other_insides_stay_as_they_are_and_are_seen_to(function):
    """The engine looks for a convolution that stayed: it would be slow in a loop."""
    x, kernel = normal((2, 5, 5, 2), 1), normal((3, 3, 2, 2), 2)
    assert "conv_general_dilated" in used(function, x, kernel)
    if function is in_a_while_loop:  # which has no gradient
        np.testing.assert_array_equal(lowered(function)(x, kernel), function(x, kernel))
    else:
        assert_same(function, (x, kernel))


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


@pytest.mark.parametrize("layer", [keras.layers.MaxPooling2D(2), keras.layers.Dense(2)], ids=lambda layer: layer.name)
def test_in_forward_mode_jax_refuses_a_gradient_of_its_own(layer):
    """As the documentation has it."""
    x = normal((2, 8, 8, 16), 1)
    layer.build(x.shape)
    flat = lambda x: layer(x if "pool" in layer.name else x.reshape(-1, 16))  # noqa: E731
    with pytest.raises(TypeError, match="forward-mode"):
        jax.jvp(lowered(flat), (x,), (x,))


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
        (LAYERS.Conv1DTranspose(3, 4, strides=2), LINE),
        (LAYERS.Conv2DTranspose(3, 3, strides=2, padding="same"), PICTURE),
        (LAYERS.Conv2DTranspose(3, (2, 4), strides=3, data_format="channels_first"), PICTURE_FIRST),
        (LAYERS.Conv3DTranspose(2, 2, strides=(1, 2, 2)), VOLUME),
        (LAYERS.MaxPooling1D(3, strides=2, padding="same"), LINE),
        (LAYERS.MaxPooling2D(2), PICTURE),
        (LAYERS.MaxPooling2D(3, strides=2, padding="same", data_format="channels_first"), PICTURE_FIRST),
        (LAYERS.TimeDistributed(LAYERS.Conv2D(2, 3)), VOLUME),
        pytest.param(LAYERS.ConvLSTM2D(2, 3), VOLUME, marks=pytest.mark.slow),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_layers_of_keras(layer, shape):
    x = normal(shape, 1)
    layer.build(shape)
    assert not {"conv_general_dilated", "reduce_window_max"} & used(layer.call, x)
    assert_same(layer.call, (x,))


def test_a_layer_of_keras_that_is_computed_again():
    with keras.RematScope("full"):
        layer = LAYERS.Conv2D(3, 3)
    layer.build(PICTURE)
    assert "conv_general_dilated" not in used(layer.__call__, normal(PICTURE, 1))
    assert_same(layer.__call__, (normal(PICTURE, 1),))


@pytest.mark.slow
def test_many_models_at_once():
    """Under vmap over the weights of several models, each has the loss and the gradients that it has alone."""
    model = keras.Sequential([keras.Input(PICTURE[1:])])
    for layer in (
        LAYERS.Conv2D(3, 3, strides=2, padding="same"),
        LAYERS.MaxPooling2D(2),
        LAYERS.Dropout(0.4, seed=3),
        LAYERS.Conv2DTranspose(2, 3, strides=2),
        LAYERS.DepthwiseConv2D(2),
    ):
        model.add(layer)
    x, state = normal(PICTURE, 1), [variable.value for variable in model.non_trainable_variables]

    def loss(trainable, x):
        return (model.stateless_call(trainable, state, x, training=True)[0] ** 2).sum()

    members = [[normal(v.shape, seed) for v in model.trainable_variables] for seed in (1, 2, 3)]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *members)
    together = jax.jit(jax.vmap(jax.value_and_grad(lowered(loss)), (0, None)))(stacked, x)
    by_itself = jax.jit(jax.value_and_grad(loss))
    wanted = jax.tree.map(lambda *leaves: jnp.stack(leaves), *(by_itself(member, x) for member in members))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4), together, wanted)


LIKELY = {
    "convolution": lambda x, k: convolve(x, k),
    "grouped": lambda x, k: lax.conv_general_dilated(x, k[:, :, :1], feature_group_count=2, **SAME),
    "transposed": lambda x, k: lax.conv_transpose(x, k, (2, 2), "SAME"),
    "pooling": lambda x, k: lax.reduce_window(
        x * k[:1, :1, :1, :1], -jnp.inf, lax.max, (1, 3, 2, 1), (1, 2, 2, 1), "SAME"
    ),
}


@pytest.mark.parametrize("name", LIKELY)
def test_in_double_precision(name):
    with jax.enable_x64(True):
        x, kernel = normal((2, 6, 5, 2), 1, "float64"), normal((3, 3, 2, 2), 2, "float64")
        assert not {"conv_general_dilated", "reduce_window_max"} & used(LIKELY[name], x, kernel)
        assert jax.eval_shape(lowered(LIKELY[name]), x, kernel).dtype == "float64"
        assert_same(LIKELY[name], (x, kernel), tolerance=1e-12)


def test_whole_numbers_pass_through_transposed_convolutions():
    x, kernel = jnp.arange(32).reshape(1, 4, 4, 2), jnp.arange(36).reshape(3, 3, 2, 2)
    np.testing.assert_array_equal(lowered(LIKELY["transposed"])(x, kernel), LIKELY["transposed"](x, kernel))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: lax.fori_loop(0, 3, lambda step, x: x * 2 + step, x),
        lambda x: lax.add(x, 1.0),
        lambda x: lax.cond(x.sum() > 0, lambda x: lax.fori_loop(0, 2, lambda _, x: x * 3, x), jnp.cos, x),
    ],
    ids=["a counter", "a plain number", "a counter in a branch"],
)
def test_sums_with_plain_numbers(function):
    assert_same(function, (normal((3, 4), 1),))
