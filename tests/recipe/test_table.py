"""Frozen values: what may stand in a recipe, and that it never changes."""

from __future__ import annotations

import copy
import datetime
import pickle

import numpy as np
import pytest

from tenfold.errors import RecipeError
from tenfold.recipe.table import Table, frozen, thawed


def test_a_table_is_a_mapping_that_cannot_be_changed():
    table = Table({"layer": "Dense", "units": 3})
    assert dict(table) == {"layer": "Dense", "units": 3}
    with pytest.raises(TypeError):
        table["units"] = 4


def test_equal_tables_hash_alike_and_survive_pickle_and_copy():
    table = Table({"layer": "Dense", "sizes": [1, 2], "inner": {"regularizer": "L2"}})
    again = Table({"inner": {"regularizer": "L2"}, "layer": "Dense", "sizes": (1, 2)})
    assert table == again
    assert hash(table) == hash(again)
    assert pickle.loads(pickle.dumps(table)) == copy.deepcopy(table) == table


def test_lists_and_numpy_numbers_become_plain_frozen_values():
    value = frozen({"a": [np.int64(3), np.float32(0.5), True, [1]]}, "key")
    assert value["a"] == (3, 0.5, True, (1,))
    assert [type(item) for item in value["a"][:3]] == [int, float, bool]
    assert thawed(value) == {"a": [3, 0.5, True, [1]]}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "NoneType; expected a number, a word.*Leave the key out"),
        (datetime.date(2020, 1, 1), "a value of type date"),
        (len, "a value of type builtin_function"),
        (float("nan"), "nan; expected a finite number"),
        (float("inf"), "inf; expected a finite number"),
        (2**63, "more than 64 bits"),
        ("\ud800", "text that UTF-8 cannot write"),
        ({1: "x"}, "a key of type int"),
    ],
)
def test_what_toml_cannot_say_is_refused_by_its_key(value, words):
    with pytest.raises(RecipeError, match=rf"^network\.layers\.0: .*{words}"):
        frozen(value, "network.layers.0")


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}])
def test_nesting_without_end_is_refused(wrap):
    value = 1
    for _ in range(1000):
        value = wrap(value)
    with pytest.raises(RecipeError, match="without end; expected at most 16 levels"):
        frozen(value, "key")
