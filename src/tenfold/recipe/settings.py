"""Every setting of a recipe, declared once: its type, default, range, meaning and flag.

A field of a group below is a setting. Validation, "did you mean", the command line's flags and the documentation are
all derived from it through `SETTINGS`. Rules that join several settings are in `recipe.py`; what may stand in
`network.layers` is in `layers.py`.
"""

# ruff: noqa: RUF009 - `setting` is `dataclasses.field` and gives no value that instances would share

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from tenfold.errors import RecipeError, did_you_mean
from tenfold.recipe.table import Table, frozen

KIND_NAMES = {int: "a whole number", float: "a number", str: "a word", bool: "true or false"}
KIND_NAMES |= {Table: "a table", tuple: "a list"}


@dataclass(frozen=True)
class Setting:
    """One setting: `key` as it is typed, what it may be, and what it does."""

    key: str
    kinds: tuple[type, ...]
    default: Any
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    flag: str = ""  # the common flag that sets it, such as "--epochs"

    @property
    def example(self) -> str:
        """The table that the help shows: '{ schedule = "CosineDecay", decay_steps = 9380 }'."""
        _, brace, rest = self.help.partition("{")
        return f"{{{rest.partition('}')[0]}}}" if brace and Table in self.kinds else ""

    @property
    def expected(self) -> str:
        """What the setting takes, in words: "a number from 0 to 0.9, or 'test'"."""
        ways = [KIND_NAMES[kind] for kind in self.kinds if kind in KIND_NAMES and not (kind is str and self.choices)]
        if self.low is not None:
            bounds = f"from {amount(self.low)} to {amount(self.high)}"
            ways = [f"{way} {bounds}" if way.endswith("number") else way for way in ways]
        return " or ".join([*ways, *(repr(choice) for choice in self.choices)])

    def checked(self, value: Any) -> Any:
        """`value` frozen and of the right kind, or an error that says what was expected."""
        if value is None and NoneType in self.kinds:
            return None
        value = frozen(value, self.key)
        if type(value) is int and int not in self.kinds and float in self.kinds:
            value = float(value)
        if type(value) not in self.kinds:
            inline = f"write it inline: {self.example}" if self.example and isinstance(value, str) else ""
            raise RecipeError(self.key, found=shown(value), expected=self.expected, do=inline)
        if isinstance(value, str) and self.choices and value not in self.choices:
            raise RecipeError(
                self.key, found=shown(value), expected=self.expected, do=did_you_mean(value, self.choices)
            )
        if isinstance(value, int | float) and not self.holds(value):
            raise RecipeError(self.key, found=shown(value), expected=self.expected)
        return value

    def holds(self, number: float) -> bool:
        """Whether `number` is within the range, where there is one."""
        return self.low is None or self.high is None or self.low <= number <= self.high

    def parse(self, text: str) -> Any:
        """What a person means who types `text` for this setting; still to be checked."""
        if self.kinds == (str,):
            return text
        if text == "none" and NoneType in self.kinds:
            return None
        value = parsed(text)
        return [value] if tuple in self.kinds and isinstance(value, str) else value


def parsed(text: str) -> Any:
    """`text` as TOML reads a value (0.5, [512, 512], true), or as the word it is."""
    try:
        values = tomllib.loads(f"value = {text}")
    except (tomllib.TOMLDecodeError, RecursionError):
        return text
    return values["value"] if len(values) == 1 else text


def amount(number: float | None) -> str:
    """A bound as a person writes it: 100,000 and 0.9 and 1e-09."""
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


def shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def setting(default: Any, help: str, **more: Any) -> Any:
    return field(default=default, metadata={"help": help, **more})


class Group:
    """Settings that are written under one heading; each is checked when the group is made."""

    def __post_init__(self) -> None:
        heading = next(name for name, group in GROUPS.items() if group is type(self))
        for each in fields(self):  # type: ignore[arg-type]
            value = SETTINGS[f"{heading}.{each.name}"].checked(getattr(self, each.name))
            object.__setattr__(self, each.name, value)


@dataclass(frozen=True)
class Network(Group):
    layers: tuple[Table, ...] = setting(
        (), 'the layers, Keras\' own names and arguments: { layer = "Dense", units = "classes" }'
    )
    function: str = setting(
        "",
        "module:function of your own that is given (shape, classes) and returns a Keras model; "
        "Tenfold puts before it what preprocessing and augmentation say",
    )
    file: str = setting("", "a .keras file whose network, with its weights, is the one to train")
    sha256: str = setting("", "the contents that `file` must have; filled in when the recipe is read")


