"""Names and pictures that charts are drawn from here, the hostile ones among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

HOSTILE = (
    "a \"quoted\" 'name'",
    "</script><script>alert(1)</script>",
    "dots.and[brackets]",
    "😀 café",
    "left\u202eright",
    "very long " * 30,
    "datum['x']",
    "line\nbreak",
)


@pytest.fixture(scope="session")
def epochs() -> list[dict[str, Any]]:
    """Twelve epochs that overfit from the eighth on."""
    return [
        {
            "epoch": epoch,
            "seconds": 1.5,
            "loss": 0.5 / epoch,
            "train_loss": 0.4 / epoch,
            "val_loss": 0.4 / epoch + 0.006 * epoch,
            "accuracy": 1 - 0.1 / epoch,
            "train_accuracy": 1 - 0.08 / epoch,
            "val_accuracy": 0.98 - 0.08 / epoch,
        }
        for epoch in range(1, 13)
    ]


@pytest.fixture(scope="session")
def noise() -> np.ndarray[Any, Any]:
    """Thirty pictures of nothing, (30, 8, 8)."""
    return np.random.default_rng(7).integers(0, 256, (30, 8, 8), dtype=np.uint8)
