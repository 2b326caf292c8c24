"""The forms in which a run can be exported, and the endings of their files: light, for the command line reads it."""

from __future__ import annotations

from typing import Literal

Form = Literal["script", "notebook"]
ENDINGS: dict[str, str] = {"script": ".py", "notebook": ".ipynb"}
