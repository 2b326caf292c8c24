"""Pictures in rows and columns, each with a title: what the sheets draw with matplotlib, in a line of a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from tenfold.charts.gallery import gallery

SIDE = 84  # pixels of a picture on the screen


def in_a_grid(
    pictures: npt.NDArray[Any], titles: Sequence[object] = (), *, columns: int = 5, title: str = "Pictures"
) -> Any:
    """`pictures` (pictures, height, width, channels), values from 0 to 255, as a chart.

    It can be kept: `in_a_grid(...).save("samples.png")`.
    """
    named = [str(each) for each in titles] or [""] * len(pictures)
    rows = [{"image": picture, "title": name} for picture, name in zip(pictures, named, strict=True)]
    return gallery(rows, columns=columns, side=SIDE, title=title)
