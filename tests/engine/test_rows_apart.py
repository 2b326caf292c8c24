"""Which models may be asked about batches of any size: those in which no row depends on another."""

import jax.numpy as jnp
import keras
import numpy as np
import pytest
from keras import layers, ops

from tenfold import engine
from tenfold.engine.programs import programs_of

PICTURES = np.random.default_rng(0).normal(size=(70, 8, 8, 3)).astype("float32")


class Mixing(layers.Layer):
    """A layer made of a function of the whole batch."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, x):
        return self.function(x)

    def compute_output_shape(self, shape):
        return shape


def network(*between):
    keras.utils.set_random_seed(3)
    return keras.Sequential([keras.Input((8, 8, 3)), *between])


def is_cut_anywhere(model):
    engine.predict(model, PICTURES)
    return bool(programs_of(model).rows_at_once)


MIXING = {
    "normalised over the batch": lambda: layers.UnitNormalization(axis=0),
    "softmax over the batch": lambda: layers.Softmax(axis=0),
    "less the batch's mean": lambda: Mixing(lambda x: x - ops.mean(x, axis=0, keepdims=True)),
    "running sum": lambda: Mixing(lambda x: ops.cumsum(x, axis=0)),
    "turned round": lambda: Mixing(lambda x: ops.flip(x, axis=0)),
    "the one before": lambda: Mixing(lambda x: ops.roll(x, 1, axis=0)),
    "sorted": lambda: Mixing(lambda x: ops.sort(x, axis=0)),
    "likeness to each other": lambda: Mixing(lambda x: ops.matmul(ops.matmul(x, ops.transpose(x)), x)),
    "distances": lambda: Mixing(lambda x: ops.max(ops.abs(x[:, None] - x[None]), axis=1)),
    "scrambled": lambda: Mixing(lambda x: ops.reshape(ops.transpose(x), ops.shape(x))),
    "numbered": lambda: Mixing(lambda x: x * jnp.arange(x.shape[0], dtype="float32")[:, None]),
    "the first one": lambda: Mixing(lambda x: x - x[:1]),
}


@pytest.mark.parametrize("name", MIXING)
def test_a_batch_that_belongs_together_is_cut_as_keras_cuts_it(name):
    model = network(layers.Flatten(), layers.Dense(6), MIXING[name]())
    np.testing.assert_allclose(
        engine.predict(model, PICTURES), model.predict(PICTURES, verbose=0), rtol=1e-4, atol=1e-5
    )
    assert not is_cut_anywhere(model)


APART = {
    "dense": lambda: [layers.Flatten(), layers.Dense(5, "gelu"), layers.Dense(4, "softmax")],
    "convolutions": lambda: [
        layers.Conv2D(4, 3, padding="same", strides=2),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
    ],
    "depthwise": lambda: [layers.DepthwiseConv2D(3), layers.SeparableConv2D(4, 3), layers.GlobalAveragePooling2D()],
    "grouped": lambda: [layers.Conv2D(6, 3, groups=3), layers.AveragePooling2D(2), layers.GroupNormalization(2)],
    "transposed": lambda: [layers.Conv2DTranspose(4, 3, strides=2), layers.Cropping2D(1), layers.UpSampling2D(2)],
    "recurrent": lambda: [layers.Reshape((8, 24)), layers.LSTM(5, return_sequences=True), layers.GRU(4)],
    "attention": lambda: [layers.Reshape((64, 3)), OfItself(), layers.LayerNormalization(), layers.Flatten()],
    "channels first": lambda: [layers.Permute((3, 1, 2)), layers.Conv2D(4, 3, data_format="channels_first")],
    "augmentation": lambda: [layers.RandomFlip(), layers.RandomRotation(0.1), layers.Rescaling(2.0), layers.Flatten()],
    "padded": lambda: [layers.ZeroPadding2D(1), layers.Dense(4, "tanh")],
    "embedding": lambda: [Mixing(lambda x: ops.cast(ops.abs(x[..., 0, 0]), "int32")), layers.Embedding(9, 4)],
}


class OfItself(layers.Layer):
    def __init__(self):
        super().__init__()
        self.attention = layers.MultiHeadAttention(2, 4)

    def build(self, shape):
        self.attention.build(shape, shape)

    def call(self, x):
        return self.attention(x, x)


@pytest.mark.parametrize("name", APART)
def test_a_model_of_rows_is_known_for_one(name):
    model = network(*APART[name]())
    assert is_cut_anywhere(model)
    np.testing.assert_allclose(
        engine.predict(model, PICTURES), model.predict(PICTURES, verbose=0), rtol=1e-3, atol=1e-5
    )
