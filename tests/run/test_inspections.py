"""A run is asked what its network saw and learned: by file, by array, by the name of a class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tenfold.errors import DataError, InputError
from tenfold.run.run import Run


def test_a_run_tells_what_its_network_looks_for_and_saw(finished: Path, tmp_path: Path) -> None:
    run = Run(finished)
    picture = run.data().test.images[0]
    Image.fromarray(picture[..., 0]).save(tmp_path / "digit.png")
    assert run.filters()["dense_1"].shape == (8, 28, 28, 1)
    found = run.activations(tmp_path / "digit.png")
    assert [each.layer for each in found] == ["prepare_scale", "flatten_1", "dense_1", "dense_2"]
    assert found[-1].values.sum() == pytest.approx(1, rel=1e-5)
    assert run.saliency(picture).shape == (28, 28, 1)
    assert run.saliency(picture, by="occlusion").shape == (28, 28)
    assert not np.array_equal(run.saliency(picture, "3"), run.saliency(picture, "4"))
    (row,) = run.dead_units(200)
    assert (row["layer"], row["units"]) == ("dense_1", 8)


def test_the_nearest_training_pictures(finished: Path) -> None:
    run = Run(finished)
    train = run.data().train
    first, second = run.nearest(train.images[7], n=2)
    assert (first["index"], first["distance"], first["label"]) == (7, 0, str(train.labels[7]))
    assert np.array_equal(first["picture"], train.images[7])
    assert second["distance"] > 0


def test_what_cannot_be_asked(finished: Path) -> None:
    run, picture = Run(finished), np.zeros((28, 28), np.uint8)
    with pytest.raises(InputError, match="saliency: by='magic'; expected 'gradient' or 'occlusion'"):
        run.saliency(picture, by="magic")
    with pytest.raises(InputError, match=r"label: 'seven'; expected a class of the run\. Known names: 0, 1"):
        run.saliency(picture, "seven")
    with pytest.raises(DataError, match=r"picture: an array of uint8 with shape \(3, 3\)"):
        run.activations(np.zeros((3, 3), np.uint8))


@pytest.mark.parametrize("count", [0, -5, 2.5, True, "3"], ids=repr)
def test_how_many_is_a_whole_number_from_1_up(count: Any, finished: Path) -> None:
    run = Run(finished)
    with pytest.raises(InputError, match=rf"pictures: {count!r}; expected a whole number from 1 up"):
        run.dead_units(count)
    with pytest.raises(InputError, match=rf"n: {count!r}; expected a whole number from 1 up"):
        run.nearest(np.zeros((28, 28), np.uint8), n=count)
