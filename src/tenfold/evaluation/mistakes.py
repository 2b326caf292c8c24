"""The mistakes, one by one: which pictures, taken for what, and how sure the network was.

It orders pictures; it does not hold them. A picture is named by its id, its place in the split. Pairs of classes are
counted in `confusion.py`; whether a label rather than the network is at fault is not judged here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import one_line
from tenfold.evaluation.confusion import Pair, check_images
from tenfold.evaluation.evaluation import finite
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import columns, html_table, paragraphs, percent


@dataclass(frozen=True)
class Judged:
    """What was said about one picture: what it is, what it was taken for, and how probable both were said to be."""

    id: int
    true: str
    predicted: str
    confidence: float | None  # in what was predicted; None where the outputs are no probabilities
    truth: float | None  # the probability given to the true class

    @property
    def right(self) -> bool:
        return self.true == self.predicted

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "true": self.true,
            "predicted": self.predicted,
            "confidence": self.confidence,
            "truth": self.truth,
        }

    def __str__(self) -> str:
        sure = "" if self.confidence is None else f", {percent(self.confidence)} sure"
        return f"picture {self.id}: {one_line(self.true)} taken for {one_line(self.predicted)}{sure}"

    __repr__ = __str__


@dataclass(frozen=True, eq=False)
class Mistakes:
    """The misclassified pictures of a split, in whichever order is asked for."""

    predictions: Predictions

    def __len__(self) -> int:
        return len(self.predictions.wrong)

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """The misclassified pictures in the order of the split."""
        return self.predictions.wrong

    def most_confident(self, n: int | None = 25) -> tuple[Judged, ...]:
        """The mistakes that the network was surest of, the surest first; None for all of them."""
        wrong = self.predictions.wrong
        return judged(self.predictions, wrong[ordered(-self.predictions.confidence[wrong])][:n])

    def hardest(self, n: int | None = 25) -> tuple[Judged, ...]:
        """The pictures, misclassified or not, whose true class was found least probable."""
        truth = self.predictions.truth
        return judged(self.predictions, ordered(truth)[: int(np.isfinite(truth).sum())][:n])

    def pairs(self, n: int | None = 10, examples: int = 12) -> tuple[Pair, ...]:
        """The pairs of classes confused most, with up to `examples` pictures of each, the surest mistakes first."""
        return tuple(
            Pair(pair.true, pair.predicted, pair.count, pair.rate, self._surest(pair.ids)[:examples])
            for pair in self.predictions.confusion().most_confused(n)
        )

    def table(self) -> list[dict[str, Any]]:
        """One row for each mistake, the surest first: id, true, predicted, confidence, truth."""
        return [each.as_json() for each in self.most_confident(None)]

    def _surest(self, ids: tuple[int, ...]) -> tuple[int, ...]:
        places = np.array(ids)
        return tuple(places[ordered(-self.predictions.confidence[places])].tolist())

    def rows(self, n: int | None = 10) -> list[tuple[str, ...]]:
        """The `n` surest mistakes in words, header first."""
        header = ("picture", "true", "predicted", "sure", "truth")
        shown = [
            (str(each.id), each.true, each.predicted, percent(each.confidence, 2), percent(each.truth, 2))
            for each in self.most_confident(n)
        ]
        return [header, *shown]

    def chart(self, images: npt.NDArray[np.uint8], n: int = 25) -> Any:
        """The `n` surest mistakes as a gallery, an Altair chart; `images` are those of the split, in its order."""
        from tenfold.charts.gallery import gallery

        check_images(images, len(self.predictions))
        rows = [
            {
                "image": images[each.id],
                "title": f"{each.predicted}, not {each.true}",
                "below": f"{percent(each.confidence, 2)} sure",
                "right": False,
            }
            for each in self.most_confident(n)
        ]
        return gallery(rows, title="The surest mistakes", subtitle=self.summary())

    def summary(self) -> str:
        """How many there are, in a sentence."""
        count, total = len(self), len(self.predictions)
        return f"{count:,} of {total:,} pictures are misclassified" if count else f"none of {total:,} is misclassified"

    def __str__(self) -> str:
        if not len(self):
            return self.summary()
        rows = [[one_line(cell) for cell in row] for row in self.rows()]
        more = len(self) - (len(rows) - 1)
        lines = [f"{self.summary()}; the surest mistakes first", "", *columns(rows)]
        return "\n".join([*lines, *([f"… and {more:,} more"] if more else [])])

    def _repr_html_(self) -> str:
        table = html_table(self.rows(), caption="the surest mistakes first") if len(self) else ""
        return f"<div>{paragraphs([self.summary()])}{table}</div>"

    def __repr__(self) -> str:
        return f"{len(self):,} mistakes in {len(self.predictions):,} pictures"


def judged(said: Predictions, ids: Iterable[int]) -> tuple[Judged, ...]:
    """What was said about these pictures."""
    return tuple(
        Judged(
            int(place),
            said.classes[said.labels[place]],
            said.classes[said.predicted[place]],
            finite(float(said.confidence[place])),
            finite(float(said.truth[place])),
        )
        for place in ids
    )


def ordered(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The places of `numbers` from the lowest up, equal ones as they come; what is no number comes last."""
    return np.argsort(numbers, kind="stable")
