"""The tables of the speed benchmark, made of its measurements and of nothing else.

A figure is the median over the rounds, with the range in brackets. A ratio is the median of the ratios within each
round, because the two processes of one round ran minutes apart and those of two rounds may not have. Lines of the
journal come in, Markdown goes out.
"""

from __future__ import annotations

import statistics
import warnings
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from speed_plan import EPOCHS, PEERS, RECIPES, epoch_seconds

Line = dict[str, Any]

COLD = PEERS["tenfold cold"].column  # a first start is a matter of the whole process alone
AHEAD = {"wide": 1.5}  # what a row is to be ahead of the fastest peer; 2 where nothing is said here
SHARE_OF_MATRIX_RATE = {"mlp": 0.70, "wide": 0.70, "cnn": 0.55}
OVER_TENSORFLOW, WHOLE_OVER_TENSORFLOW = 5.0, 3.0
CHANCE = 0.05  # that accuracies are called different anywhere in the table although nothing but the seeds differs


class Entry(NamedTuple):
    """One column of one row: the peer that won it, and its measurements by round."""

    peer: str
    rounds: dict[int, Line]

    def median(self, value: Callable[[Line], float]) -> float:
        return statistics.median(map(value, self.rounds.values()))


Row = dict[str, Entry]  # by column


def tables(lines: Sequence[Line]) -> str:
    """All that is printed."""
    rows = {recipe: entries for recipe in RECIPES if (entries := row(recipe, lines))}
    rates = {recipe: matrix_rate(recipe, lines) for recipe in rows}
    same = agreement(rows)
    faster = {recipe: [times(ahead(entries)), times(over_tf(entries))] for recipe, entries in rows.items()}
    whole = {recipe: [times(whole_over_tf(entries))] for recipe, entries in rows.items()}
    agreed = {recipe: [said] for recipe, said in same.items()}
    parts = [
        caption(lines),
        "### Seconds per epoch, after compilation",
        in_columns(rows, epoch_cell, faster, ["against the fastest peer", "against Keras on TensorFlow"], {COLD}),
        f"### Seconds of the whole process: start, {EPOCHS} epochs, test accuracy",
        in_columns(rows, whole_cell, whole, ["against Keras on TensorFlow"]),
        f"### Test accuracy after {EPOCHS} epochs",
        in_columns(rows, accuracy_cell, agreed, ["the same within noise; largest difference in points"], {COLD}),
        "### Arithmetic",
        arithmetic(rows, rates),
        "### Goals",
        "\n".join(f"- {'met' if met else '**not met**'}: {what}" for what, met in goals(rows, rates)),
        *failures(lines),
    ]
    return "\n\n".join(parts)


def row(recipe: str, lines: Sequence[Line]) -> Row:
    """Everybody's measurements of a recipe, the fastest variant for each column."""
    by_peer: dict[str, dict[int, Line]] = {}
    for line in lines:
        if line["recipe"] == recipe and "epochs" in line:
            by_peer.setdefault(line["peer"], {})[line["seed"]] = line
    entries: Row = {}
    for name in PEERS:
        if name in by_peer:
            entry, column = Entry(name, by_peer[name]), PEERS[name].column
            if column not in entries or better(entry, entries[column]):
                entries[column] = entry
    return entries


def better(entry: Entry, rival: Entry) -> bool:
    """A variant that was dropped after a round does not win over one that ran them all."""
    rounds, rival_rounds = len(entry.rounds), len(rival.rounds)
    return rounds > rival_rounds or (
        rounds == rival_rounds and entry.median(epoch_seconds) < rival.median(epoch_seconds)
    )


def whole_seconds(line: Line) -> float:
    """For EPOCHS epochs, also where fewer were run: those that were left out took what the later ones took."""
    return line["whole"] + (EPOCHS - line["asked"]) * epoch_seconds(line)


def ratio(entries: Row, column: str, value: Callable[[Line], float] = epoch_seconds) -> float | None:
    """How many times as long as Tenfold this column takes, round by round."""
    if "Tenfold" not in entries or column not in entries:
        return None
    own, other = entries["Tenfold"].rounds, entries[column].rounds
    both = own.keys() & other.keys()
    return statistics.median(value(other[seed]) / value(own[seed]) for seed in both) if both else None


