"""A run as a Keras program without Tenfold: which cells it has, and what they say.

The program does what the run did: the same network from the same seed, the same pictures in the same batches, the
same loss and optimizer. How Keras objects are written is in `keras_code.py`, where pictures come from in `pictures.py`.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from typing import Any

from tenfold import __version__
from tenfold.errors import one_line
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.table import Table
from tenfold.recipe.training import as_table
from tenfold.run.run import Run
from tenfold.serve.cells import Cell, code, text
from tenfold.serve.keras_code import LONGEST, compile_lines, layer_lines, number, quoted
from tenfold.serve.pictures import Pictures
from tenfold.text_table import percent

ORDER = """\
random = np.random.Generator(np.random.Philox(key=SEED, counter=epoch << 192))  # numbers of its own for each epoch
order = random.permutation(len(x_train))"""
SPLITS = {"train": "training", "val": "validation", "test": "test"}
COLLECT = """\
for name, values in fitted.history.items():
    history.setdefault(name, []).extend(values)"""


def program(run: Run, recipe: Recipe, pictures: Pictures, beside: str, *, in_notebook: bool) -> Iterator[Cell]:
    """The cells of the program. `beside` is an expression for the file of pictures that lies beside it."""
    training, one_hot = recipe.training, recipe.preprocessing.labels == "one-hot"
    exactly = not finishes_its_weights(recipe)
    yield text(f"# {run.name}, in plain Keras", *introduction(run, recipe, exactly=exactly, in_notebook=in_notebook))
    yield code(imports(pictures, in_notebook=in_notebook))
    yield code(constants(recipe, run))
    yield from pictures.cells(recipe, beside)
    if one_hot:
        yield text("The labels as rows of zeros with a single one:")
        names = ["train", *(["val"] if pictures.validated else []), "test"]
        yield code("\n".join(f"y_{name}_cat = keras.utils.to_categorical(y_{name}, CLASSES)" for name in names))
    yield text("## The network")
    yield code("\n".join(network(run, recipe)))
    yield code("\n".join(compile_lines(training)))
    yield text("## Training", *about_training(recipe))
    yield code("\n".join(training_lines(recipe, pictures)))
    open_to = scored_split(run, recipe, pictures)
    yield text("## How good it is", *results(run, open_to, in_notebook=in_notebook))
    yield code("\n".join(scoring(open_to, one_hot)))


def introduction(run: Run, recipe: Recipe, *, exactly: bool, in_notebook: bool) -> Iterator[str]:
    """What this is, and how near it comes to the run."""
    if recipe.about:
        about = f"{one_line(recipe.about)}."
        yield html.escape(about, quote=False) if in_notebook else about
    versions = run.environment.get("versions")
    known = versions if isinstance(versions, dict) else {}
    made_with = ", ".join(f"{name} {one_line(known[name])}" for name in ("keras", "jax", "numpy") if name in known)
    yield (
        f"Written by Tenfold {__version__}, which it does not need: only Keras on JAX ({made_with or 'and NumPy'}). It "
        "does what the run did: the same network and first weights, the same loss and optimizer, the same pictures."
    )
    if exactly:
        state = run.status.state
        weights = (
            "the run's own weights" if state == "done" else f"the weights that the run, now {state}, would end with"
        )
        yield (
            f"The batches come in the same order and dropout drops the same, so it ends with {weights}, up "
            "to rounding: Tenfold adds the same numbers in another order, which changes their last digits and, after "
            "some thousand steps, perhaps some answers."
        )


def imports(pictures: Pictures, *, in_notebook: bool) -> str:
    path = bool(pictures.copy) if pictures.named else not in_notebook
    lines = [
        "import os",
        *(["from pathlib import Path"] if path else []),
        "",
        'os.environ.setdefault("KERAS_BACKEND", "jax")  # as the run; other backends draw other random numbers',
        "",
        "import keras",
        "import numpy as np",
        "from keras import layers",
    ]
    return "\n".join(lines)


def constants(recipe: Recipe, run: Run) -> str:
    training, classes = recipe.training, run.classes
    lines = [
        f"SEED = {training.seed}",
        f"BATCH_SIZE = {training.batch_size}  # after so many pictures the weights are moved",
        f"EPOCHS = {training.epochs}  # so many times through all training pictures",
        f"CLASSES = {len(classes)}",
        *listed("class_names", map(quoted, classes)),
    ]
    return "\n".join(lines)


def listed(name: str, items: Iterable[str]) -> list[str]:
    """A list in source text: in one line if it fits, else in one for each item."""
    items = list(items)
    line = f"{name} = [{', '.join(items)}]"
    return [line] if len(line) <= LONGEST else [f"{name} = [", *(f"    {item}," for item in items), "]"]


def network(run: Run, recipe: Recipe) -> Iterator[str]:
    yield "keras.utils.set_random_seed(SEED)  # decides the first weights and what dropout drops"
    yield f"inputs = keras.Input({run.shape!r})"
    yield from layer_lines(recipe, run.shape, len(run.classes))
    yield f"model = keras.Model(inputs, outputs, name={quoted(recipe.name.replace('.', '_').replace('-', '_'))})"
    yield "model.summary()"


def about_training(recipe: Recipe) -> Iterator[str]:
    if finishes_its_weights(recipe):
        yield (
            "This optimizer averages the weights at the end of `fit`, so all epochs are one call, and Keras shuffles "
            "the pictures in an order of its own: the result is as good as the run's, but not the very same network."
        )
    else:
        yield (
            "`model.fit` with `epochs=EPOCHS` would shuffle the pictures in an order of its own, and end with another "
            "network, as good as the run's. To repeat the run, each epoch is a call of its own with the run's order, "
            "which depends on nothing but the seed and the epoch."
        )


def training_lines(recipe: Recipe, pictures: Pictures) -> Iterator[str]:
    stopping = recipe.early_stopping
    targets = "y_train_cat" if recipe.preprocessing.labels == "one-hot" else "y_train"
    if stopping.patience:
        yield "stopping = keras.callbacks.EarlyStopping("
        best = f"restore_best_weights={stopping.restore_best}"
        yield f"    {quoted(stopping.monitor)}, patience={stopping.patience}, {best}"
        yield ")"
    if finishes_its_weights(recipe):
        more = ["epochs=EPOCHS", *(["callbacks=[stopping]"] if stopping.patience else [])]
        yield "fitted = model.fit("
        yield from fit_lines(["x_train", targets, *more], recipe, pictures)
        yield ")"
        yield "history = fitted.history  # a list for each number, with its value after each epoch"
        return
    if stopping.patience:
        yield "stopping.set_model(model)"
        yield "stopping.on_train_begin()  # called by hand, as every epoch is a fit of its own"
    yield "history = {}  # as Keras' own: a list for each number, with its value after each epoch"
    yield "for epoch in range(EPOCHS):"
    body = [
        *ORDER.splitlines(),
        "fitted = model.fit(",
        *fit_lines(
            ["x_train[order]", f"{targets}[order]", "shuffle=False", "initial_epoch=epoch", "epochs=epoch + 1"],
            recipe,
            pictures,
        ),
        ")",
        *COLLECT.splitlines(),
    ]
    if stopping.patience:
        body += [
            "stopping.on_epoch_end(epoch, {name: values[-1] for name, values in history.items()})",
            "if model.stop_training:",
            "    break",
        ]
    yield from (f"    {line}" for line in body)
    if stopping.patience:
        yield "stopping.on_train_end()"


def fit_lines(arguments: list[str], recipe: Recipe, pictures: Pictures) -> Iterator[str]:
    """What stands between the brackets of `model.fit`: `arguments`, and what every such call has."""
    y = "_cat" if recipe.preprocessing.labels == "one-hot" else ""
    for argument in (*arguments, "batch_size=BATCH_SIZE"):
        yield f"    {argument},"
    if recipe.training.validation == "test":
        yield f"    validation_data=(x_test, y_test{y}),  # peeks at the test pictures, as the run did"
    elif pictures.validated:
        yield f"    validation_data=(x_val, y_val{y}),"
    yield "    verbose=2,"


def finishes_its_weights(recipe: Recipe) -> bool:
    """Whether the optimizer changes the weights when `fit` ends, so that a fit for every epoch would be another one."""
    return averages(as_table(recipe.training.optimizer, "optimizer"))


def averages(optimizer: Table) -> bool:
    inner = (value for value in optimizer.values() if isinstance(value, Table))
    return bool(optimizer.get("use_ema")) or any(map(averages, inner))


def scored_split(run: Run, recipe: Recipe, pictures: Pictures) -> str:
    """The pictures that the program scores, as its variables call them: a test set that is closed stays closed."""
    if recipe.training.test != "never" or run.directory.evaluation.exists():
        return "test"
    return "val" if pictures.validated else "train"


def scoring(split: str, one_hot: bool) -> Iterator[str]:
    x, y = f"x_{split}", f"y_{split}"
    yield f"scores = model.evaluate({x}, {y}{'_cat' if one_hot else ''}, verbose=0, return_dict=True)"
    yield "for name, value in scores.items():"
    yield f'    print(f"{SPLITS[split]} {{name}}: {{value:.4f}}")'
    yield ""
    yield f"probabilities = model.predict({x}, verbose=0)  # (pictures, classes)"
    yield "answers = probabilities.argmax(axis=1)"
    yield f'print(f"wrong: {{(answers != {y}).sum()}} of {{len({y})}}")'
    yield f'print(f"The answer is {{class_names[answers[0]]}}; {{class_names[{y}[0]]}} is right.")  # the first picture'


def results(run: Run, split: str, *, in_notebook: bool) -> Iterator[str]:
    """What the run itself came to."""
    told = run.evaluation if run.directory.evaluation.exists() else run.validation
    if split != "test":
        yield (
            "The run's test set is still closed, for it was trained with training.test=never. So the "
            f"{SPLITS[split]} pictures are scored here; when all is chosen, write test for {split} below."
        )
    if told is None:
        yield f"The run itself is {one_line(run.status.state)}; it was not scored yet."
        return
    yield (
        f"The run itself got {told.wrong:,} of {told.total:,} {one_line(told.split)} pictures wrong: "
        f"{percent(told.accuracy, of=told.total)} right ({told.worth}), with a loss of {told.loss:.4f}."
    )
    if in_notebook and (rows := run.metrics):
        yield "Epoch by epoch, the run had:"
        yield "\n".join(table(rows))


def table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """The run's metrics as a table in Markdown."""
    names = [name for name in rows[0] if name.isidentifier() and isinstance(rows[0][name], int | float)]
    for cells in (names, ["---:"] * len(names), *([shown(row.get(name)) for name in names] for row in rows)):
        yield f"| {' | '.join(cells)} |"


def shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else one_line(number(value) if isinstance(value, int) else "")
