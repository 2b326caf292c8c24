"""The nearest pictures are those that a plain comparison with every one finds, in any pieces."""

from __future__ import annotations

import numpy as np
import pytest

from tenfold.errors import InputError
from tenfold.evaluation import neighbours
from tenfold.evaluation.neighbours import nearest

RANDOM = np.random.default_rng(0)
PICTURES = RANDOM.integers(0, 256, (50, 4, 5, 3), dtype=np.uint8)
ASKED = RANDOM.integers(0, 256, (7, 4, 5, 3), dtype=np.uint8)


@pytest.mark.parametrize("pieces_of", [1, 3, 50])
def test_they_are_the_nearest(pieces_of: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "BYTES", 8 * 60 * pieces_of)
    found = nearest(PICTURES, ASKED, 6)
    plain = np.array([[np.linalg.norm((one / 255.0 - other / 255.0).ravel()) for other in PICTURES] for one in ASKED])
    order = np.argsort(plain, axis=1, kind="stable")[:, :6]
    assert np.array_equal(found.indices, order)
    assert found.distances == pytest.approx(np.take_along_axis(plain, order, axis=1), rel=1e-9)


def test_a_picture_is_its_own_neighbour_and_of_equal_ones_the_first_comes_first() -> None:
    twice = np.concatenate([PICTURES, PICTURES])
    found = nearest(twice, PICTURES[3:4], 2)
    assert found.indices.tolist() == [[3, 53]]
    assert found.distances.tolist() == [[0, 0]]


def test_of_many_equally_near_ones_the_first_come_first_in_any_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = np.concatenate([PICTURES[:1]] * 30 + [PICTURES[1:2]] + [PICTURES[:1]] * 30)
    for pieces_of in (4, 61):
        monkeypatch.setattr(neighbours, "BYTES", 8 * 60 * pieces_of)
        assert nearest(pictures, PICTURES[:2], 4).indices.tolist() == [[0, 1, 2, 3], [30, 0, 1, 2]]


def test_sums_are_exact_where_float32_would_round() -> None:
    """Two pictures of 200×200 that differ from the one asked about by 1 in one pixel, and by 1 in two."""
    asked = np.full((1, 200, 200, 1), 251, np.uint8)
    pictures = np.repeat(asked, 2, axis=0)
    pictures[0, 0, :2] += 1
    pictures[1, 0, 0] += 1
    found = nearest(pictures, asked)
    assert found.indices.tolist() == [[1, 0]]
    assert found.distances * 255 == pytest.approx(np.sqrt([[1, 2]]))


def test_what_cannot_be_compared_is_told() -> None:
    with pytest.raises(InputError, match=r"pictures: shape \(4, 4\); expected shape \(4, 5, 3\)"):
        nearest(PICTURES, np.zeros((1, 4, 4), np.uint8))
    with pytest.raises(InputError, match="n: 0; expected a whole number from 1 up"):
        nearest(PICTURES, ASKED, 0)
    assert nearest(PICTURES[:3], ASKED, 9).indices.shape == (7, 3)
