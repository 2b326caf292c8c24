"""The beginning of a report: what was trained, how good it is, and what is missing."""

from __future__ import annotations

from tenfold.evaluation.evaluation import Evaluation
from tenfold.evaluation.evaluation import in_words as losses
from tenfold.report.markup import Html, facts, name, tag, together
from tenfold.report.material import Material
from tenfold.text_table import percent


def header(material: Material) -> Html:
    """The name, the result, the facts in a line each, and a note for every part that is missing."""
    return tag(
        "header",
        tag("p", "Report on a training", class_="kicker"),
        tag("h1", name(material.run.name)),
        result(material),
        facts(in_short(material)),
        together(tag("p", sentence, class_="missing", role="note") for sentence in material.missing),
    )


def result(material: Material) -> Html:
    evaluation = material.evaluation or material.validation
    if evaluation is None:
        return Html("")
    return tag(
        "p",
        tag("strong", percent(evaluation.accuracy, of=evaluation.total), class_="big"),
        f" of the {evaluation.total:,} {evaluation.split} pictures are recognised, {evaluation.wrong:,} are not. ",
        of_others(evaluation),
        class_="result",
    )


def of_others(evaluation: Evaluation) -> str:
    """What the result says of other pictures: nothing where training has seen the test."""
    if evaluation.accuracy_interval is None:
        return "Training has seen these pictures too, so this says nothing of others."
    low, high = evaluation.accuracy_interval
    without = "" if evaluation.unseen is None else ", going by those that training has not seen"
    total = evaluation.total if evaluation.unseen is None else evaluation.unseen[1]
    words = f"between {percent(low, of=total)} and {percent(high, of=total)}{without}"
    return f"On all pictures of this kind it is, with 95 % confidence, {words}."


def in_short(material: Material) -> list[tuple[str, object]]:
    status = material.status
    compiling = f", and {status.compile_seconds:.1f} s of compiling" if status.compile_seconds >= 0.05 else ""
    told: list[tuple[str, object]] = [
        ("state", status.state),
        ("recipe", name(status.recipe)),
        ("parameters", f"{status.parameters:,}"),
        ("data", name(status.data)),
        ("trained", f"{status.epoch} of {status.epochs} epochs in {status.train_seconds:.1f} s{compiling}"),
    ]
    if (evaluation := material.evaluation or material.validation) is not None:
        told.append((f"{evaluation.split} loss", losses(evaluation.loss)))
        if not evaluation.loss_is_log_loss:
            told.append(("log loss", losses(evaluation.log_loss)))
        if evaluation.top2 is not None:
            told.append(("right in two guesses", percent(evaluation.top2, of=evaluation.total)))
    if material.looks is not None:
        told.append(("looks", str(material.looks)))
    return [*told, ("begun", status.started[:16].replace("T", " ") + " UTC")]
