"""`tenfold.export`: a run is written as a program in plain Keras, a script or a notebook.

This module decides whether a run can be written so, and where to; what the program says is in `program.py`. Nothing
that exists is overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from tenfold.errors import RecipeError, UsageError, did_you_mean
from tenfold.files import make_folder, refuse_existing, write_text
from tenfold.images.dataset import Dataset
from tenfold.recipe.recipe import Recipe
from tenfold.run.find import find
from tenfold.run.run import Run
from tenfold.serve.cells import as_notebook, as_script
from tenfold.serve.forms import ENDINGS, Form
from tenfold.serve.keras_code import quoted
from tenfold.serve.pictures import pictures_of
from tenfold.serve.program import program


@dataclass(frozen=True)
class Exported:
    """What was written: the program, and the pictures beside it where it needs a file of them."""

    program: Path
    pictures: Path | None


def export(
    run: Run | str | Path,
    to: Form = "script",
    output: str | Path | None = None,
    *,
    runs: str | Path = "runs",
    data: Dataset | None = None,
) -> Exported:
    """Write `run` as plain Keras code that does the same without Tenfold.

    to: "script", a .py file, or "notebook", an .ipynb file.
    output: where to; without it the run's name in the current folder. A file that exists is never overwritten.
    data: the pictures, for a run whose data were made or changed in Python; a `Run` that has just trained has them.
    """
    if to not in get_args(Form):
        raise UsageError("export", found=f"to={to!r}", expected=" or ".join(ENDINGS), do=did_you_mean(str(to), ENDINGS))
    run = run if isinstance(run, Run) else find(Path(runs), run)
    recipe = run.recipe
    refuse_what_is_not_layers(run, recipe)
    path = Path(output) if output is not None else Path(f"{run.name}{ENDINGS[to]}")
    pictures = pictures_of(run, recipe, data if data is not None else run.data_in_memory)
    beside = path.with_name(f"{path.stem}-pictures.npz") if pictures.dataset is not None else None
    written = beside is not None and pictures.are_at(beside)  # with the run's other form, perhaps
    for each in (path, None if written else beside):
        if each is not None:
            refuse_existing(each, "--output")
    here = "Path(__file__).with_name({})" if to == "script" else "{}"
    cells = list(
        program(
            run,
            recipe,
            pictures,
            here.format(quoted(beside.name)) if beside else "",
            in_notebook=to == "notebook",
        )
    )
    make_folder(path.parent)
    if beside and not written:
        pictures.write(beside)
    write_text(path, as_script(cells) if to == "script" else as_notebook(cells))
    return Exported(path, beside)


def refuse_what_is_not_layers(run: Run, recipe: Recipe) -> None:
    """A network that comes out of a file or out of somebody's code is no list of layers that could be written down."""
    network = recipe.network
    if network.layers:
        return
    origin = f"the file {network.file}" if network.file else f"code of your own, {network.function}"
    model = run.directory.model  # Keras cannot write every network that code can make
    trained = f"keras.saving.load_model({str(model)!r})" if model.exists() else "run.model(trust_code=True) in Python"
    raise RecipeError(
        f"run {run.name}",
        found=f"its network comes from {origin}",
        expected="a recipe that lists its layers, which can be written as Keras code",
        do=f"load its trained model instead: {trained}",
    )
