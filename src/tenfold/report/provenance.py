"""Where a result comes from: every setting, the data, the machine, and what to type to have it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from tenfold.charts.classes import class_counts as class_counts_chart
from tenfold.errors import RunError
from tenfold.images.dataset import Loading
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.settings import SETTINGS
from tenfold.recipe.table import thawed
from tenfold.recipe.toml import spelled, to_toml
from tenfold.report.figures import figure
from tenfold.report.markup import Html, facts, name, table, tag, together, verbatim
from tenfold.report.material import Material
from tenfold.run.repeat import source_words
from tenfold.run.sources import loading_from

ELSEWHERE = ("network.layers",)  # settings that have a section of their own
SPLITS = {"train": "training", "validation": "validation", "test": "test"}


def settings(material: Material) -> Html:
    """The settings that are not the defaults, then all of them as they can be trained with again."""
    recipe = material.recipe
    if recipe is None:
        return Html("")
    changed = [(tag("code", key), tag("code", value), told) for key, value, told in differing(recipe)]
    rows: list[tuple[object, ...]] = [("setting", "here", "default"), *changed]
    differ = (
        table(rows, caption="What differs from the defaults")
        if changed
        else tag("p", "Every setting but the layers has its default.")
    )
    about = tag("p", recipe.about) if recipe.about else Html("")
    everything = tag("details", tag("summary", "All settings, as recipe.toml has them"), verbatim(to_toml(recipe)))
    return together([about, differ, everything])


def differing(recipe: Recipe) -> list[tuple[str, str, Html]]:
    """Key, value and default of each setting that has another value than its default."""
    found = []
    for key, setting in SETTINGS.items():
        heading, _, ending = key.partition(".")
        value = getattr(getattr(recipe, heading), ending)
        if value != setting.default and key not in ELSEWHERE:
            default = tag("code", in_toml(setting.default)) if setting.default not in (None, "") else Html("none")
            found.append((key, in_toml(value), default))
    return found


def in_toml(value: Any) -> str:
    return "none" if value is None else spelled(thawed(value))


def data(material: Material) -> Html:
    """What it was trained and tested on."""
    about = material.about_data
    if not about:
        return Html("")
    shape = about.get("shape")
    counts = about.get("pictures")
    told: list[tuple[str, object]] = [("name", name(about.get("name", "")))]
    if isinstance(counts, Mapping):
        told += [(f"{SPLITS.get(str(split), split)} pictures", amount(count)) for split, count in counts.items()]
    if isinstance(shape, list):
        told.append(("each", f"{'×'.join(map(str, shape))} (height, width, channels)"))
    told += [
        ("source", name(about.get("source") or "made in Python")),
        ("licence", name(about.get("licence", "unknown"))),
        ("fingerprint", tag("code", about.get("fingerprint", "unknown"))),
    ]
    notes = about.get("notes")
    lines = together(tag("p", note) for note in notes) if isinstance(notes, list) else Html("")
    return together([facts(told), lines, class_counts(material)])


def class_counts(material: Material) -> Html:
    """How many pictures each class has, where the pictures are at hand."""
    if material.dataset is None:
        return Html("")
    counts = material.dataset.counts()
    head = ["class", *(SPLITS[split] for split in counts)]
    rows = [[name(each), *(amount(of[each]) for of in counts.values())] for each in material.dataset.classes]
    numbers = table([head, *rows], caption="Pictures of each class", right=range(1, len(head)))
    drawn = figure(class_counts_chart, counts)
    return together([drawn, tag("details", tag("summary", "How many pictures each class has"), numbers)])


def amount(count: object) -> str:
    return f"{count:,}" if isinstance(count, int) else str(count)


def environment(material: Material) -> Html:
    """The machine and the versions."""
    about = material.environment
    if not about:
        return Html("")
    versions = about.get("versions")
    devices = about.get("devices")
    settings = about.get("settings")
    told = [
        ("system", about.get("system", "")),
        ("processor", about.get("processor", "")),
        ("threads", about.get("threads", "")),
        ("devices", ", ".join(map(str, devices)) if isinstance(devices, list) else ""),
        ("variables", together_set(settings) if isinstance(settings, Mapping) else ""),
    ]
    rows = [["package", "version"], *(versions.items() if isinstance(versions, Mapping) else [])]
    numbers = table(rows, caption="Versions") if len(rows) > 1 else Html("")
    return together([facts((term, value) for term, value in told if value), numbers])


def together_set(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in settings.items())


def reproduce(material: Material) -> Html:
    """What is typed to train the same again, and when the very same bits come out."""
    if material.recipe is None:
        return Html("")
    digest = tag("code", material.recipe.digest)
    seed = material.recipe.training.seed
    where, typed = again(material)
    return together(
        [
            tag("p", where),
            verbatim(typed),
            tag(
                "p",
                f"Its recipe.toml has every setting, the seed {seed} among them; its digest is ",
                digest,
                ". On a machine with the same processor, the same number of threads and the same versions the result "
                "is the same to the last bit; elsewhere it is the same up to how a processor rounds.",
            ),
        ]
    )


def again(material: Material) -> tuple[str, str]:
    """Where something is to be typed, and what: a command, or lines of Python where no command has these pictures."""
    recipe = f"{material.run.name}/recipe.toml"
    trust = material.recipe is not None and bool(material.recipe.network.function)
    used = material.environment.get("devices_used")
    devices = used if type(used) is int and used > 1 else 1
    loading = loading_of(material.about_data)
    words = source_words(loading)
    if words is not None:
        more = [*(["--devices", str(devices)] if devices > 1 else []), *(["--trust-code"] if trust else [])]
        typed = ["tenfold train", shlex.quote(recipe), "--data", words, *more]
        return "Beside the run's folder, type:", " ".join(typed)
    more = [*([f"devices={devices}"] if devices > 1 else []), *(["trust_code=True"] if trust else [])]
    lines = ["import tenfold", "", f"tenfold.train({', '.join([repr(recipe), 'dataset', *more])})"]
    if loading is None:
        reason = "its pictures were made or changed in Python. Make them as they were then, call them dataset, and type"
    else:
        size = f"size={loading.size}, " if loading.size else ""
        split = f"{size}seed={loading.seed}, test_fraction={loading.test_fraction}"
        lines[2:2] = [f"dataset = tenfold.load({loading.what!r}, {split})"]
        reason = "its pictures were split in a way of their own. Type"
    return f"No command loads what it was trained on, for {reason} in Python, beside the run's folder:", "\n".join(
        lines
    )


def loading_of(about: Mapping[str, Any]) -> Loading | None:
    """How the pictures were loaded; None where they were not, or where environment.json does not say it well."""
    with suppress(RunError):
        return loading_from(about.get("reload"), "")
    return None
