"""`tenfold.compare`: several runs side by side.

It adds to the comparison of what the networks said (`evaluation/comparison.py`) where they came from: the settings,
data and surroundings that differ, how long they trained, and their curves. Which runs may be compared at all is decided
in `comparable.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tenfold.errors import TenfoldError, UsageError, one_line
from tenfold.evaluation.comparison import Comparison
from tenfold.recipe.differences import differences
from tenfold.run.comparable import refuse_incomparable
from tenfold.run.curves import TRAIN, VALIDATION
from tenfold.run.environment import SAME_BITS_NEED
from tenfold.run.find import find
from tenfold.run.only_right import OnlyRight, only_right
from tenfold.run.run import Run
from tenfold.text_table import columns, html_table, paragraphs, plural

IDS_SHOWN = 12
SEED = "training.seed"
KINDS = (VALIDATION, TRAIN, "")
LONGEST = 48  # characters of a setting's value in a cell


NO_PICTURES = "Those that only one gets right are not shown:"
SEED_ONLY = (
    "Only the seed differs: this is how far apart two networks of one recipe come out. Another recipe is better only "
    "if it is better by more than that."
)


@dataclass(frozen=True, eq=False)
class RunComparison:
    """Runs that were tested on the same pictures; the first is what the others are held against."""

    runs: Mapping[str, Run]  # by the name that tells them apart
    results: Comparison

    @cached_property
    def settings(self) -> dict[str, list[Any]]:
        """What is not the same for all, each run's value by its name: of the recipe, the data, and what they ran on."""
        runs = list(self.runs.values())
        about = [surroundings(run.environment) for run in runs]
        keys = dict.fromkeys(key for each in about for key in each)
        rows = {key: [each.get(key) for each in about] for key in keys}
        apart = {key: values for key, values in rows.items() if any(value != values[0] for value in values)}
        return {**differences([run.recipe for run in runs]), **apart}

    def curves(self) -> dict[str, list[dict[str, Any]]]:
        """Every epoch of every run, by the run's name."""
        return {name: run.metrics for name, run in self.runs.items()}

    def curve(self) -> tuple[str, str]:
        """The curve that all runs have and that compares them best: its kind ("val_", "train_" or "") and measure."""
        measured = [{name for row in rows for name in row} for rows in self.curves().values()]
        common = sorted(set.intersection(*measured))
        accuracies = [(kind, name) for kind in KINDS for name in common if name.startswith(kind) and "accuracy" in name]
        losses = [(kind, name) for kind in KINDS for name in common if name == f"{kind}loss"]
        kind, name = next(iter([*accuracies, *losses]), ("", "loss"))
        return kind, name.removeprefix(kind)

    @cached_property
    def _only_right(self) -> tuple[list[OnlyRight], str]:
        """The pictures that only one gets right, as far as they are shown; or why they cannot be, in one line."""
        if not any(map(self.results.only_right, self.runs)):
            return [], ""
        refused = ""
        for run in self.runs.values():
            try:
                test = run.data(download=False).test
            except TenfoldError as error:
                refused = refused or error.line
                continue
            if len(test) == self.results.total:
                return only_right(self.results, test.images), ""
        return [], refused

    @property
    def only_right(self) -> list[OnlyRight]:
        """For each run the pictures that it alone gets right, those first of which it was surest; at most 24 of each.

        Empty where the pictures are no longer on the machine; `missing` says why.
        """
        return self._only_right[0]

    @property
    def missing(self) -> str:
        """Why the pictures that only one gets right cannot be shown, in one line; empty where they can."""
        return self._only_right[1]

    def charts(self) -> list[Any]:
        """How accurate each run is, the curves of all laid over one another, and the pictures that only one of them
        gets right, as Altair charts."""
        from tenfold.charts.curves import overlay

        kind, measure = self.curve()
        drawn = overlay(self.curves(), measure=measure, kind=kind)
        return [self.results.chart(), drawn, *(each.chart() for each in self.only_right)]

    def chart(self) -> Any:
        """The same as one Altair chart."""
        from tenfold.charts.theme import together

        return together(*self.charts(), title=self.title)

    @property
    def title(self) -> str:
        return f"{len(self.runs)} runs side by side"

    def table(self) -> list[dict[str, Any]]:
        """One row for each run: what it is, how long it trained, how good it is, how it differs from the first."""
        return [
            {**row, "path": str(run.directory.path), **run.status.trained()}
            for row, run in zip(self.results.table(), self.runs.values(), strict=True)
        ]

    def as_json(self) -> dict[str, Any]:
        return {
            **self.results.as_json(),
            "results": self.table(),
            "settings": [{"setting": key, "values": values} for key, values in self.settings.items()],
        }

    def rows(self) -> list[list[str]]:
        """The table in words, header first: the results, and how long each trained."""
        header, *results = self.results.rows()
        seconds = [f"{run.status.train_seconds:,.1f} s" for run in self.runs.values()]
        return [[*header, "trained"], *([*row, time] for row, time in zip(results, seconds, strict=True))]

    def setting_rows(self) -> list[list[str]]:
        """The settings that differ in words, header first."""
        return [["", *self.runs], *([key, *cells(values)] for key, values in self.settings.items())]

    def sentences(self) -> list[str]:
        """What the comparison says, and what it does not."""
        said = self.results.sentences()
        if not self.settings:
            return [*said, "No setting differs: these are the same training, done again."]
        if set(self.settings) == {SEED}:
            return [*said, SEED_ONLY]
        return [*said, "To compare recipes, train each with several seeds (--seed 1, --seed 2, …)."]

    def lines(self) -> Iterator[str]:
        yield from columns([[one_line(cell) for cell in row] for row in self.rows()], right=range(1, 8))
        yield ""
        if self.settings:
            yield "what differs"
            rows = [[one_line(cell) for cell in row] for row in self.setting_rows()]
            yield from (f"  {line}" for line in columns(rows))
            yield ""
        yield from self.sentences()
        yield ""
        for name in self.runs:
            yield f"only {one_line(name)} gets right: {listed(self.results.only_right(name))}"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        tables = [html_table(self.rows(), right=range(1, 8))]
        tables += [html_table(self.setting_rows(), caption="what differs")] if self.settings else []
        pictures = "".join(each._repr_html_() for each in self.only_right)
        missing = [f"{NO_PICTURES} {self.missing}"] if self.missing else []
        return f"<div>{''.join(tables)}{paragraphs([*self.sentences(), *missing])}{pictures}</div>"

    def __repr__(self) -> str:
        return repr(self.results)


