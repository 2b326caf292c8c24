"""How good it is in detail: class by class, how well classes are told apart, how far its certainty can be trusted, and
every mistake that it was sure of, with its picture."""

from __future__ import annotations

from tenfold.charts import classes as charts
from tenfold.charts.calibration import abstain, reliability
from tenfold.charts.calibration import confidence_histogram as draw_histogram
from tenfold.charts.roc import precision_recall as draw_precision_recall
from tenfold.charts.roc import roc as draw_roc
from tenfold.evaluation.abstain import Abstaining
from tenfold.evaluation.calibration import Calibration, confidence_histogram
from tenfold.evaluation.classification import HEADER, ClassificationReport, ClassScore
from tenfold.evaluation.curves import precision_recall, roc
from tenfold.evaluation.mistakes import Judged, Mistakes
from tenfold.evaluation.predictions import Predictions
from tenfold.images.dataset import Images
from tenfold.report.figures import beside, figure, picture
from tenfold.report.markup import Html, facts, name, table, tag, together
from tenfold.report.material import Material
from tenfold.text_table import percent

MISTAKES = 60  # pictures in the gallery


def judged(material: Material) -> Predictions | None:
    """The predictions, if there are any."""
    return material.predictions if material.predictions is not None and len(material.predictions) else None


def classes(material: Material) -> Html:
    """Precision, recall and F1 of every class."""
    predictions = judged(material)
    if predictions is None:
        return Html("")
    report = ClassificationReport.of(predictions)
    rows = [
        ("class", *HEADER[1:]),
        *map(scores, report.classes),
        ("accuracy", "", "", percent(report.accuracy, of=len(predictions)), f"{len(predictions):,}"),
        *map(scores, (report.macro, report.weighted)),
    ]
    words = (
        "Precision: of the pictures called so, how many are. Recall: of the pictures that are so, how many were found. "
        "F1 is both in one number, and support how many pictures of the class there are. In brackets: where the number "
        "lies with 95 % confidence, going by so many pictures."
    )
    numbers = table(rows, caption="Classification report", right=range(1, 5))
    return together([tag("p", words), beside(figure(charts.per_class, report.table()), numbers)])


def scores(of: ClassScore) -> tuple[object, ...]:
    """The row of a class or an average."""
    return (name(of.name), *of.cells)


def separation(material: Material) -> Html:
    """ROC and precision-recall: the curves, and the areas under them."""
    predictions = judged(material)
    if predictions is None:
        return Html("")
    curves, recalled = roc(predictions), precision_recall(predictions)
    rows: list[list[object]] = [["class", "AUC", "average precision"]]
    rows += [
        [name(each), *map(area, areas)] for each, *areas in zip(curves.names, curves.areas, recalled.areas, strict=True)
    ]
    rows.append(["all in one (micro)", area(curves.micro_area), area(recalled.micro_area)])
    rows.append(["mean of the classes (macro)", area(curves.macro_area), area(recalled.macro_area)])
    words = (
        "ROC holds each class against all others: 1 means that every picture of the class gets a higher probability "
        "for it than any other picture, 0.5 is chance."
    )
    drawn = beside(figure(draw_roc, curves.table()), figure(draw_precision_recall, recalled.table()))
    return together([tag("p", words), drawn, table(rows, caption="Areas under the curves", right=[1, 2])])


def area(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def calibration(material: Material) -> Html:
    """How sure it says it is against how often it is right, and what it is worth when it may stay silent."""
    predictions = judged(material)
    if predictions is None:
        return Html("")
    told = Calibration.of(predictions)
    if not told.count:
        return tag("p", "The network gives no probabilities, so there is nothing to judge.")
    abstaining = Abstaining.of(predictions)
    summary = told.summary()
    return together(
        [
            tag("p", f"{summary[0].upper()}{summary[1:]}."),
            beside(
                figure(reliability, told.table()),
                figure(draw_histogram, confidence_histogram(predictions)),
            ),
            table(told.rows(), caption="How sure it was, and how often it was right", right=range(1, 5)),
            tag("h3", "When it may say: I do not know"),
            tag("p", "What happens when only those answers are given of which it is sure enough."),
            beside(
                figure(abstain, abstaining.table()),
                table(abstaining.rows(), caption="Answering only when sure", right=range(1, 4)),
            ),
        ]
    )


def mistakes(material: Material) -> Html:
    """The mistakes that it was surest of: what it said, what it is, and both probabilities."""
    predictions = judged(material)
    if predictions is None:
        return Html("")
    wrong = Mistakes(predictions)
    if not len(wrong):
        return tag("p", f"There are none: all {len(predictions):,} pictures are recognised.")
    shown = wrong.most_confident(MISTAKES)
    some = f" The {len(shown)} that it was surest of:" if len(shown) < len(wrong) else " The surest come first:"
    words = tag("p", f"{len(wrong):,} of {len(predictions):,} pictures are mistaken.{some}")
    if material.pictures is None:
        head = ["picture", "said", "how sure", "is", "probability of that"]
        rows = [
            [f"#{one.id}", name(one.predicted), percent(one.confidence), name(one.true), percent(one.truth)]
            for one in shown
        ]
        return together([words, table([head, *rows], caption="The surest mistakes", right=[2, 4])])
    items = together(mistake(one, material.pictures) for one in shown)
    return together([words, tag("ul", items, class_="gallery")])


def mistake(one: Judged, pictures: Images) -> Html:
    drawn = picture(pictures[one.id], f"Picture {one.id}: said {one.predicted}, is {one.true}")
    return tag(
        "li",
        drawn,
        facts(
            [
                ("said", together([name(one.predicted), " ", tag("span", percent(one.confidence), class_="sure")])),
                ("is", together([name(one.true), " ", tag("span", percent(one.truth), class_="sure")])),
            ]
        ),
        tag("span", f"#{one.id}", class_="id"),
    )
