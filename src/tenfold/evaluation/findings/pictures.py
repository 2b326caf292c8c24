"""The pictures themselves: those that are in both splits, those with two labels, and labels that look wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tenfold.evaluation.finding import LISTED, Finding
from tenfold.evaluation.findings.apart import without_leaked
from tenfold.evaluation.findings.evidence import Evidence, Picture, quotable
from tenfold.evaluation.findings.given import few_of_each, leaked, rare
from tenfold.evaluation.findings.standing import lag
from tenfold.evaluation.suspects import suspects
from tenfold.text_table import percent, plural

OF_A_SET = 20  # pictures of a set of equal ones that are listed
FEWEST = 100  # pictures, for labels to be doubted
GOOD = 0.75  # accuracy below which a network is no judge of labels
LIKELIER = 0.5  # than all other classes together: what a label is doubted for
MOST = 1 / 3  # of its mistakes: so many suspects need a word about whose fault they are
MANY = 0.01  # of the training pictures


def leak(evidence: Evidence) -> Iterator[Finding]:
    """Test pictures that training has seen; how good it is on the others."""
    pairs = leaked(evidence)
    if not pairs:
        return
    total = evidence.sizes.get("test", 0)
    numbers = {
        "count": len(pairs),
        "total": total,
        "searched": evidence.searched,
        "ids": [picture.index for picture, _ in pairs[:LISTED]],
        "seen_as": [[twin.split, twin.index] for _, twin in pairs[:LISTED]],
    }
    share = f" ({percent(len(pairs) / total, of=total)})" if total else ""
    at_least = "At least " if evidence.searched < 1 else ""
    first, twin = pairs[0]
    so, more = without_leak(evidence, len(pairs))
    yield Finding(
        "leak",
        f"{at_least}{plural(len(pairs), 'test picture is', 'test pictures are')} among the training pictures too"
        f"{share}, such as test picture {first.index}, which is {twin.split} picture {twin.index}: {so}.",
        {**numbers, **more},
        advice=f"Take them out of one of the two and train again; to see them: `{evidence.audit}`",
    )


def without_leak(evidence: Evidence, seen: int) -> tuple[str, dict[str, object]]:
    """What the leak did to the result, in words and numbers: held against the pictures that training has not seen."""
    if evidence.predictions is None:
        return "a result on them says little about other pictures", {}
    result = without_leaked(evidence)
    if result is None:
        known = "that is all of them" if seen == len(evidence.predictions) else "not all could be searched"
        return f"{known}, so how good it is on pictures that it has not seen is not known", {}
    words = f"the other {result.others:,} it is right in {result.of_others}"
    if result.better:
        return f"the result looks better than it is. On {words}", result.numbers
    return f"it hardly shows in the result, for on {words}", result.numbers


def blank(evidence: Evidence) -> Iterator[Finding]:
    """Pictures of one colour throughout, where there are several: nothing is on them to tell their classes by."""
    found = [picture for group in evidence.same for picture in group if picture.blank]
    if not found:
        return
    splits = {name: sum(one.split == name for one in found) for name in dict.fromkeys(one.split for one in found)}
    labels, first = len({picture.label for picture in found}), found[0]
    where = " and ".join(f"{count:,} of {name}" for name, count in splits.items())
    under = "all under one label" if labels == 1 else f"under {labels:,} labels"
    at_least = "At least " if evidence.searched < 1 else ""
    yield Finding(
        "blank",
        f"{at_least}{plural(len(found), 'picture')} ({where}) are of one single colour, {under}, such as {first.split} "
        f"picture {first.index}: nothing is on them to tell their class by.",
        {
            "count": len(found),
            "by_split": splits,
            "labels": labels,
            "pictures": [[one.split, one.index, one.label] for one in found[:LISTED]],
        },
        advice=f"Were they read as they should be? If so, leave them out; to see them: `{evidence.audit}`",
    )


def two_labels(evidence: Evidence) -> Iterator[Finding]:
    """The same picture under different labels: one of them is wrong."""
    groups = [group for group in evidence.same if len({picture.label for picture in group}) > 1 and not group[0].blank]
    if not groups:
        return
    one, other = differing(groups[0])
    yield Finding(
        "two_labels",
        f"{plural(len(groups), 'picture occurs', 'pictures occur')} under two labels, such as {one.split} picture "
        f"{one.index} and {other.split} picture {other.index}, which are the same: one of the labels is wrong.",
        {
            "count": len(groups),
            "pictures": [[[one.split, one.index, one.label] for one in some_of(group)] for group in groups[:LISTED]],
        },
        advice=f"Decide which label is right; to see them: `{evidence.audit}`",
    )


def differing(group: Sequence[Picture]) -> tuple[Picture, Picture]:
    return group[0], next(picture for picture in group if picture.label != group[0].label)


def some_of(group: Sequence[Picture]) -> list[Picture]:
    """A set of equal pictures, the two that differ in their labels first; of very many the first ones."""
    return list(dict.fromkeys([*differing(group), *group]))[:OF_A_SET]


def duplicates(evidence: Evidence) -> Iterator[Finding]:
    """Training pictures that repeat others, where they are many."""
    within = [[one for one in group if one.split == "train" and not one.blank] for group in evidence.same]
    repeated = sum(len(group) - 1 for group in within if group)
    total = sum(evidence.counts.get("train", {}).values())
    if not total or repeated < max(5, MANY * total):
        return
    examples = [[picture.index for picture in group[:OF_A_SET]] for group in within if len(group) > 1][:LISTED]
    yield Finding(
        "duplicates",
        f"{plural(repeated, 'training picture repeats', 'training pictures repeat')} others exactly "
        f"({percent(repeated / total, of=total)}), such as numbers {examples[0][0]} and {examples[0][1]}: there are "
        "fewer different pictures than it seems, and a validation split drawn from them is too easy.",
        {"count": repeated, "total": total, "searched": evidence.searched, "examples": examples},
        advice=f"Keep one of each; to see them: `{evidence.audit}`",
    )


def label_suspects(evidence: Evidence) -> Iterator[Finding]:
    """Test labels that the network contradicts as firmly as it usually answers."""
    predictions = evidence.predictions
    if predictions is None or len(predictions) < FEWEST or predictions.accuracy < GOOD or few_of_each(evidence):
        return
    found = suspects(predictions)
    strange = rare(evidence)  # of their labels the network has seen too little to judge
    doubted = [one for one in found.listed if one.probability > LIKELIER and one.label not in strange]
    if not doubted:
        return
    first, wrong = doubted[0], len(predictions.wrong)
    training = f" For the training labels: `{evidence.audit} --labels`" if evidence.data is not None else ""
    own = ""
    part = f" They are {len(doubted):,} of its {plural(wrong, 'mistake')}"
    if lag(evidence) is not None:
        own = f"{part}; as it knows validation pictures so much better, many of these labels may be wrong."
    elif len(doubted) > MOST * wrong:
        own = f"{part}: whether the fault is its own or the labels', only looking tells."
    yield Finding(
        "suspects",
        f"{plural(len(doubted), 'test label is', 'test labels are')} worth a look: the network contradicts "
        f"{'it' if len(doubted) == 1 else 'them'} as firmly as it usually answers. Picture {first.id} is labelled "
        f"'{quotable(first.label)}' and looks like '{quotable(first.suggested)}' "
        f"({percent(first.probability)}).{own}",
        {
            "count": len(doubted),
            "total": found.looked_at,
            "mistakes": wrong,
            "pictures": [one.as_json() for one in doubted[:LISTED]],
        },
        confidence="hint",
        advice=f"Look at {'it' if len(doubted) == 1 else 'them'}{evidence.where_to_look}: either the label is wrong or "
        f"the network is.{training}",
    )
