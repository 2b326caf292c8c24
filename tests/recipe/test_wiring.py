"""Which layer feeds which: in chains, in networks that branch, in models inside models, and where nobody can tell."""

from __future__ import annotations

from typing import Any

import keras
import pytest
from keras import layers

from tenfold.recipe.network import layer_table
from tenfold.recipe.wiring import edges


def named(model: keras.Model) -> set[str]:
    """The edges by the names of their layers."""
    rows, found = layer_table(model), edges(model)
    assert found is not None
    return {f"{rows[begin].name} > {rows[end].name}" for begin, end in found}


def dense(name: str) -> Any:
    return layers.Dense(4, name=name)


def residual() -> keras.Model:
    """One block whose input goes past it."""
    pixels = keras.Input((4,), name="pixels")
    first = dense("first")(pixels)
    around = layers.Add(name="add")([first, dense("inner")(first)])
    return keras.Model(pixels, dense("last")(around))


class Own(keras.Model):
    """A model whose layers are connected by code alone."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = dense("inside")

    def call(self, inputs: Any) -> Any:
        return self.inside(inputs)


def test_a_chain_is_a_chain() -> None:
    model = keras.Sequential([keras.Input((4,)), dense("a"), dense("b"), dense("c")])
    assert edges(model) == [(0, 1), (1, 2)]


def test_a_residual_block_goes_past_itself() -> None:
    assert named(residual()) == {"pixels > first", "first > inner", "first > add", "inner > add", "add > last"}


def test_an_operation_between_layers_is_gone_through() -> None:
    pixels = keras.Input((4,), name="pixels")
    first = dense("first")(pixels)
    model = keras.Model(pixels, dense("last")(first + dense("inner")(first)))
    assert named(model) == {"pixels > first", "first > inner", "first > last", "inner > last"}


def test_models_inside_are_opened_and_their_inputs_are_no_rows() -> None:
    pixels = keras.Input((4,), name="outer")
    chain = keras.Sequential([dense("x"), dense("y")])
    model = keras.Model(pixels, dense("end")(residual()(chain(pixels))))
    assert named(model) == {
        *("outer > x", "x > y", "y > first", "last > end"),
        *("first > inner", "first > add", "inner > add", "add > last"),
    }


def test_a_layer_that_is_used_twice_is_one_row_with_both_its_lines() -> None:
    pixels, shared = keras.Input((4,), name="pixels"), dense("shared")
    model = keras.Model(pixels, layers.Add(name="add")([shared(dense("a")(pixels)), shared(dense("b")(pixels))]))
    assert named(model) == {"pixels > a", "pixels > b", "a > shared", "b > shared", "shared > add"}


def in_a_row() -> keras.Model:
    pixels, shared = keras.Input((4,)), dense("shared")
    return keras.Model(pixels, shared(shared(pixels)))


def of_own_code() -> keras.Model:
    pixels = keras.Input((4,))
    return keras.Model(pixels, Own()(pixels))


@pytest.mark.parametrize("make", [in_a_row, of_own_code, Own])
def test_where_nobody_can_tell_there_is_none(make: Any) -> None:
    assert edges(make()) is None
