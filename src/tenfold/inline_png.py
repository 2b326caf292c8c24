"""A picture as a piece of text that a page or a chart can hold: PNG in a data URL.

Every folder that shows pictures inside something else (a notebook's table, a chart, a report) uses this one way, so
that nothing is ever loaded from anywhere. Which pictures, how many and how large is for the caller to say.
"""

from __future__ import annotations

import base64
import io

import numpy as np
import numpy.typing as npt
from PIL import Image


def inline_png(pixels: npt.NDArray[np.uint8], tallest: int | None = None) -> str:
    """uint8 pixels (height, width) or (height, width, channels) as a data URL; a `tallest` picture is shrunk to that.

    Of channels that are neither grey, colour nor colour with transparency, the first is shown.
    """
    if pixels.ndim == 3:
        pixels = pixels if pixels.shape[2] in (3, 4) else pixels[..., 0]
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    if tallest is not None and picture.height > tallest:
        picture = picture.resize((max(1, picture.width * tallest // picture.height), tallest))
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
