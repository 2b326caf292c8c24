"""What the epochs of a run that is not done teach so far, by its directory alone: no pictures, no network, no Keras.

Rules that need the test pictures, or equal pictures, or a network, are silent; so are those to which the missing epochs
would give another answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenfold.errors import RunError
from tenfold.evaluation.finding import Findings
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.rescored import rescored_rows
from tenfold.run.repeat import command_for, source_words
from tenfold.run.sources import loading_from

if TYPE_CHECKING:
    from tenfold.recipe.recipe import Recipe
    from tenfold.run.record import Record


def so_far(run: Record) -> Findings:
    """The findings of a run whose training was stopped, or goes on."""
    from tenfold.run.findings import asked

    evidence = known(run)
    return Findings(asked(lambda: evidence))


def known(run: Record) -> Evidence:
    status, recipe, about = run.status, run.recipe, run.about_data
    reload = about.get("reload")
    loading = None if reload is None else loading_from(reload, run.name)
    sizes = sizes_in(run, recipe)
    return Evidence(
        name=run.name,
        command=command_for(recipe, loading, run.directory),
        data=source_words(loading),
        sizes=sizes,
        counts=counts_in(run),
        validation=recipe.training.validation,
        seed=recipe.training.seed,
        rows=run.metrics,
        epochs=status.epochs,
        steps=-(-sizes["train"] // recipe.training.batch_size),
        rescored=rescored_rows(sizes["train"]) if recipe.training.rescore else 0,
        unfinished=status.state,
        stopped_by=status.message,
    )


def sizes_in(run: Record, recipe: Recipe) -> dict[str, int]:
    """How many pictures are trained, validated and tested on; of those held out of training the number is near."""
    counts = run.about_data.get("pictures")
    if not isinstance(counts, dict) or not all(type(count) is int and count >= 0 for count in counts.values()):
        raise RunError(run.directory.environment, found=f"data.pictures is {counts!r}"[:200], expected="counts")
    sizes = {"train": 0, **counts}
    part = recipe.training.validation
    if "validation" not in sizes and isinstance(part, float):
        held_out = round(part * sizes["train"])
        sizes |= {"train": sizes["train"] - held_out, **({"validation": held_out} if held_out else {})}
    return sizes


def counts_in(run: Record) -> dict[str, dict[str, int]]:
    """How many pictures of each class a split has; nothing where the run does not tell, as older ones do not."""
    counts = run.about_data.get("counts")
    if not isinstance(counts, dict) or not all(isinstance(split, dict) for split in counts.values()):
        return {}
    sound = all(type(count) is int and count >= 0 for split in counts.values() for count in split.values())
    return counts if sound else {}
