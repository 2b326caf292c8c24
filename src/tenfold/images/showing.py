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
MOST_ROWS = 60  # of a sheet of stages; a page with more digits shows the first ones
BOX_COLOUR, TEXT_COLOUR = (0, 114, 178), (255, 255, 255)  # blue that everyone can tell from ink, and white on it
CAPTIONS = {
    "original": "the picture",
    "flattened": "light removed",
    "mask": "what was written",
    "crop": "this digit",
    "seen": "what the network saw",
}


def stages_sheet(page: Page, labels: Sequence[str] = ()) -> Array:
    """Every digit of a page in a row of its stages, (height, width, 3); `labels` are written beside them."""
    digits = page.digits[:MOST_ROWS]
    head = 2 * GAP + 12
    width = len(CAPTIONS) * (CELL + GAP) + GAP + 60
    sheet = Image.new("RGB", (width, head + len(digits) * (CELL + GAP)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for column, caption in enumerate(CAPTIONS.values()):
        draw.text((GAP + column * (CELL + GAP), GAP), caption, fill="black", font=font)
    for row, ink in enumerate(digits):
        top = head + row * (CELL + GAP)
        for column, name in enumerate(CAPTIONS):
            sheet.paste(in_cell(ink.stages[name]), (GAP + column * (CELL + GAP), top))
        if row < len(labels):
            draw.text((GAP + len(CAPTIONS) * (CELL + GAP), top + CELL // 3), labels[row], fill="black", font=font)
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


def page_as_html(page: Page, labels: Sequence[str] = ()) -> str:
    """A page for a notebook: the picture with its boxes, and the stages of each digit, with what it was read as."""
    title = html.escape(one_line(page))
    boxes = f'<img alt="{title}" src="{inline_png(with_boxes(page, labels), 400)}">'
    rows = "".join(
        f"<p>{html.escape(one_line(label))}</p>{stages_row(ink)}{sentences(ink.warnings)}"
        for ink, label in zip(page.digits[:MOST_ROWS], [*labels, *[""] * MOST_ROWS], strict=False)
    )
    return f"<div><p>{title}</p>{boxes}{sentences(page.warnings)}{rows}</div>"


def stages_row(ink: Ink) -> str:
    cells = "".join(
        f'<td><img alt="{caption}" title="{caption}" src="{inline_png(np.asarray(in_cell(ink.stages[name])))}"></td>'
        for name, caption in CAPTIONS.items()
    )
    return f"<table><tr>{cells}</tr></table>"


def sentences(warnings: Sequence[str]) -> str:
    return "".join(f"<p>Note: {html.escape(warning)}.</p>" for warning in warnings)
