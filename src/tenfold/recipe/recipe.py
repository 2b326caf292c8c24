"""The noun of this folder: a `Recipe`, everything that decides what is trained, as frozen and validated data.

A `Recipe` that exists is sound: every setting has the right kind and range (`settings.py`), every layer is one that
Keras has (`layers.py`), and the settings fit together (here). It builds nothing and imports nothing heavy.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from tenfold.errors import RecipeError, did_you_mean
from tenfold.recipe import allowed
from tenfold.recipe.layers import check_layers, check_object
from tenfold.recipe.settings import GROUPS, SETTINGS, Augmentation, EarlyStopping, Network, Preprocessing, Training
from tenfold.recipe.table import Table, thawed, word

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
FUNCTION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
LONGEST_TEXT = 10_000
TEXTS = ("name", "about", "reported", "measured")
REPORTED = "reported_accuracy"


@dataclass(frozen=True)
class Recipe:
    """A network and how it is trained."""

    name: str
    network: Network
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    augmentation: Augmentation = field(default_factory=Augmentation)
    training: Training = field(default_factory=Training)
    early_stopping: EarlyStopping = field(default_factory=EarlyStopping)
    about: str = ""
    reported: str = ""  # what the lab sheet says this reaches
    reported_accuracy: tuple[float, ...] = ()  # the same as low and high, for MNIST's test pictures: 0.975, 0.98
    measured: str = ""  # what Tenfold measured

    def __post_init__(self) -> None:
        for name in TEXTS:
            text = word(getattr(self, name), name)
            if len(text) > LONGEST_TEXT:
                raise RecipeError(name, found=f"{len(text):,} characters", expected=f"at most {LONGEST_TEXT:,}")
        if not NAME.fullmatch(self.name):
            raise RecipeError(
                "name",
                found=repr(self.name[:80]),
                expected="1 to 64 of a-z, 0-9, '-', '_' and '.', a letter or digit first",
            )
        for heading, group in GROUPS.items():
            if not isinstance(getattr(self, heading), group):
                raise RecipeError(heading, found=type(getattr(self, heading)).__name__, expected=group.__name__)
        object.__setattr__(self, REPORTED, checked_range(self.reported_accuracy, REPORTED))
        check_network(self.network)
        check_loss(self.training.loss, self.preprocessing.labels)
        check_metrics(self.training.metrics, self.preprocessing.labels)
        check_optimizer(self.training)
        check_monitor(self.early_stopping, self.training)
        check_closed(self.training)

    def as_dict(self) -> dict[str, Any]:
        """The recipe as plain nested dicts and lists, every setting spelled out; `recipe_from` reads it again."""
        texts = {name: getattr(self, name) for name in TEXTS if getattr(self, name)}
        numbers = {REPORTED: list(self.reported_accuracy)} if self.reported_accuracy else {}
        groups = {}
        for heading in GROUPS:
            group = getattr(self, heading)
            groups[heading] = {each.name: thawed(getattr(group, each.name)) for each in fields(group)}
        groups["network"] = {name: value for name, value in groups["network"].items() if value}
        return {**texts, **numbers, **groups}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that decides the training. Names and texts do not, nor where a .keras file lies."""
        content = {heading: dict(values) for heading, values in self.as_dict().items() if heading in GROUPS}
        if self.network.sha256:
            del content["network"]["file"]  # its contents decide, wherever it lies
        for looks_on in ("rescore", "test"):  # decide what is measured, and nothing is trained otherwise
            del content["training"][looks_on]
        line = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(line.encode()).hexdigest()

    def _repr_html_(self) -> str:
        from tenfold.recipe.page import as_html

        return as_html(self)

    def __str__(self) -> str:
        training = self.training
        optimizer = training.optimizer if isinstance(training.optimizer, str) else training.optimizer["optimizer"]
        return f"{self.name}: {optimizer}, batches of {training.batch_size:,}, {training.epochs:,} epochs"

    __repr__ = __str__


def recipe_from(values: Mapping[str, Any]) -> Recipe:
    """A recipe from nested mappings, such as `as_dict` gives and TOML holds; unknown keys are named."""
    for key, value in values.items():
        if key in GROUPS and not isinstance(value, Mapping):
            raise RecipeError(key, found=repr(value)[:80], expected=f"a table, [{key}]")
        if key not in GROUPS and key not in TEXTS and key != REPORTED:
            raise unknown_key(key)
    groups = {heading: group_from(heading, values.get(heading, {})) for heading in GROUPS}
    texts = {name: values[name] for name in TEXTS if name in values}
    if "name" not in texts:
        raise RecipeError("name", found="nothing", expected="a name for the recipe")
    return Recipe(**texts, **groups, reported_accuracy=values.get(REPORTED, ()))


def group_from(heading: str, values: Mapping[str, Any]) -> Any:
    group = GROUPS[heading]
    for name in values:
        if f"{heading}.{name}" not in SETTINGS:
            raise unknown_key(f"{heading}.{name}")
    return group(**values)


