"""What the layers of the network answered to a picture: maps of a convolution, of other layers a strip of units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tenfold.charts.pictures import Pixels, grey
from tenfold.errors import one_line
from tenfold.images.dataset import Images
from tenfold.report.figures import picture
from tenfold.report.markup import Html, name, tag, together

if TYPE_CHECKING:
    from tenfold.backend import keras
    from tenfold.evaluation.inspection.activations import Activation

LAYERS = 6  # the first ones
MAPS = 8  # of a layer
UNITS = 256  # of a layer that has no maps
SAY_NOTHING = ("Dropout", "SpatialDropout2D", "GaussianNoise", "Flatten", "Reshape")  # that the layer before did not


def of_layers(model: keras.Model, pixels: Images) -> Html:
    """A picture for each of the first layers, folded away, for they take room."""
    from tenfold.evaluation.inspection.activations import activations

    given = [each for each in activations(model, pixels) if tells(each)]
    lines = together(tag("li", tag("span", words(each)), drawn(each)) for each in given[:LAYERS])
    first = f"its first {LAYERS} layers" if len(given) > LAYERS else "its layers"
    return tag("details", tag("summary", f"What {first} answered"), tag("ul", lines, class_="layers"))


def tells(given: Activation) -> bool:
    """Whether a layer's answer can be shown and is not that of the layer before."""
    return (
        not given.prepares and given.kind not in SAY_NOTHING and given.values.ndim in (1, 3) and given.values.size > 0
    )


def words(given: Activation) -> Html:
    units = given.values.shape[-1]
    shown = min(units, MAPS if given.values.ndim == 3 else UNITS)
    some = f"the first {shown} of {units:,} units" if shown < units else f"{units:,} units"
    strongest = float(np.nan_to_num(given.values).max())
    return together([name(given.layer), f": {some}, white is {max(strongest, 0.0):.3g}"])


def drawn(given: Activation) -> Html:
    """The maps of a layer beside one another, or its units as a strip: black is nothing, white the strongest."""
    values = given.values
    shown = tiled(values[..., :MAPS], float(np.nan_to_num(values).max())) if values.ndim == 3 else strip(values)
    return picture(shown, f"What the units of {one_line(given.layer)} answer, the brighter the more")


def tiled(maps: npt.NDArray[np.floating], largest: float) -> Pixels:
    """Maps (height, width, units) as one picture, with a grey line between two."""
    line = np.full((len(maps), 1), 128, np.uint8)
    parts = [part for place in range(maps.shape[2]) for part in (line, grey(maps[..., place], largest))]
    return np.concatenate(parts[1:], axis=1)


def strip(values: npt.NDArray[np.floating]) -> Pixels:
    """Units (units,) in a row, each a pixel."""
    return grey(values[np.newaxis, :UNITS], float(np.nan_to_num(values).max()))
