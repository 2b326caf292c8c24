"""What a run teaches: its evidence is gathered here, handed to the rules, and their findings are kept in the run.

The rules themselves are in `evaluation/findings/` and know no files. Looking never costs a training: a rule that
fails becomes a finding that says so, in front of all others, and what is slow looks at a part of the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.errors import RunError, one_line
from tenfold.evaluation.finding import Finding
from tenfold.files import write_json
from tenfold.run.directory import Directory, read_json

if TYPE_CHECKING:
    from tenfold.backend import keras
    from tenfold.evaluation.findings.evidence import Evidence, Picture, Sheet
    from tenfold.evaluation.predictions import Predictions
    from tenfold.images.dataset import Dataset
    from tenfold.recipe.recipe import Recipe
    from tenfold.run.status import Status

SEARCHED_BYTES = 256 * 2**20  # of pictures among which equal ones are looked for: a second
MAKES_NOISE = ("Dropout", "Noise", "Random", "BatchNormalization")  # layers that act otherwise while training


def read_findings(path: Path) -> list[Finding]:
    """The findings in the file at `path`, which may come from anyone."""
    listed = read_json(path).get("findings")
    if not isinstance(listed, list):
        raise RunError(
            path,
            found="no list of findings",
            expected="what the run wrote",
            do="run `tenfold evaluate` to write them again",
        )
    return [Finding.from_json(value, path) for value in listed]


def write_findings(
    directory: Directory,
    recipe: Recipe,
    dataset: Dataset,
    model: keras.Model,
    status: Status,
    rows: Sequence[Mapping[str, Any]],
    predictions: Predictions,
) -> None:
    """Find out what a training that has ended teaches, and write it into the run as `findings.json`."""
    found = look(lambda: gathered(directory, recipe, dataset, model, status, rows, predictions))
    write_json(directory.findings, {"findings": [finding.as_json() for finding in found]})


def look(gather: Callable[[], Evidence]) -> list[Finding]:
    """What all rules find. One that fails says so, and the others are heard all the same."""
    from tenfold.evaluation.findings.rules import RULES, in_order

    try:
        evidence = gather()
    except Exception as error:
        return [failure("gathering the evidence", error)]
    found: list[Finding] = []
    for rule in RULES:
        try:
            found += rule(evidence)
        except Exception as error:
            found.append(failure(f"the rule {rule.__name__}", error))
    return in_order(found)


def failure(what: str, error: Exception) -> Finding:
    reason = one_line(f"{type(error).__name__}: {error}")[:300]
    return Finding(
        "failed",
        f"Looking for findings went wrong: {what} failed ({reason}). The training and its numbers are sound.",
        {"what": what, "error": reason},
        advice="This is a fault in Tenfold: please report it, with this line.",
    )


def gathered(
    directory: Directory,
    recipe: Recipe,
    dataset: Dataset,
    model: keras.Model,
    status: Status,
    rows: Sequence[Mapping[str, Any]],
    predictions: Predictions,
) -> Evidence:
    """All that is known about a training and its result."""
    from tenfold.engine.rescoring import drawn
    from tenfold.evaluation.findings.evidence import Evidence
    from tenfold.recipe.network import layer_table, own_scaling
    from tenfold.run.repeat import command_for

    counts = sizes(recipe, dataset)
    same, searched = equal_pictures(dataset)
    kinds = [row.kind for row in layer_table(model)]
    return Evidence(
        command=command_for(recipe, dataset, directory),
        sizes=counts,
        counts=dataset.counts(),
        validation=recipe.training.validation,
        noisy=any(word in kind for kind in kinds for word in MAKES_NOISE),
        scaled=recipe.preprocessing.scale != "none" or bool(own_scaling(model)),
        seed=recipe.training.seed,
        rows=rows,
        epochs=status.epochs,
        rescored=drawn(counts["train"], None).full.size if recipe.training.rescore else 0,
        train_seconds=status.train_seconds,
        compile_seconds=status.compile_seconds,
        predictions=predictions,
        sheet=sheet_for(recipe, dataset),
        same=same,
        searched=searched,
    )


def equal_pictures(dataset: Dataset, budget: int = SEARCHED_BYTES) -> tuple[list[list[Picture]], float]:
    """Sets of equal pictures, and the part of each split that was searched: all of it, if it is not large."""
    from tenfold.evaluation.findings.evidence import Picture
    from tenfold.images.dataset import Dataset, Split
    from tenfold.images.duplicates import same_pictures

    every = {name: -(-split.images.nbytes // (budget // 2)) or 1 for name, split in dataset.splits.items()}
    thinned = {
        name: Split(split.images[:: every[name]], split.labels[:: every[name]])
        for name, split in dataset.splits.items()
    }
    part = Dataset("part", thinned["train"], thinned["test"], dataset.classes, thinned.get("validation"))
    groups = same_pictures(part)
    found = [[Picture(one.split, one.index * every[one.split], one.label) for one in group] for group in groups]
    return found, 1 / max(every.values())


def sizes(recipe: Recipe, dataset: Dataset) -> dict[str, int]:
    """How many pictures were trained, validated and tested on."""
    from tenfold.images.splits import stratified

    counts = {name: len(split) for name, split in dataset.splits.items()}
    training = recipe.training
    if "validation" not in counts and isinstance(training.validation, float) and training.validation > 0:
        kept, held_out = stratified(dataset.train.labels, training.validation, training.seed)
        counts |= {"train": len(kept), "validation": len(held_out)}
    return counts


def sheet_for(recipe: Recipe, dataset: Dataset) -> Sheet | None:
    """What the lab sheet reports, where what was trained is the sheet's own recipe, on the sheet's own pictures."""
    from tenfold.evaluation.findings.evidence import Sheet
    from tenfold.run.repeat import changes_to_preset

    of_no_matter = {"training.epochs", "training.seed", "training.validation", "training.rescore"}
    changes = changes_to_preset(recipe)
    named = dataset.loading is not None and dataset.loading.what == "mnist"
    if not named or changes is None or not changes.keys() <= of_no_matter or not recipe.reported_accuracy:
        return None
    from tenfold.recipe.presets import load_preset

    low, high = recipe.reported_accuracy
    return Sheet(low, high, load_preset(recipe.name).training.epochs)