def unknown_key(key: str, known: Iterable[str] = (*TEXTS, REPORTED, *GROUPS, *SETTINGS)) -> RecipeError:
    """The error for a key that no recipe has: the full key where its heading is missing or wrong, or the nearest."""
    known, ending = list(known), key.rpartition(".")[2]
    same = [repr(each) for each in known if "." in each and each.rpartition(".")[2] == ending]
    hint = f"did you mean {' or '.join(same)}?" if same else did_you_mean(key, known)
    return RecipeError(key, found="no setting of this name", do=hint)


def checked_range(value: Any, key: str) -> tuple[float, ...]:
    """Two shares in order, or none."""
    bounds = tuple(value) if isinstance(value, list | tuple) else (value,)
    numbers = all(type(bound) in (int, float) for bound in bounds)
    if bounds and not (numbers and len(bounds) == 2 and 0 <= bounds[0] <= bounds[1] <= 1):
        raise RecipeError(key, found=repr(value)[:80], expected="a low and a high share, such as [0.975, 0.98]")
    return tuple(map(float, bounds))


def check_network(network: Network) -> None:
    given = [name for name in ("layers", "function", "file") if getattr(network, name)]
    if len(given) != 1:
        raise RecipeError(
            "network",
            found=" and ".join(given) or "neither layers nor function nor file",
            expected="exactly one of layers, function and file",
        )
    check_layers(network.layers)
    if network.function and not FUNCTION.fullmatch(network.function):
        raise RecipeError(
            "network.function",
            found=repr(network.function[:80]),
            expected="module:function",
            do="write mynetworks:build for the function build in mynetworks.py",
        )
    if network.file and not network.file.endswith(".keras"):
        raise RecipeError("network.file", found=repr(network.file[-80:]), expected="a file whose name ends in .keras")
    if network.sha256 and not (network.file and re.fullmatch(r"[0-9a-f]{64}", network.sha256)):
        raise RecipeError(
            "network.sha256", found=repr(network.sha256[:80]), expected="64 hexadecimal digits, beside network.file"
        )


def named(value: str | Table, kind: str, key: str) -> str:
    """The canonical name of a loss, metric or optimizer that is given as a word or as a table."""
    table = value if isinstance(value, Table) else Table({kind: value})
    check_object(table, kind, key)
    return allowed.canonical(table[kind], allowed.KINDS[kind]) or ""


def check_loss(loss: str | Table, labels: str) -> None:
    name = named(loss, "loss", "training.loss")
    needed = "sparse" if name.startswith("Sparse") else "one-hot"
    if labels != needed:
        raise RecipeError(
            "training.loss",
            found=f"{name} with {labels} labels",
            expected=f"{needed} labels for this loss",
            do=f'set preprocessing.labels to "{needed}" too',
        )


def check_metrics(metrics: tuple[Any, ...], labels: str) -> None:
    """Refuse a metric that would compare class numbers with rows of probabilities."""
    for index, metric in enumerate(metrics):
        key = f"training.metrics.{index}"
        if not isinstance(metric, str | Table):
            raise RecipeError(key, found=repr(metric)[:80], expected="the name of a Keras metric, or a table")
        name = named(metric, "metric", key)
        either = name == "Accuracy" and isinstance(metric, str)  # Keras picks the kind of accuracy that fits
        needed = "sparse" if name.startswith("Sparse") else "one-hot"
        if not either and labels != needed:
            raise RecipeError(
                key,
                found=f"{name} with {labels} labels",
                expected=f"{needed} labels for this metric",
                do=f'set preprocessing.labels to "{needed}", with a loss for it',
            )


def check_optimizer(training: Training) -> None:
    named(training.optimizer, "optimizer", "training.optimizer")
    twice = isinstance(training.optimizer, Table) and "learning_rate" in training.optimizer
    if twice and (training.learning_rate is not None or training.schedule is not None):
        raise RecipeError(
            "training.optimizer",
            found="a learning rate of its own beside training.learning_rate or training.schedule",
            expected="the learning rate in one place",
            do="remove it from the optimizer's table",
        )
    if training.schedule is not None:
        check_object(training.schedule, "schedule", "training.schedule")


def check_monitor(stopping: EarlyStopping, training: Training) -> None:
    if stopping.patience and stopping.monitor.startswith("train_"):
        raise RecipeError(
            "early_stopping.monitor",
            found=f"{stopping.monitor!r}, which is measured to be looked at, and decides nothing",
            expected="a number of validation or of training itself, such as val_loss or loss",
        )
    if stopping.patience and stopping.monitor.startswith("val_") and training.validation == 0:
        raise RecipeError(
            "early_stopping.monitor",
            found=f"{stopping.monitor!r}, but nothing is held out for validation",
            expected="training.validation above 0",
            do="set training.validation to 0.1",
        )


def check_closed(training: Training) -> None:
    if training.test == "never" and training.validation == "test":
        raise RecipeError(
            "training.test",
            found="'never', but training.validation = \"test\" looks at the test pictures after every epoch",
            expected="validation on training pictures that are held out",
            do="set training.validation to 0.1",
        )


def slug(text: str) -> str:
    """`text` as a name that a recipe may have: "My Net.toml" becomes "my-net.toml"."""
    return re.sub(r"[^a-z0-9_.-]+", "-", text.lower()).strip("-_.")[:64] or "recipe"
