"""How a program without Tenfold gets at a run's pictures: as code that loads them, and a file of them where need be.

MNIST and Fashion-MNIST are loaded as every Keras program loads them, or from the very file that the run read. All
other pictures are written beside the program as one npz, split as the run split them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tenfold.array_file import Array, Unreadable, read_arrays, write_arrays
from tenfold.errors import RunError
from tenfold.images.assemble import ignore
from tenfold.images.dataset import Dataset
from tenfold.images.splits import with_validation
from tenfold.recipe.recipe import Recipe
from tenfold.run.run import Run
from tenfold.run.sources import reopened
from tenfold.serve.cells import Cell, code, text
from tenfold.serve.keras_code import quoted

ROOM = 10_000  # bytes that a file of pictures may have beside them
IN_KERAS = {"mnist": "mnist", "fashion": "fashion_mnist"}  # what keras.datasets calls them
SPLIT = '''
def held_out(labels, fraction, seed):
    """Which training pictures are held out: the same share of every class, drawn at random by the seed."""
    draw = np.random.PCG64(seed).random_raw(len(labels))
    exact = np.bincount(labels) * fraction
    shares = np.floor(exact).astype(int)
    missing = round(len(labels) * fraction) - shares.sum()
    shares[np.argsort(shares - exact, kind="stable")[:missing]] += 1  # so that they add up to the fraction of all
    members = [np.flatnonzero(labels == label) for label in range(len(shares))]
    return np.concatenate([m[np.argsort(draw[m], kind="stable")[:n]] for m, n in zip(members, shares)])


chosen = np.isin(np.arange(len(x_train)), held_out(y_train, {fraction}, SEED))
x_val, y_val = x_train[chosen], y_train[chosen]
x_train, y_train = x_train[~chosen], y_train[~chosen]
'''


@dataclass(frozen=True)
class Pictures:
    """The pictures of one run, and how the program will get them."""

    named: str  # what keras.datasets calls them; empty for pictures that are written beside the program
    copy: str  # a file of the named set that was there for the run
    dataset: Dataset | None  # what is to be written beside the program
    validated: bool  # whether there are pictures to validate on that are not the test pictures

    def write(self, path: Path) -> None:
        """Write the pictures that have to lie beside the program."""
        write_arrays(path, self.arrays())

    def are_at(self, path: Path) -> bool:
        """Whether the file at `path` has these very pictures already."""
        ours = self.arrays()
        try:
            theirs = read_arrays(path, limit=ROOM + sum(array.nbytes for array in ours.values()))
        except Unreadable:
            return False
        return ours.keys() == theirs.keys() and all(np.array_equal(ours[name], theirs[name]) for name in ours)

    def arrays(self) -> dict[str, Array]:
        """The arrays of that file, by their names in it."""
        assert self.dataset is not None
        short = {"validation": "val"}
        arrays: dict[str, Array] = {}
        for name, split in self.dataset.splits.items():
            arrays[f"x_{short.get(name, name)}"] = split.images
            arrays[f"y_{short.get(name, name)}"] = split.labels
        return arrays

    def cells(self, recipe: Recipe, beside: str) -> Iterator[Cell]:
        """The cells that end with x_train, y_train, x_test, y_test, and x_val, y_val where the run has them."""
        if self.named:
            yield from self.cells_of_named_set(recipe)
            return
        yield text(
            "## The pictures\n\nThey were written beside this program, split as the run split them: values from 0 to "
            "255, (pictures, height, width, channels), and the number of each one's class."
        )
        names = [
            f"{axis}_{split}" for split in ("train", *(["val"] if self.validated else []), "test") for axis in "xy"
        ]
        pairs = [f"{name} = data[{quoted(name)}]" for name in names]
        yield code("\n".join([f"with np.load({beside}) as data:", *(f"    {pair}" for pair in pairs)]))

    def cells_of_named_set(self, recipe: Recipe) -> Iterator[Cell]:
        yield text("## The pictures\n\nValues from 0 to 255, and for each picture the number of its class.")
        by_keras = f"(x_train, y_train), (x_test, y_test) = keras.datasets.{self.named}.load_data()"
        if self.copy:
            arrays = '("x_train", "y_train", "x_test", "y_test")'
            lines = [
                f"copy = Path({quoted(self.copy)})  # what the run read; where it is not, Keras downloads them once",
                "if copy.exists():",
                "    with np.load(copy) as data:",
                f"        x_train, y_train, x_test, y_test = (data[name] for name in {arrays})",
                "else:",
                f"    {by_keras}",
            ]
        else:
            lines = [f"{by_keras}  # downloaded once"]
        yield code("\n".join([*lines, "x_train, x_test = x_train[..., None], x_test[..., None]  # one channel: grey"]))
        if self.validated:
            yield text("A part of the training pictures is held out, to validate on after every epoch:")
            yield code(SPLIT.replace("{fraction}", repr(recipe.training.validation)))


def pictures_of(run: Run, recipe: Recipe, given: Dataset | None) -> Pictures:
    """The pictures of `run`; `given` are those of one whose pictures were made in Python."""
    about = run.environment.get("data")
    about = about if isinstance(about, Mapping) else {}
    held_out = recipe.training.validation not in (0, "test")
    named = name_in_keras(about)
    if named:
        source = str(about.get("source", ""))
        return Pictures(named, source if source.endswith(".npz") else "", None, held_out)
    if given is None and "reload" in about and about["reload"] is None:
        raise RunError(
            f"the data of {run.name}",
            found="they were made or changed in Python and are nowhere on the disk",
            expected="the same Dataset, given again",
            do='in Python: tenfold.export(run, to="script", data=dataset)',
        )
    dataset = reopened(run.environment, run.name, given, ignore)
    if held_out:
        dataset = with_validation(dataset, float(recipe.training.validation), recipe.training.seed)
    return Pictures("", "", dataset, recipe.training.validation != "test" and dataset.validation is not None)


def name_in_keras(about: Mapping[str, Any]) -> str:
    """What keras.datasets calls the pictures that a run describes so; empty where it has no such set."""
    loading = about.get("reload")
    return IN_KERAS.get(str(loading.get("what")), "") if isinstance(loading, Mapping) else ""
