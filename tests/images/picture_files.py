"""Small picture files, drawn when a test needs them: each one differs from every other."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

GREYS = np.random.default_rng(7).integers(0, 256, (200, 12, 12), dtype=np.uint8)


def encoded(picture: Image.Image | np.ndarray[Any, Any], kind: str = "PNG", **options: Any) -> bytes:
    """A picture as the bytes of a file."""
    file = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(file, kind, **options)
    return file.getvalue()


def grey(number: int) -> bytes:
    """A grey png of 12 × 12."""
    return encoded(GREYS[number])


def colour(number: int) -> bytes:
    return encoded(np.stack([GREYS[number], GREYS[number + 1], GREYS[number + 2]], axis=-1))


def tree(root: Path, *names: str, **contents: int) -> Path:
    """A folder with the given files, a grey picture in each; `cats=3` stands for cats/0.png, cats/1.png, cats/2.png."""
    every = [*names, *(f"{folder}/{i}.png" for folder, count in contents.items() for i in range(count))]
    for number, name in enumerate(every):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(grey(number))
    return root
