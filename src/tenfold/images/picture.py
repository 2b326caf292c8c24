"""One picture: from a file or bytes to an array of uint8, with every surprise of a picture file dealt with.

This module owns what a picture may be (png, jpg, bmp and gif, told by their contents and never by their name), the
checks that come before memory is taken, and how a picture is brought to a size and to grey or colour. Which pictures
belong together, and what becomes of an unreadable one, is the affair of `collecting.py`.

- **Orientation** written by a camera (EXIF) is applied. Of an animated gif the first frame counts.
- **Transparency** is laid on white, as a page or a browser shows it.
- **Depth**: 16-bit grey is brought to 8 bits by its high end (65535 becomes 255); palettes and CMYK become RGB.
- **Size**: proportions are kept. The picture is scaled until it fits, put in the middle, and what remains is filled
  with the median colour of its own edge, so that a wide word on white paper stays on white paper.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from tenfold.errors import DataError, DataNotFound, UnsafeData
from tenfold.images.limits import LIMITS, Limits
from tenfold.images.stored import looks_like_a_page

Picture = npt.NDArray[np.uint8]  # (height, width, channels), channels being 1 or 3

# Pillow's own Image.open merely warns about a picture of 100 million pixels, and tries formats that we do not read. The
# classes behind it are called directly instead: they read the header and leave the pixels until they are asked for.
FORMATS: tuple[tuple[bytes, str, type[ImageFile.ImageFile]], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png", PngImageFile),
    (b"\xff\xd8\xff", "jpg", JpegImageFile),
    (b"GIF87a", "gif", GifImageFile),
    (b"GIF89a", "gif", GifImageFile),
    (b"BM", "bmp", BmpImageFile),
)
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif"})

# What else is found under the name of a picture, by how it begins (in lower case) and what to call it.
STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML file"),
    (b"ii*\x00", "a TIFF picture"),
    (b"mm\x00*", "a TIFF picture"),
    (b"%pdf", "a PDF"),
    (b"pk\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"{", "JSON text"),
)
EXPECTED = "a png, jpg, bmp or gif picture"

NEARLY_WHITE = 220  # of 255; what is seen of a picture drawn in white on nothing is brighter everywhere
ORIENTATION = 0x0112  # the EXIF tag; its values 2-8 and what puts the picture upright
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)  # the ones that exchange height and width


def read_picture(
    source: str | Path | bytes,
    *,
    channels: int | None = None,
    size: tuple[int, int] | None = None,
    thing: object = None,
    limits: Limits = LIMITS,
) -> Picture:
    """The picture in a file or in bytes, as (height, width, channels).

    `channels` 1 gives grey, 3 gives colour, None whichever the picture truly is: one whose red, green and blue agree
    everywhere is grey, however it was stored. `size` is (height, width); None keeps the picture's own.
    `thing` is what an error calls the picture, where the path would not do.
    """
    thing = thing if thing is not None else ("picture" if isinstance(source, bytes) else source)
    data = source if isinstance(source, bytes) else picture_bytes(Path(source), limits)
    with without_remarks():
        return decode(data, channels=channels, size=size, thing=thing, limits=limits)[0]


def read_within(
    source: str | Path | bytes, longest: int, *, thing: object = None, limits: Limits = LIMITS
) -> tuple[Picture, tuple[int, int]]:
    """A picture whose longest side was brought to `longest` pixels at most, and the (height, width) it had before."""
    thing = thing if thing is not None else ("picture" if isinstance(source, bytes) else source)
    data = source if isinstance(source, bytes) else picture_bytes(Path(source), limits)
    with without_remarks():
        return decode(data, channels=None, size=None, longest=longest, thing=thing, limits=limits)


def decode(
    data: bytes,
    *,
    channels: int | None,
    size: tuple[int, int] | None,
    thing: object,
    longest: int | None = None,
    limits: Limits = LIMITS,
) -> tuple[Picture, tuple[int, int]]:
    """The picture in `data`, and the (height, width) it had before it was brought to `size`, or within `longest`."""
    if channels not in (None, 1, 3):
        raise DataError(thing, found=f"{channels} channels asked for", expected="1 (grey) or 3 (colour)")
    if size is not None and not all(1 <= side <= limits.side for side in size):
        found = "×".join(str(side) for side in size)
        raise DataError("size", found=found, expected=f"a height and width from 1 to {limits.side}")
    name, kind = picture_format(data, thing, limits)
    try:
        with kind(io.BytesIO(data)) as file:
            own = (file.height, file.width)
            check_pixels(own, thing, limits)
            turn = orientation(file)
            own = own[::-1] if turn in SIDEWAYS else own
            image = loaded(file, max(size) if size else longest)
            image = eight_bits(image.transpose(UPRIGHT[turn]) if turn in UPRIGHT else image)
            if longest:
                image.thumbnail((longest, longest), Image.Resampling.BOX, reducing_gap=2.0)
    except (UnsafeData, MemoryError):
        raise
    except Exception as error:  # whatever Pillow trips over in these bytes, they are no picture
        found = f"a {name} that ends too soon (truncated)" if "truncated" in str(error) else f"a damaged {name}"
        raise DataError(thing, found=found, expected=EXPECTED, do="replace the file, or remove it") from error
    if channels is not None:
        image = image.convert("L" if channels == 1 else "RGB")
    pixels = np.asarray(image if size is None else fitted(image, size), dtype=np.uint8)
    if pixels.ndim == 2:
        return pixels[:, :, None].copy(), own
    if channels is None and is_grey(pixels):
        return pixels[:, :, :1].copy(), own
    return pixels.copy(), own


@contextmanager
def without_remarks() -> Iterator[None]:
    """Keep Pillow's warnings about odd but harmless details, such as damaged EXIF data, off the screen.

    Threads share one list of filters; at worst two of them leave Pillow silent, which is what both wanted.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield


