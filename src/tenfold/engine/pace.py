"""How many steps a compiled chunk takes: as many as fit in a fifth of a second, learned from the chunks before."""

from __future__ import annotations

CHUNK_SECONDS = 0.2  # five looks a second at progress and Ctrl-C; small beside what starting a chunk costs


class Pace:
    """Steps per chunk, starting low and growing at most fourfold at a time: the first guess must not be a long wait."""

    def __init__(self) -> None:
        self.steps = 8

    def took(self, steps: int, seconds: float) -> None:
        """Learn from a chunk of `steps` steps that ran for `seconds`."""
        wanted = steps * CHUNK_SECONDS / max(seconds, 1e-6)
        self.steps = max(1, min(int(wanted), 4 * self.steps))