def ahead(entries: Row) -> float | None:
    """How many times as long as Tenfold the fastest of all others takes."""
    others = [ratio(entries, column) for column in entries if not column.startswith("Tenfold")]
    return min((each for each in others if each is not None), default=None)


def over_tf(entries: Row) -> float | None:
    return ratio(entries, "Keras on TensorFlow")


def whole_over_tf(entries: Row) -> float | None:
    return ratio(entries, "Keras on TensorFlow", whole_seconds)


def matrix_rate(recipe: str, lines: Sequence[Line]) -> float | None:
    """Billions of operations a second of the machine's own matrix product: the better library's median."""
    rates: dict[str, list[float]] = {}
    for line in lines:
        if line["recipe"] == recipe and "gflops" in line:
            rates.setdefault(line["peer"], []).append(line["gflops"])
    return max(map(statistics.median, rates.values()), default=None)


def share(entries: Row, rate: float | None) -> float | None:
    """The part of the matrix rate at which an epoch of Tenfold gets through the network's plain operations."""
    if rate is None or "Tenfold" not in entries:
        return None
    operations = next(iter(entries["Tenfold"].rounds.values()))["operations"]
    return operations / entries["Tenfold"].median(epoch_seconds) / 1e9 / rate


def agreement(rows: dict[str, Row]) -> dict[str, str]:
    """Whether a row's accuracies differ by more than seeds do: Welch's test, corrected for the number of tests.

    Beside the answer stands what it is worth: the largest difference with its interval, and who was not compared.
    """
    rivals = {
        recipe: {
            column: accuracies(entry)
            for column, entry in entries.items()
            if not column.startswith("Tenfold") and "Tenfold" in entries
        }
        for recipe, entries in rows.items()
    }
    tests = max(1, sum(len(other) > 1 for others in rivals.values() for other in others.values()))
    told = {}
    for recipe, others in rivals.items():
        own = accuracies(rows[recipe]["Tenfold"]) if others else []
        compared = {column: other for column, other in others.items() if len(own) > 1 and len(other) > 1}
        different = [column for column, other in compared.items() if differs(own, other, CHANCE / tests)]
        if not compared:
            told[recipe] = "too few seeds to tell"
            continue
        apart = max((difference(own, other) for other in compared.values()), key=lambda each: abs(each[0]))
        told[recipe] = f"**no**: {', '.join(different)}" if different else "yes"
        told[recipe] += "; {:+.2f} ({:+.2f} to {:+.2f})".format(*(100 * each for each in apart))
        if left := [column for column in others if column not in compared]:
            told[recipe] += f"; not compared: {', '.join(left)}"
    return told


def accuracies(entry: Entry) -> list[float]:
    return [line["accuracy"] for line in entry.rounds.values() if line["asked"] == EPOCHS]


def differs(own: Sequence[float], other: Sequence[float], chance: float) -> bool:
    return bool(welch(own, other).pvalue < chance)


def difference(own: Sequence[float], other: Sequence[float]) -> tuple[float, float, float]:
    """How much more accurate the first is on average, and between which two values with 95 % confidence."""
    interval = welch(own, other).confidence_interval(0.95)
    return statistics.mean(own) - statistics.mean(other), interval.low, interval.high


def welch(own: Sequence[float], other: Sequence[float]) -> Any:
    from scipy.stats import ttest_ind

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # accuracies that hardly vary: the test still tells
        return ttest_ind(own, other, equal_var=False)


def goals(rows: dict[str, Row], rates: dict[str, float | None]) -> list[tuple[str, bool]]:
    """What issue 3 asks for beside what was measured, as far as the rows are there."""
    told = []
    for recipe, entries in rows.items():
        wanted = AHEAD.get(recipe, 2)
        if (factor := ahead(entries)) is not None:
            what = f"{recipe} is {factor:.2f} times as fast as the fastest peer, wanted {wanted}"
            told.append((what, factor >= wanted))
    factors = [factor for entries in rows.values() if (factor := over_tf(entries)) is not None]
    if factors:
        mean = statistics.geometric_mean(factors)
        what = f"{mean:.1f} times as fast as Keras on TensorFlow (geometric mean), wanted {OVER_TENSORFLOW:g}"
        told.append((what, mean >= OVER_TENSORFLOW))
    for recipe, wanted in SHARE_OF_MATRIX_RATE.items():
        if recipe in rows and (part := share(rows[recipe], rates[recipe])) is not None:
            what = f"{recipe} reaches {100 * part:.0f} % of the matrix-multiply rate, wanted {100 * wanted:.0f} %"
            told.append((what, part >= wanted))
    for recipe, entries in rows.items():
        if (factor := whole_over_tf(entries)) is not None:
            what = f"{recipe} as a whole process is {factor:.2f} times as fast as Keras on TensorFlow"
            told.append((f"{what}, wanted {WHOLE_OVER_TENSORFLOW:g}", factor >= WHOLE_OVER_TENSORFLOW))
    return told


