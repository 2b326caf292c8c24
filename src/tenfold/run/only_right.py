"""The pictures that one run alone gets right: what they are, what every run said of them, and how sure each was.

Which pictures these are is known to `evaluation/comparison.py`; this file chooses those to be shown, so many that they
can be looked at, and draws them: in a chart, and in a notebook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenfold.errors import one_line
from tenfold.evaluation.comparison import Comparison
from tenfold.evaluation.mistakes import Judged, judged, ordered
from tenfold.images.dataset import Images
from tenfold.inline_png import inline_png
from tenfold.text_table import escaped, percent

MOST = 24  # pictures of a run
OF_ALL = 96  # pictures of all runs together
COLUMNS, SIDE = 4, 84  # of a gallery, and pixels of a picture in it: a phone has room for them
TALLEST = 64  # pixels of a picture in a notebook


@dataclass(frozen=True, eq=False)
class OnlyRight:
    """The pictures that `name` alone gets right, those first of which it was surest."""

    name: str
    count: int
    images: Images  # of those shown: (pictures, height, width, channels)
    said: tuple[Mapping[str, Judged], ...]  # about each of them, by every run's name

    @property
    def title(self) -> str:
        some = f": {len(self.said)} of {self.count:,}" if len(self.said) < self.count else ""
        return f"Only {one_line(self.name)} gets right{some}"

    def chart(self) -> Any:
        """A gallery, as an Altair chart."""
        from tenfold.charts.gallery import gallery

        rows = [
            {
                "image": image,
                "title": answer(each[self.name]),
                "below": "not " + ", ".join(answer(one) for run, one in each.items() if run != self.name),
                "told": in_words(each),
            }
            for image, each in zip(self.images, self.said, strict=True)
        ]
        others = [one_line(run) for run in self.said[0] if run != self.name]
        key = f"Above: what it is, and how sure {one_line(self.name)} was. Below: what {', '.join(others)} said."
        return gallery(rows, columns=COLUMNS, side=SIDE, title=self.title, subtitle=key)

    def _repr_html_(self) -> str:
        """The same for a notebook: the pictures, and below each what it is and what every run said."""
        cells = "".join(
            f'<div style="width:9em"><img alt="{escaped(in_words(each))}" src="{inline_png(image, TALLEST)}" '
            f'style="width:4em;image-rendering:pixelated"><br>{lines(each)}</div>'
            for image, each in zip(self.images, self.said, strict=True)
        )
        box = f'<div style="display:flex;flex-wrap:wrap;gap:1em;font-size:smaller">{cells}</div>'
        return f"<details><summary>{escaped(self.title)}</summary>{box}</details>"


def only_right(results: Comparison, images: Images) -> list[OnlyRight]:
    """For each network that has such pictures those to be shown; `images` are those that all were tested on."""
    most = max(1, min(MOST, OF_ALL // len(results.names)))
    chosen = []
    for name, one in results.predictions.items():
        ids = np.asarray(results.only_right(name), np.int64)
        if not len(ids):
            continue
        surest = ids[ordered(-one.confidence[ids])][:most]
        by_run = {run: judged(each, surest) for run, each in results.predictions.items()}
        said = tuple({run: about[place] for run, about in by_run.items()} for place in range(len(surest)))
        chosen.append(OnlyRight(name, len(ids), images[surest], said))
    return chosen


def answer(one: Judged) -> str:
    """What was said, and how sure: `4 (98.3 %)`."""
    return one.predicted if one.confidence is None else f"{one.predicted} ({percent(one.confidence)})"


def in_words(said: Mapping[str, Judged]) -> str:
    """One picture and all that was said of it, in a sentence."""
    first = next(iter(said.values()))
    return f"Picture {first.id}, a {first.true}; {', '.join(f'{run} says {answer(one)}' for run, one in said.items())}"


def lines(said: Mapping[str, Judged]) -> str:
    first = next(iter(said.values()))
    told = [f"#{first.id}: {first.true}", *(f"{run}: {answer(one)}" for run, one in said.items())]
    return "<br>".join(f"<bdi>{escaped(line)}</bdi>" for line in told)
