"""A `Finding`: one thing that a run teaches, as a sentence, with what it rests on, how sure it is and what to do.

It owns the noun and the list of them, their text, their looks in a notebook and their JSON. What is found out, and when
nothing is said, is decided by the rules in `findings/`.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenfold.errors import RunError, one_line
from tenfold.text_table import escaped, percent

WORDS = ("certain", "likely", "hint")  # counted; what else could it be; worth a look
WRITE_AGAIN = "to write them again, type `tenfold evaluate` with the run; it opens a test set that is still closed"
LONGEST = 400  # characters of a piece of evidence in a notebook
LISTED = 1000  # pictures that a piece of evidence names; how many there are in all stands beside them
KEYS = ("kind", "claim", "evidence", "confidence", "advice")


@dataclass(frozen=True)
class Finding:
    """A claim with its evidence. `confidence` is one of WORDS or, where there is one, a probability."""

    kind: str
    claim: str  # one sentence
    evidence: Mapping[str, Any]  # numbers, and pictures by their place in the split
    confidence: str | float = "certain"
    advice: str = ""  # what to do next, with the command where there is one

    def __post_init__(self) -> None:
        sure = self.confidence
        if not (sure in WORDS if isinstance(sure, str) else 0 <= sure <= 1):
            raise ValueError(f"confidence is {sure!r}; expected {', '.join(WORDS)}, or a probability")
        object.__setattr__(self, "evidence", plain(self.evidence))

    @property
    def sure(self) -> str:
        """How sure the claim is, in a word or two."""
        return self.confidence if isinstance(self.confidence, str) else f"{percent(self.confidence, 0)} sure"

    def as_json(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in KEYS}

    @classmethod
    def from_json(cls, value: object, thing: object) -> Finding:
        """A finding out of `findings.json`, which may come from anyone; `thing` names the file in the error."""
        fields = value if isinstance(value, Mapping) else {}
        kind, claim, evidence, confidence, advice = (fields.get(key) for key in KEYS)
        words = all(isinstance(text, str) for text in (kind, claim, advice))
        if words and isinstance(evidence, Mapping) and type(confidence) in (str, int, float):
            try:
                return cls(str(kind), str(claim), evidence, confidence, str(advice))  # type: ignore[arg-type]
            except (ValueError, RecursionError):
                pass
        raise RunError(
            thing,
            found="a finding that makes no sense",
            expected=f"objects with {', '.join(KEYS)}",
            do=WRITE_AGAIN,
        )

    def __str__(self) -> str:
        advice = f"\n  {one_line(self.advice)}" if self.advice else ""
        return f"{one_line(self.claim)} ({self.sure}){advice}"

    def __repr__(self) -> str:
        return f"{one_line(self.kind)}: {one_line(self.claim)} ({self.sure})"

    def _repr_html_(self) -> str:
        claim, advice, sure = (html.escape(one_line(text)) for text in (self.claim, self.advice, self.sure))
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(one_line(name))}</th>"
            f"<td style='text-align:left'>{html.escape(cut(one_line(value)))}</td></tr>"
            for name, value in self.evidence.items()
        )
        done = f"<p>{advice}</p>" if advice else ""
        details = f"<details><summary>evidence</summary><table>{rows}</table></details>" if rows else ""
        return f"<div><p><b>{claim}</b> ({sure})</p>{done}{details}</div>"


def cut(text: str) -> str:
    """As much of a piece of evidence as a table has room for: it may be a list of a thousand pictures."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


class Findings(list[Finding]):
    """What a run teaches, the most important first: a list that reads well wherever it is shown."""

    def __str__(self) -> str:
        return "\n".join(f"• {finding}" for finding in self) or "nothing was found"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<div>{''.join(finding._repr_html_() for finding in self) or escaped(str(self))}</div>"


def plain(value: Any) -> Any:
    """`value` as JSON has it: NumPy's numbers and arrays become Python's, what is no number becomes None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return plain(value.tolist())
