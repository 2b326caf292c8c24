"""The evidence of a run: what the rules of `evaluation/findings/` are told about a training that has ended.

Everything here is quick beside a training: what would be slow looks at a part of the pictures, or is left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np

from tenfold.backend import keras
from tenfold.engine import predict
from tenfold.errors import TenfoldError
from tenfold.evaluation.findings.evidence import DeadUnits, Evidence, Sheet
from tenfold.evaluation.findings.network import many_dead
from tenfold.evaluation.inspection.dead_units import dead_units
from tenfold.evaluation.predictions import Predictions
from tenfold.images.dataset import Dataset
from tenfold.images.pixels import taken
from tenfold.images.splits import stratified
from tenfold.recipe.network import LayerRow, layer_table, multiplications, own_scaling
from tenfold.recipe.presets import load_preset
from tenfold.recipe.recipe import Recipe
from tenfold.rescored import rescored_rows
from tenfold.run.directory import Directory
from tenfold.run.find import list_runs
from tenfold.run.findings import Ended
from tenfold.run.looks import looks_of
from tenfold.run.nearly_same import nearly_same_in
from tenfold.run.repeat import changes_to_preset, command_for, source_words
from tenfold.run.run import Run
from tenfold.run.same import same_in

MAKES_NOISE = ("Dropout", "Noise", "Random", "BatchNormalization")  # layers that act otherwise while training
MOST_PICTURES, FEWEST_PICTURES = 500, 200  # for which a unit must be silent to be called dead
MULTIPLICATIONS = 5_000_000_000  # that trying them may cost: a second
CLOSER = 4  # seconds for more pictures, where many units were silent for those
AFTER = re.compile(r"after (\d+) epochs?\b")
RUNS_BEFORE = 5  # that are looked at for one on the same pictures


def gathered(ended: Ended) -> Evidence:
    """All that is known about a training and its result."""
    directory, recipe, dataset, model, status, rows, predictions = ended
    counts = sizes(recipe, dataset)
    same = same_in(dataset)
    layers, looks = layer_table(model), looks_of(directory)
    held_out, places = on_held_out(recipe, dataset, model, layers)
    return Evidence(
        name=directory.name,
        command=command_for(recipe, dataset.loading, directory),
        data=source_words(dataset.loading),
        sizes=counts,
        counts=dataset.counts(),
        validation=recipe.training.validation,
        noisy=any(word in layer.kind for layer in layers for word in MAKES_NOISE),
        scaled=recipe.preprocessing.scale != "none" or bool(own_scaling(model)),
        seed=recipe.training.seed,
        rows=rows,
        epochs=status.epochs,
        steps=-(-counts["train"] // recipe.training.batch_size),
        rescored=rescored_rows(counts["train"]) if recipe.training.rescore else 0,
        train_seconds=status.train_seconds,
        compile_seconds=status.compile_seconds,
        predictions=predictions,
        held_out=held_out,
        held_out_ids=places,
        sheet=sheet_for(recipe, dataset),
        same=same.groups,
        searched=same.searched,
        near=nearly_same_in(dataset),
        test_looks=looks.times + looks.others,
        test_runs=(looks.times > 0) + looks.other_runs,
        closed=predictions is None,
        dead=silent_units(model, layers, dataset),
        other=run_before(directory, status.started, dataset) if predictions is not None else None,
    )


def sizes(recipe: Recipe, dataset: Dataset) -> dict[str, int]:
    """How many pictures were trained, validated and tested on."""
    counts = {name: len(split) for name, split in dataset.splits.items()}
    training = recipe.training
    if "validation" not in counts and isinstance(training.validation, float) and training.validation > 0:
        kept, held_out = stratified(dataset.train.labels, training.validation, training.seed)
        counts |= {"train": len(kept), "validation": len(held_out)}
    return counts


def sheet_for(recipe: Recipe, dataset: Dataset) -> Sheet | None:
    """What the lab sheet reports, where what was trained is the sheet's own recipe, on the sheet's own pictures."""
    of_no_matter = {"training.epochs", "training.seed", "training.validation", "training.rescore", "training.test"}
    changes = changes_to_preset(recipe)
    named = dataset.loading is not None and dataset.loading.what == "mnist"
    if not named or changes is None or not changes.keys() <= of_no_matter or not recipe.reported_accuracy:
        return None
    low, high = recipe.reported_accuracy
    named_epochs = AFTER.search(load_preset(recipe.name).reported)  # how long it trains may be left to the student
    return Sheet(low, high, int(named_epochs[1]) if named_epochs else None)


def silent_units(model: keras.Model, layers: Sequence[LayerRow], dataset: Dataset) -> list[DeadUnits]:
    """The dead units of every layer, tried with as many training pictures as take about a second; none if too few.

    Where many are, a unit may still answer to a picture that was not among them: then with all, or as many as take some
    seconds.
    """
    total, a_second = len(dataset.train), in_a_second(layers)
    pictures, more = min(total, MOST_PICTURES, a_second), min(total, CLOSER * a_second)
    if pictures < FEWEST_PICTURES:
        return []
    found = tried(model, dataset, pictures)
    return tried(model, dataset, more) if more > pictures and any(map(many_dead, found)) else found


def tried(model: keras.Model, dataset: Dataset, pictures: int) -> list[DeadUnits]:
    """The dead units of every layer, as so many training pictures show them, spread over all of them."""
    total = len(dataset.train)
    chosen = np.linspace(0, total - 1, pictures).astype(np.int64)
    rows = dead_units(model, taken(dataset.train.images, chosen))
    return [DeadUnits(row["layer"], row["dead"], row["units"], pictures, pictures == total) for row in rows]


def on_held_out(
    recipe: Recipe, dataset: Dataset, model: keras.Model, layers: Sequence[LayerRow]
) -> tuple[Predictions | None, list[int]]:
    """What it says of the training pictures that were held out for validation, or of as many as take some seconds; and
    their places among the training pictures. None where validation has pictures of its own, or none.
    """
    training = recipe.training
    if "validation" in dataset.splits or not isinstance(training.validation, float) or not training.validation:
        return None, []
    places = stratified(dataset.train.labels, training.validation, training.seed)[1]
    places = places[:: max(1, math.ceil(len(places) / max(1, CLOSER * in_a_second(layers))))]
    outputs = np.asarray(predict(model, taken(dataset.train.images, places)), np.float32)
    return Predictions.of(outputs, dataset.train.labels[places], dataset.classes), places.tolist()


def in_a_second(layers: Sequence[LayerRow]) -> int:
    """About how many pictures the network is asked about in a second."""
    return MULTIPLICATIONS // max(1, multiplications(layers))


def run_before(directory: Directory, started: str, dataset: Dataset) -> tuple[str, Predictions] | None:
    """The newest run of the same folder that `started` before this one, is done and had the same test pictures."""
    others = (one for one in list_runs(directory.path.parent) if one.name != directory.name)
    older = (one for one in others if one.status is not None and "" < one.status.started < started)
    done = [one for one in older if one.status and one.status.state == "done" and not one.status.closed]
    for one in done[:RUNS_BEFORE]:
        with suppress(TenfoldError, OSError):  # a neighbour that is damaged says nothing about this run
            run = Run(one.path)
            about = run.environment.get("data")
            if isinstance(about, Mapping) and about.get("fingerprint") == dataset.fingerprint:
                return one.name, run.predictions
    return None