def is_grey(pixels: Picture) -> bool:
    """Whether red, green and blue agree everywhere in pictures of shape (..., 3)."""
    red = pixels[..., :1]
    return bool((pixels[..., 1:] == red).all())


def picture_bytes(path: Path, limits: Limits = LIMITS) -> bytes:
    """The bytes of a picture file, never more than the limit: a file may grow between being measured and being read."""
    try:
        with path.open("rb") as file:
            return file.read(limits.picture_bytes + 1)
    except FileNotFoundError as error:
        raise DataNotFound(path, found="no such file", expected=EXPECTED, do="check the path") from error
    except IsADirectoryError as error:
        raise DataError(path, found="a folder", expected=EXPECTED, do="name the pictures in it") from error
    except OSError as error:
        raise DataError(path, found=f"it cannot be read ({error.strerror or error})", expected=EXPECTED) from error


def picture_format(data: bytes, thing: object, limits: Limits) -> tuple[str, type[ImageFile.ImageFile]]:
    """Which of the four formats `data` is, by its first bytes."""
    if not data:
        raise DataError(thing, found="an empty file", expected=EXPECTED, do="replace the file, or remove it")
    if len(data) > limits.picture_bytes:
        expected = f"a picture file of at most {limits.picture_bytes:,} bytes"
        raise UnsafeData(thing, found="a larger file", expected=expected, do="make the picture smaller, or remove it")
    for signature, name, kind in FORMATS:
        if data.startswith(signature):
            return name, kind
    start = data[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    otherwise = "a web page (HTML)" if looks_like_a_page(start) else "another kind of file"
    found = next((what for begin, what in STRANGERS if start.startswith(begin)), otherwise)
    if start[:4] == b"riff" and start[8:12] == b"webp":
        found = "a WebP picture"
    if start[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        found = "a HEIC or AVIF picture"
    raise DataError(thing, found=found, expected=EXPECTED, do="save it as png, or remove it")


def check_pixels(size: tuple[int, int], thing: object, limits: Limits) -> None:
    """Refuse a picture by the size its header declares, before a single pixel is decoded."""
    height, width = size
    if width * height > limits.picture_pixels:
        raise UnsafeData(
            thing,
            found=f"a picture of {height:,}×{width:,} pixels",
            expected=f"at most {limits.picture_pixels:,} pixels",
            do="make the picture smaller, or remove it",
        )


def loaded(file: ImageFile.ImageFile, side: int | None) -> Image.Image:
    """The decoded picture. A jpg that will be made much smaller is decoded at a half, quarter or eighth at once."""
    if side is not None:
        file.draft(None, (2 * side, 2 * side))  # twice what is needed, either way up, keeps the scaling smooth
    file.load()
    return file


def orientation(file: ImageFile.ImageFile) -> int:
    """How the camera was held, 1 being upright. EXIF data is often damaged; a picture without its turn is still one."""
    try:
        return int(file.getexif().get(ORIENTATION, 1))
    except Exception:
        return 1


def eight_bits(image: Image.Image) -> Image.Image:
    """The picture as 8-bit grey ("L") or colour ("RGB"), nothing transparent about it."""
    if image.mode.startswith("I"):  # 16 bits of grey, also where Pillow holds them in 32
        grey = np.asarray(image).astype(np.int64).clip(0, 65535)
        return Image.fromarray(((grey + 128) // 257).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, ground_below(image)), image).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def ground_below(image: Image.Image) -> str:
    """What a transparent picture is laid on: white, as viewers do, unless all that is to be seen is white itself."""
    pixels = np.asarray(image)  # (height, width, RGBA)
    visible = pixels[pixels[..., 3] > 0, :3]
    return "black" if visible.size and visible.min() > NEARLY_WHITE else "white"


def fitted(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture scaled to fit into (height, width), in the middle of a ground of its own edge's colour."""
    height, width = size
    if (image.height, image.width) == size:
        return image
    scale = min(height / image.height, width / image.width)
    scaled = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image = image.resize(scaled, Image.Resampling.BILINEAR, reducing_gap=3.0)
    if scaled == (width, height):
        return image
    pixels = np.asarray(image).reshape(image.height, image.width, -1)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])  # (edge pixels, channels)
    ground = tuple(int(value) for value in np.median(edge, axis=0))
    canvas = Image.new(image.mode, (width, height), ground if len(ground) > 1 else ground[0])
    canvas.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return canvas