def compare(*which: Run | str | Path, runs: str | Path = "runs") -> RunComparison:
    """Hold runs that are done against the first of them.

    Each is a `Run`, a path, a name in the folder `runs`, the beginning of one, or "last".
    """
    found = [one if isinstance(one, Run) else find(Path(runs), one) for one in which]
    if len(found) < 2:
        raise UsageError("compare", found=f"{len(found)} run", expected="two or more", do="name another run")
    refuse_incomparable(found)
    by_name = named(found)
    return RunComparison(by_name, Comparison({name: run.predictions for name, run in by_name.items()}))


def named(runs: Sequence[Run]) -> dict[str, Run]:
    """The runs by their names, or by their paths where two are called the same."""
    names = [run.name for run in runs]
    return {run.name if names.count(run.name) == 1 else str(run.path): run for run in runs}


def surroundings(environment: Mapping[str, Any]) -> dict[str, Any]:
    """What a run was made with, besides its recipe: its data and all that the last bits depend on, one by one."""
    about = environment.get("data")
    data = about if isinstance(about, Mapping) else {}
    pictures = data.get("pictures")
    sizes = pictures if isinstance(pictures, Mapping) else {}
    flat = {"data": data.get("name"), "training pictures": sizes.get("train")}
    flat["parameters"] = environment.get("parameters")
    for key in SAME_BITS_NEED:
        value = environment.get(key)
        if isinstance(value, Mapping):
            flat |= {str(name): item for name, item in value.items()}
        else:
            flat[key.replace("_", " ")] = value
    return flat


def cells(values: Sequence[Any]) -> list[str]:
    """The values of a setting, cut where they are long, unless two that differ would look the same."""
    whole = list(map(setting_in_words, values))
    cut = [text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…" for text in whole]
    return cut if len(set(cut)) == len(set(whole)) else whole


def setting_in_words(value: Any) -> str:
    """A setting's value in words."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def listed(ids: Sequence[int]) -> str:
    """The first few pictures by their places in the split, and how many more there are."""
    if not ids:
        return "none"
    more = f" and {len(ids) - IDS_SHOWN:,} more" if len(ids) > IDS_SHOWN else ""
    return f"{plural(len(ids), 'picture')}: {', '.join(map(str, ids[:IDS_SHOWN]))}{more}"
