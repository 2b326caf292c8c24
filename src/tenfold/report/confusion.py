"""The confusion matrix as a table whose cells are buttons: each shows the pictures that were taken so.

How many pictures go into the page is bounded twice, by their number in a cell and by the bytes of all of them; the
most confused cells come first. Of many classes there is no matrix to look at, so the most confused pairs are the table.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tenfold.evaluation.confusion import Confusion
from tenfold.evaluation.evaluation import finite
from tenfold.evaluation.predictions import Predictions
from tenfold.images.dataset import Images
from tenfold.report.figures import beside, picture
from tenfold.report.markup import Html, boxed, name, table, tag, together
from tenfold.report.material import Material
from tenfold.text_table import percent

MOST_CLASSES = 30  # in a matrix
PAIRS = 60  # in the table that stands for a larger one
PER_CELL = 18  # pictures behind a mistake
RIGHT = 6  # pictures behind a cell of the diagonal
BYTES = 1_500_000  # that the pictures behind the cells may take together
DARKEST = 0.45  # how much of its colour the fullest cell has: text on it stays readable

SHORT = 3  # characters of a name that stand above a column of any screen

Cell = tuple[int, int]  # the true class and the answer


def matrix(material: Material) -> Html:
    """The table and, where the pictures are at hand, what is behind its cells; the most confused cell is open."""
    if material.predictions is None or not len(material.predictions):
        return Html("")
    confused = material.predictions.confusion()
    few = len(confused.classes) <= MOST_CLASSES
    shown = filled(confused) if few else filled(confused)[:PAIRS]
    behind = {} if material.pictures is None else figures(material.predictions, material.pictures, shown)
    look = as_table(confused, behind) if few else as_pairs(confused, shown, behind)
    explained = (
        "A row for each true class, a column for each answer; the more mistakes in a cell, the fuller its colour."
        if few
        else f"The most confused pairs of {len(confused.classes)} classes."
    )
    how = " Choose a number to see pictures that were counted in it; arrow keys go from one to the next."
    if not behind:
        return together([tag("p", explained), look])
    panel = tag("div", together(behind.values()), class_="behind", aria_live="polite", id="behind")
    return together([tag("p", explained, how), beside(look, panel)])


def filled(confused: Confusion) -> list[Cell]:
    """The cells that count anything: the mistakes, the most frequent first, then the diagonal."""
    return confused.mistaken() + [(int(one), int(one)) for one in np.flatnonzero(np.diag(confused.counts))]


def figures(predictions: Predictions, pictures: Images, cells: list[Cell]) -> dict[Cell, Html]:
    """What is behind each cell, as long as there is room; only the first is open."""
    made: dict[Cell, Html] = {}
    left = BYTES
    for cell in cells:
        made[cell] = behind_one(predictions, pictures, cell, is_open=not made)
        left -= len(made[cell])
        if left < 0 and len(made) > 1:
            del made[cell]
            break
    return made


def behind_one(predictions: Predictions, pictures: Images, cell: Cell, *, is_open: bool) -> Html:
    """The pictures of one cell, those first about which the network was surest."""
    confused = predictions.confusion()
    ids = confused.ids(*cell)
    surest = ids[np.argsort(-predictions.confidence[ids], kind="stable")]
    most = RIGHT if cell[0] == cell[1] else PER_CELL
    items = together(
        tag(
            "li",
            picture(pictures[one], f"Picture {one}, {spoken(confused, cell)}"),
            tag("span", f"#{one}", tag("br"), percent(finite(float(predictions.confidence[one])))),
        )
        for one in surest[:most]
    )
    some = f", of which {most} are shown, the surest first" if len(ids) > most else ""
    counted = f": {len(ids):,} of {int(confused.counts[cell[0]].sum()):,}{some}. Below each, how sure the network was."
    caption = tag("p", sentence(confused, cell), counted)
    return tag("div", caption, tag("ul", items, class_="pictures"), id=anchor(cell), hidden=not is_open)


def anchor(cell: Cell) -> str:
    return f"cell-{cell[0]}-{cell[1]}"


def sentence(confused: Confusion, cell: Cell) -> Html:
    true, said = (name(confused.classes[place]) for place in cell)
    if cell[0] == cell[1]:
        return together([true, " recognised"])
    return together([true, " taken for ", said])


def spoken(confused: Confusion, cell: Cell) -> str:
    true, said = (confused.classes[place] for place in cell)
    return f"{true} recognised" if cell[0] == cell[1] else f"{true} taken for {said}"


def as_table(confused: Confusion, behind: Mapping[Cell, Html]) -> Html:
    """The whole matrix; columns are cut by CSS where names are long, rows never."""
    header = tag(
        "tr", tag("th", "true", scope="col"), *(tag("th", name(each), scope="col") for each in confused.classes)
    )
    lines = together(
        tag(
            "tr",
            tag("th", name(each), scope="row"),
            *(tag("td", number(confused, (true, said), behind)) for said in range(len(confused.classes))),
        )
        for true, each in enumerate(confused.classes)
    )
    caption = f"{int((confused.labels != confused.predicted).sum()):,} of {len(confused.labels):,} pictures are wrong"
    long = max(map(len, confused.classes)) > SHORT
    inside = tag(
        "table",
        tag("caption", caption),
        tag("thead", header),
        tag("tbody", lines),
        class_="confusion long" if long else "confusion",
        role="grid" if behind else None,  # one that arrow keys go through
    )
    return boxed(inside, "Confusion matrix", wide=True)


def as_pairs(confused: Confusion, cells: list[Cell], behind: Mapping[Cell, Html]) -> Html:
    rows: list[list[object]] = [["true", "taken for", "times"]]
    rows += [
        [name(confused.classes[true]), name(confused.classes[said]), number(confused, (true, said), behind)]
        for true, said in cells
        if true != said
    ]
    return table(rows, caption="The most confused pairs", right=[2])


def number(confused: Confusion, cell: Cell, behind: Mapping[Cell, Html]) -> Html:
    """The count of a cell: a button where there are pictures behind it."""
    count = int(confused.counts[cell])
    right = cell[0] == cell[1]
    heat = None if right or not count else f"--heat: {DARKEST * share_of_most(confused, count):.2f}"
    kind = "right" if right else None if count else "none"
    if cell not in behind:
        return tag("span", f"{count:,}", class_=kind, style=heat)
    return tag(
        "button",
        f"{count:,}",
        type="button",
        class_=kind,
        style=heat,
        aria_controls=anchor(cell),
        aria_expanded="true" if cell == next(iter(behind)) else "false",
        aria_label=f"{count:,}: {spoken(confused, cell)}",
    )


def share_of_most(confused: Confusion, count: int) -> float:
    """How full a cell is beside the fullest of the mistakes; its root, or the smaller ones would all look alike."""
    mistakes = confused.counts - np.diag(np.diag(confused.counts))
    return float(np.sqrt(count / max(1, int(mistakes.max(initial=0)))))
