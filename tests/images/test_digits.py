"""The built-in digits lie in MNIST's frame as MNIST's own digits do."""

from __future__ import annotations

import numpy as np

from tenfold.images.digits import digits, framed, read_digits


def test_all_digits_are_there_with_their_labels() -> None:
    images, labels = read_digits()
    assert images.shape == (1797, 28, 28, 1)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_centre_of_mass_is_the_centre_of_the_frame() -> None:
    ink = read_digits()[0][..., 0].astype(float)
    place = np.arange(28)
    down = ink.sum(axis=2) @ place / ink.sum(axis=(1, 2))
    across = ink.sum(axis=1) @ place / ink.sum(axis=(1, 2))
    assert np.abs(down - 13.5).max() < 0.3
    assert np.abs(across - 13.5).max() < 0.3


def test_the_longer_side_fills_the_box_of_twenty() -> None:
    inked = read_digits()[0][..., 0] > 127
    rows, columns = inked.any(axis=2).sum(axis=1), inked.any(axis=1).sum(axis=1)
    longer = np.maximum(rows, columns)
    assert np.median(longer) in (19, 20)
    assert longer.max() <= 21
    assert 0.5 < np.median(columns / rows) < 0.7  # proportions are kept: digits are taller than wide


def test_a_bar_stays_a_bar() -> None:
    ink = np.zeros((1, 8, 8))
    ink[0, 1:7, 2] = 1  # six high, one wide, off the centre
    image = framed(ink)[0, ..., 0]
    assert (image[5:23, 13:15] > 230).all()
    assert image[:, :10].max() <= 1
    assert image[:, 18:].max() <= 1
    assert np.array_equal(image, image[::-1])


def test_the_same_seed_gives_the_same_bytes_on_every_machine() -> None:
    assert digits().fingerprint == FINGERPRINT
    assert digits(seed=1).fingerprint != FINGERPRINT
    assert digits(test_fraction=0.5).counts()["test"]["3"] in (91, 92)


FINGERPRINT = "74c141c6972da5ff41cc740711687f60a7d06b4772aa934b17d67bc5bc3ca35b"
