"""How good the network is on its test pictures, how sure that is, and how it stands to what the lab sheet reports."""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.apart import without_near
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.given import many_near, places_leaked, unseen
from tenfold.evaluation.findings.learned import learned
from tenfold.evaluation.interval import wilson
from tenfold.text_table import percent, plural

WIDE = 0.1  # an interval that is wider leaves nearly everything open


def accuracy(evidence: Evidence) -> Iterator[Finding]:
    """The share of right answers, with the interval that the number of pictures leaves open.

    Pictures that training has seen say nothing about others, so the interval is that of the rest; of none, if there is
    no rest.
    """
    predictions, rest = evidence.predictions, unseen(evidence)
    if predictions is None or not len(predictions):
        return
    total, wrong = len(predictions), len(predictions.wrong)
    numbers = {"accuracy": predictions.accuracy, "wrong": wrong, "total": total, "level": 0.95}
    share = percent(predictions.accuracy, of=total)
    right = f"It gets {share} of {plural(total, 'test picture')} right ({wrong:,} wrong)"
    if rest is None:
        yield Finding(
            "accuracy",
            f"{right}. How many of other pictures it would get right cannot be said from pictures that training has "
            "seen.",
            {**numbers, "interval": None},
        )
        return
    low, high = wilson(len(rest) - len(rest.wrong), len(rest))
    going_by = f", going by the {len(rest):,} that training has not seen" if len(rest) < total else ""
    counting, more = near_copies(evidence)
    yield Finding(
        "accuracy",
        f"{right}; of all pictures of this kind it would, with 95 % confidence, get between "
        f"{percent(low, of=len(rest))} and {percent(high, of=len(rest))} right{going_by}.{counting}",
        {**numbers, "interval": [low, high], **more},
        advice=f"The interval is wide because there are only {plural(len(rest), 'test picture')}: more of them would "
        "narrow it, and two networks whose intervals overlap widely may be equally good."
        if high - low > WIDE
        else "",
    )


def near_copies(evidence: Evidence) -> tuple[str, dict[str, object]]:
    """That the interval counts pictures that are nearly training pictures, and what is left without them."""
    near, result = many_near(evidence), without_near(evidence)
    if near is None or set(near.test) <= set(places_leaked(evidence)):  # none is counted: the interval is of the others
        return "", {}
    if result is None:
        return " Those that were looked at are all nearly training pictures, so it says little of others.", {}
    some = " that were looked at" if len(near.of_test) < evidence.sizes.get("test", 0) else ""
    return (
        f" That counts {plural(result.seen, 'picture')} that {'is' if result.seen == 1 else 'are'} nearly training "
        f"pictures too; of the other {result.others:,}{some} it gets {result.of_others} right.",
        result.numbers,
    )


def sheet(evidence: Evidence) -> Iterator[Finding]:
    """The result beside the number that the lab sheet reports for the same recipe on the same pictures."""
    predictions, reported = unseen(evidence), evidence.sheet
    if predictions is None or reported is None or len(predictions) < 1000:
        return
    total = len(predictions)
    low, high = wilson(total - len(predictions.wrong), total)
    number = (
        percent(reported.low)
        if reported.high - reported.low < 1e-9
        else f"{100 * reported.low:g} to {100 * reported.high:g} %"
    )
    if reported.low == 0:
        number = f"less than {100 * reported.high:g} %"
    verdict = "below" if high < reported.low else "above" if low > reported.high else "agrees"
    epochs = len(evidence.rows)
    shorter = reported.epochs is not None and epochs < reported.epochs
    after = f" after {plural(reported.epochs, 'epoch')}" if reported.epochs else ""
    words = {"agrees": "which agrees", "above": "which is better", "below": "which is less"}[verdict]
    yield Finding(
        "sheet",
        f"The lab sheet reports {number}{after}; here it is "
        f"{percent(predictions.accuracy, of=total)} after {plural(epochs, 'epoch')} "
        f"(95 % interval: {percent(low, of=total)} to {percent(high, of=total)}), {words}.",
        {
            "accuracy": predictions.accuracy,
            "interval": [low, high],
            "reported": [reported.low, reported.high],
            "verdict": verdict,
            "epochs": epochs,
            "reported_epochs": reported.epochs,
        },
        advice=""
        if verdict != "below" or learned(evidence).guesses
        else f"Train as long as the sheet: `{evidence.command.but({'training.epochs': reported.epochs})}`"
        if shorter
        else "The same recipe comes out a little different with another seed: "
        f"`{evidence.command.but({'training.seed': evidence.seed + 1})}`",
    )