def in_columns(
    rows: dict[str, Row],
    cell: Callable[[Entry], str],
    more: dict[str, list[str]],
    more_titles: list[str],
    without: Collection[str] = (),
) -> str:
    """One table: a row for each recipe, a column for each rival, then what was worked out from the row."""
    known = dict.fromkeys(peer.column for peer in PEERS.values() if peer.column and peer.column not in without)
    columns = [column for column in known if any(column in entries for entries in rows.values())]
    lines = []
    for recipe, entries in rows.items():
        cells = [cell(entries[column]) if column in entries else "" for column in columns]
        lines.append([recipe, *cells, *more[recipe]])
    return markdown(["", *columns, *more_titles], lines)


def epoch_cell(entry: Entry) -> str:
    values = [epoch_seconds(line) for line in entry.rounds.values()]
    return f"{spread(values, '{:.3g}', statistics.median)} {PEERS[entry.peer].variant}".rstrip()


def whole_cell(entry: Entry) -> str:
    values = [whole_seconds(line) for line in entry.rounds.values()]
    told = f"{'' if epochs_run(entry) == EPOCHS else '≈ '}{spread(values, '{:.1f}', statistics.median)}"
    return f"{told} {PEERS[entry.peer].variant}".rstrip()


def accuracy_cell(entry: Entry) -> str:
    values, run = [line["accuracy"] for line in entry.rounds.values()], epochs_run(entry)
    return f"{spread(values, '{:.4f}', statistics.mean)}{'' if run == EPOCHS else f' after {run}'}"


def epochs_run(entry: Entry) -> int:
    return min(line["asked"] for line in entry.rounds.values())


def spread(values: Sequence[float], form: str, middle: Callable[[Sequence[float]], float]) -> str:
    """A middle, and the range in brackets: `0.312 (0.3–0.33)`."""
    text = form.format(middle(values))
    return f"{text} ({form.format(min(values))}–{form.format(max(values))})" if len(values) > 1 else text


def times(factor: float | None) -> str:
    return "" if factor is None else f"{factor:.1f}×"


def arithmetic(rows: dict[str, Row], rates: dict[str, float | None]) -> str:
    lines = []
    for recipe, entries in rows.items():
        part, rate = share(entries, rates[recipe]), rates[recipe]
        counted = [
            line["operations"] for entry in entries.values() for line in entry.rounds.values() if "operations" in line
        ]
        lines.append(
            [
                recipe,
                f"{counted[0] / 1e9:.1f}" if counted else "",
                f"{rate:.0f}" if rate is not None else "",
                f"{100 * part:.0f} %" if part is not None else "",
            ]
        )
    titles = ["", "billion operations an epoch", "billion a second in a matrix product", "of which Tenfold reaches"]
    return markdown(titles, lines)


def caption(lines: Sequence[Line]) -> str:
    versions = {name: number for line in lines for name, number in line.get("versions", {}).items()}
    days = sorted({line["when"][:10] for line in lines})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    images = {line["images"] for line in lines}
    told = ", ".join(f"{name} {number}" for name, number in sorted(versions.items()))
    few = "" if images == {60_000} else f" **Only {min(images):,} pictures: a trial, not a result.**"
    return f"{when}, {lines[-1]['machine']}; {told}.{few}"


def failures(lines: Sequence[Line]) -> list[str]:
    """What could not be run, and the last thing it said; nothing about those that ran when tried again."""
    ran = {(line["recipe"], line["peer"]) for line in lines if "failed" not in line}
    told = {(line["recipe"], line["peer"]): line["failed"] for line in lines if "failed" in line}
    return [f"{recipe}, {peer} failed: `{why}`" for (recipe, peer), why in told.items() if (recipe, peer) not in ran]


def markdown(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (titles, ["---"] * len(titles), *rows))
