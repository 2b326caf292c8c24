"""What a network saw, to look at: the stages of each digit side by side, and the picture with a box around each digit.

Arrays of pixels, made into one PNG or into a table for a notebook. Names from outside are escaped.
"""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from tenfold.errors import one_line
from tenfold.inline_png import inline_png

if TYPE_CHECKING:
    from tenfold.images.ink import Ink, Page

Array = npt.NDArray[np.uint8]
CELL = 112  # pixels of a stage: the frame of 28×28 four times as large
GAP = 8
LABEL = 60  # pixels for what a digit was read as
MOST_ROWS = 60  # of a sheet of stages; a page with more digits shows the first ones
MOST_BESIDE = 8  # pictures beside a row of stages
BOX_COLOUR, TEXT_COLOUR = (0, 114, 178), (255, 255, 255)  # blue that everyone can tell from ink, and white on it
CAPTION_COLOUR = (255, 200, 90)  # on the black of a training picture
NEAREST, HEADING = "the nearest training pictures", 190  # and the pixels that these words take
Beside = tuple[str, Array]  # a caption and its picture (height, width[, channels])
CAPTIONS = {
    "original": "the picture",
    "flattened": "light removed",
    "mask": "what was written",
    "crop": "this digit",
    "seen": "what the network saw",
}


def stages_sheet(page: Page, labels: Sequence[str] = (), beside: Sequence[Sequence[Beside]] = ()) -> Array:
    """Every digit of a page in a row of its stages, (height, width, 3).

    `labels` are written behind them, and after these stand the pictures `beside` each, of which at most MOST_BESIDE.
    """
    digits = page.digits[:MOST_ROWS]
    pictures = [row[:MOST_BESIDE] for row in beside[:MOST_ROWS]]
    more = max(map(len, pictures), default=0)
    head, after = 2 * GAP + 12, len(CAPTIONS) * (CELL + GAP) + GAP
    width = after + LABEL + (max(more * (CELL + GAP), HEADING) if more else 0)
    sheet = Image.new("RGB", (width, head + len(digits) * (CELL + GAP)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for column, caption in enumerate(CAPTIONS.values()):
        draw.text((GAP + column * (CELL + GAP), GAP), caption, fill="black", font=font)
    if more:
        draw.text((after + LABEL, GAP), NEAREST, fill="black", font=font)
    for row, ink in enumerate(digits):
        top = head + row * (CELL + GAP)
        for column, name in enumerate(CAPTIONS):
            sheet.paste(in_cell(ink.stages[name]), (GAP + column * (CELL + GAP), top))
        if row < len(labels):
            draw.text((after, top + CELL // 3), labels[row], fill="black", font=font)
        for column, (caption, picture) in enumerate(pictures[row] if row < len(pictures) else ()):
            left = after + LABEL + column * (CELL + GAP)
            sheet.paste(in_cell(picture), (left, top))
            draw.text((left + 4, top + 2), caption, fill=CAPTION_COLOUR, font=font)
    return np.asarray(sheet)


def in_cell(stage: Array) -> Image.Image:
    """A stage in the middle of a square, its pixels visible as such where they are few."""
    image = Image.fromarray(stage[..., 0] if stage.ndim == 3 and stage.shape[2] == 1 else stage).convert("RGB")
    scale = CELL / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image = image.resize(size, Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX)
    cell = Image.new("RGB", (CELL, CELL), (235, 235, 235))
    cell.paste(image, ((CELL - image.width) // 2, (CELL - image.height) // 2))
    return cell


def with_boxes(page: Page, labels: Sequence[str] = ()) -> Array:
    """The picture of a page with a box around each digit and what it was read as above it, (height, width, 3)."""
    pixels = page.original if page.original.shape[2] == 3 else np.repeat(page.original, 3, axis=2)
    image = Image.fromarray(np.ascontiguousarray(pixels))
    draw = ImageDraw.Draw(image)
    line = max(1, max(image.size) // 400)
    for place, ink in enumerate(page.digits):
        sides = (ink.box.left, ink.box.top, ink.box.right, ink.box.bottom)
        left, top, right, bottom = (round(side * page.scale) for side in sides)
        draw.rectangle((left - line, top - line, right + line, bottom + line), outline=BOX_COLOUR, width=line)
        text = labels[place] if place < len(labels) else str(place + 1)
        font = ImageFont.load_default(max(10, min(40, (bottom - top) // 3)))
        _, _, wide, tall = draw.textbbox((0, 0), text, font=font)
        above = max(0, top - line - tall - 2)
        draw.rectangle((left - line, above, left - line + wide + 4, above + tall + 2), fill=BOX_COLOUR)
        draw.text((left - line + 2, above), text, fill=TEXT_COLOUR, font=font)
    return np.asarray(image)


def as_png(pixels: Array) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", optimize=True)
    return file.getvalue()


def ink_as_html(ink: Ink) -> str:
    """One digit for a notebook: its stages, and what is unlike the training data."""
    return f"<div>{stages_row(ink)}{sentences(ink.warnings)}</div>"


def page_as_html(
    page: Page,
    labels: Sequence[str] = (),
    beside: Sequence[Sequence[Beside]] = (),
    warnings: Sequence[Sequence[str]] = (),
) -> str:
    """A page for a notebook: the picture with its boxes, and of each digit what it was read as, its stages, the
    pictures `beside` it and its `warnings`, if these are not only its ink's.
    """
    title = html.escape(one_line(page))
    boxes = f'<img alt="{title}" src="{inline_png(with_boxes(page, labels), 400)}">'
    digits = page.digits[:MOST_ROWS]
    rows = "".join(
        f"<p>{html.escape(one_line(label))}</p>{stages_row(ink, pictures)}{sentences(about)}"
        for ink, label, pictures, about in zip(
            digits,
            labels or [""] * len(digits),
            beside or [()] * len(digits),
            warnings or [ink.warnings for ink in digits],
            strict=False,
        )
    )
    return f"<div><p>{title}</p>{boxes}{sentences(page.warnings)}{rows}</div>"


def stages_row(ink: Ink, beside: Sequence[Beside] = ()) -> str:
    stages = [cell(caption, ink.stages[name]) for name, caption in CAPTIONS.items()]
    near = [cell(f"a training picture: {caption}", picture) for caption, picture in beside[:MOST_BESIDE]]
    return f"<table><tr>{''.join([*stages, *near])}</tr></table>"


def cell(caption: str, picture: Array) -> str:
    caption = html.escape(one_line(caption))
    return f'<td><img alt="{caption}" title="{caption}" src="{inline_png(np.asarray(in_cell(picture)))}"></td>'


def sentences(warnings: Sequence[str]) -> str:
    return "".join(f"<p>Note: {html.escape(warning)}.</p>" for warning in warnings)