@dataclass(frozen=True)
class Preprocessing(Group):
    scale: str = setting(
        "unit",
        "pixels 0..255 become 0..1 (unit) or -1..1 (signed), each picture gets mean 0 and deviation 1 (standard), "
        "or they stay as they are (none: for a network that scales them itself)",
        choices=("unit", "signed", "standard", "none"),
    )
    layout: str = setting(
        "image", "the network is given height × width × channels, or all pixels in one row", choices=("image", "flat")
    )
    labels: str = setting(
        "sparse", "targets are class numbers, or rows of zeros with a single one", choices=("sparse", "one-hot")
    )


@dataclass(frozen=True)
class Augmentation(Group):
    rotate: float = setting(0.0, "turn each training picture by up to this many degrees", low=0, high=180)
    shift: float = setting(0.0, "move it by up to this part of its height and width", low=0, high=0.5)
    zoom: float = setting(0.0, "make it up to this part larger or smaller", low=0, high=0.9)
    flip: str = setting(
        "none", "mirror it at random (digits and letters: none)", choices=("none", "horizontal", "vertical", "both")
    )
    fill: str = setting(
        "constant",
        "what appears beyond its edge: black (constant), the edge (nearest), its mirror image (reflect), itself (wrap)",
        choices=("constant", "nearest", "reflect", "wrap"),
    )


@dataclass(frozen=True)
class Training(Group):
    loss: str | Table = setting("sparse_categorical_crossentropy", "what is minimised: a Keras loss")
    optimizer: str | Table = setting(
        "adam", 'a Keras optimizer, or a table with its arguments: { optimizer = "SGD", momentum = 0.9 }'
    )
    learning_rate: float | None = setting(
        None, "the step size; left out: the optimizer's own default", low=1e-9, high=100, flag="--learning-rate"
    )
    schedule: Table | None = setting(
        None, 'how the learning rate changes: { schedule = "CosineDecay", decay_steps = 9380 }'
    )
    metrics: tuple[str | Table, ...] = setting(("accuracy",), "what is measured each epoch besides the loss")
    batch_size: int = setting(32, "pictures in one step", low=1, high=1_000_000, flag="--batch-size")
    epochs: int = setting(5, "passes over the training pictures", low=1, high=100_000, flag="--epochs")
    validation: float | str = setting(
        0.0,
        "the part of the training pictures that is held out, the same share of every class; "
        "'test' validates on the test pictures, which peeks at them",
        low=0,
        high=0.9,
        choices=("test",),
    )
    rescore: bool = setting(
        True,
        "score a tenth of the training pictures (1,000 to 5,000) after every epoch as validation is scored, with "
        "dropout off: train_loss and train_accuracy compare with val_loss and val_accuracy; no result depends on it",
    )
    test: str = setting(
        "end",
        "when the test pictures are scored: at the end of training, or never, so that the test set stays closed until "
        "`tenfold evaluate` opens it for the run that was chosen",
        choices=("end", "never"),
    )
    seed: int = setting(
        0, "decides initial weights, order, dropout and augmentation", low=0, high=2**32 - 1, flag="--seed"
    )


@dataclass(frozen=True)
class EarlyStopping(Group):
    patience: int = setting(0, "stop after this many epochs without improvement; 0: never", low=0, high=100_000)
    monitor: str = setting("val_loss", "what should improve")
    restore_best: bool = setting(True, "end with the weights of the best epoch, not of the last")


GROUPS: dict[str, type[Group]] = {
    "network": Network,
    "preprocessing": Preprocessing,
    "augmentation": Augmentation,
    "training": Training,
    "early_stopping": EarlyStopping,
}


def declared(heading: str, group: type[Group]) -> dict[str, Setting]:
    """The settings of one group, read from its fields."""
    hints = get_type_hints(group)
    settings = {}
    for each in fields(group):  # type: ignore[arg-type]
        hint = hints[each.name]
        ways = (hint,) if get_origin(hint) is tuple else get_args(hint) or (hint,)
        kinds = tuple(get_origin(way) or way for way in ways)
        key = f"{heading}.{each.name}"
        settings[key] = Setting(key=key, kinds=kinds, default=each.default, **each.metadata)
    return settings


SETTINGS: dict[str, Setting] = {
    key: each for heading, group in GROUPS.items() for key, each in declared(heading, group).items()
}


def flags() -> dict[str, Setting]:
    """The common flags of the command line and the setting that each one sets."""
    return {each.flag: each for each in SETTINGS.values() if each.flag}
