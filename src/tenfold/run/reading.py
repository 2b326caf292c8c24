"""What a run says about handwriting: the digits of a photo, each with how sure it is, in reading order.

The pictures go through `images/ink.py` first, which brings each digit into the frame that the run was trained on. A run
on MNIST or on the built-in digits does so by itself; any other run on 28×28 grey pictures does when it is asked to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.backend import keras
from tenfold.engine import predict
from tenfold.errors import RunError
from tenfold.images.frame import FRAME
from tenfold.images.ink import Ink, Page, read_ink
from tenfold.run.answer import Answer, Picture, answer
from tenfold.run.familiar import Compare, Likeness, nearness
from tenfold.run.touching import Seen, seen_on

HANDWRITTEN = ("mnist", "digits")  # the named sets whose pictures were made as `images/frame.py` makes them
SHAPE = (FRAME, FRAME, 1)


@dataclass(frozen=True, repr=False)
class Read(Answer):
    """The most probable label of one digit on a picture, and how the digit looked on every stage."""

    ink: Ink

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self.ink.warnings, *self.doubts)

    @property
    def beside(self) -> list[tuple[str, npt.NDArray[np.uint8]]]:
        """Its nearest training pictures, each with a caption."""
        return [(nearness(near), near["picture"]) for near in self.nearest]


@dataclass(frozen=True, repr=False)
class Reading(Answer):
    """All digits of a picture.

    Of a single one `label`, `probabilities` and `nearest` are its own; of several `label` is the digits in reading
    order, rows apart, and `probability` that of all of them being right at once.
    """

    digits: tuple[Read, ...]
    page: Page

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the answer doubtful, a sentence each; of several digits with the place of the one it is about."""
        several = len(self.digits) > 1
        about = [
            f"digit {place} ({read.label}): {warning}" if several else warning
            for place, read in enumerate(self.digits, start=1)
            for warning in read.warnings
        ]
        return (*self.page.warnings, *about)

    def as_json(self) -> dict[str, Any]:
        boxes = [[read.ink.box.left, read.ink.box.top, read.ink.box.right, read.ink.box.bottom] for read in self.digits]
        digits = [
            {**read.as_json(), "row": read.ink.row, "box": box} for read, box in zip(self.digits, boxes, strict=True)
        ]
        return {**super().as_json(), "digits": digits, "boxes": boxes}

    def _repr_html_(self) -> str:
        from tenfold.images.showing import page_as_html

        return page_as_html(
            self.page,
            [str(read) for read in self.digits],
            [read.beside for read in self.digits],
            [read.warnings for read in self.digits],
        )


def readings(
    model: keras.Model,
    pictures: Sequence[Picture],
    shape: tuple[int, int, int],
    classes: Sequence[str],
    thing: str,
    compare: Compare,
) -> list[Reading]:
    """What is written on each of `pictures`; all are read before the model is asked. `thing` names the run."""
    if shape != SHAPE:
        raise RunError(
            thing,
            found=f"trained on pictures of {'×'.join(map(str, shape))}",
            expected="28×28 grey for reading handwriting",
            do="predict with --no-ink, or ask a run on mnist or digits",
        )
    pages = [read_ink(picture) for picture in pictures]
    if not pages:
        return []
    digits = seen_on(pages, lambda frames: np.asarray(predict(model, frames)).astype(np.float32))
    likeness = iter(compare(np.stack([seen.ink.image for page in digits for seen in page])[..., np.newaxis]))
    return [
        reading_of(page, tuple(read_of(seen, classes, next(likeness)) for seen in own))
        for page, own in zip(pages, digits, strict=True)
    ]


def read_of(seen: Seen, classes: Sequence[str], likeness: Likeness) -> Read:
    one = answer(seen.row, classes)
    near, doubts = likeness.pictures, likeness.doubts
    return Read(one.label, one.probability, one.probabilities, seen.ink, nearest=near, doubts=doubts)


def reading_of(page: Page, reads: tuple[Read, ...]) -> Reading:
    page = replace(page, digits=tuple(read.ink for read in reads))
    if len(reads) == 1:
        (one,) = reads
        return Reading(one.label, one.probability, one.probabilities, reads, page, nearest=one.nearest)
    rows = sorted({read.ink.row for read in reads})
    text = " ".join("".join(read.label for read in reads if read.ink.row == row) for row in rows)
    all_right = float(np.prod([read.probability for read in reads]))
    return Reading(text, all_right, {text: all_right}, reads, page)
