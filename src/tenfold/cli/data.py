"""`tenfold data`: which datasets there are, what one holds, what is wrong with it, and own pictures as one file.

Everything that is known about pictures is known in `images/`; here are the arguments and the lines.
"""

from __future__ import annotations

import re
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.cli.commands import Work
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_data_folder, add_picture_size
from tenfold.errors import UsageError, one_line
from tenfold.files import refuse_existing
from tenfold.text_table import columns, percent, plural

if TYPE_CHECKING:
    from tenfold.evaluation.suspects import Suspects
    from tenfold.images.dataset import Dataset

SUSPECTS = 20  # label suspects that are shown to a person
GRID = re.compile(r"(\d{1,3})[x×](\d{1,3})")
MOST_DRAWN = 200  # pictures of a grid
ANY_SOURCE = "a named dataset, or a folder, zip, npz, IDX or CSV file"


def list_sets(parser: Parser) -> Work:
    add_data_folder(parser)
    return list_and_show


def list_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.images.load import available

    known = available(arguments.data_dir)
    rows = [(one.name, f"{one.pictures:,}", one.title, one_line(one.where or "not on this machine")) for one in known]
    header, *lines = columns([("name", "pictures", "what it is", "where"), *rows], right=[1])
    missing = [one.name for one in known if one.where is None]
    hint = ["", f"To get {missing[0]}, type: tenfold data fetch {missing[0]}"] if missing else []
    screen.show({"datasets": [asdict(one) for one in known]}, [[(header, "bold")], *lines, *hint])
    return 0


def show(parser: Parser) -> Work:
    parser.add_argument("source", metavar="DATA", help=ANY_SOURCE)
    parser.add_argument(
        "--to",
        metavar="FILE",
        type=Path,
        help="draw training pictures, chosen at random, with their labels: a .png, .svg, .html or .json file",
    )
    parser.add_argument(
        "--grid", metavar="RxC", type=grid, help="with --to, how many of them: rows x columns (default: 5x5)"
    )
    add_data_folder(parser)
    add_picture_size(parser)
    return load_and_show


def grid(text: str) -> tuple[int, int]:
    """Rows and columns out of "5x5"."""
    found = GRID.fullmatch(text)
    rows, columns = map(int, found.groups()) if found else (0, 0)
    if not 1 <= rows * columns <= MOST_DRAWN:
        raise ArgumentTypeError(f"{text!r} is not rows x columns such as 5x5, for at most {MOST_DRAWN} pictures")
    return rows, columns


def load_and_show(arguments: Namespace, screen: Screen) -> int:
    if arguments.to is not None:
        from tenfold.charts.export import writer_for

        writer_for(arguments.to)  # refused before anything is loaded for it
        refuse_existing(arguments.to, "--to")
    elif arguments.grid is not None:
        raise UsageError("--grid", found="no --to", expected="a file to draw them into", do="add --to pictures.png")
    dataset = loaded(arguments, screen)
    told, lines = dataset_as_json(dataset), [*lines_about(dataset)]
    if arguments.to is not None:
        drawn = draw(dataset, arguments.grid or (5, 5), arguments.to)
        told["drawn"] = str(arguments.to.resolve())
        lines += [
            "",
            [
                f"{plural(drawn, 'training picture')} with {'its label' if drawn == 1 else 'their labels'}: ",
                (one_line(arguments.to), "bold"),
            ],
        ]
    screen.show(told, lines)
    return 0


def draw(dataset: Dataset, grid: tuple[int, int], to: Path) -> int:
    """Write a chart of training pictures with their labels, always the same ones; how many there are on it."""
    import numpy as np

    from tenfold.charts.export import save
    from tenfold.charts.gallery import gallery

    (rows, columns), train = grid, dataset.train
    count = min(rows * columns, len(train))
    chosen = np.random.default_rng(0).choice(len(train), count, replace=False)
    pictures = [
        {"image": train.images[place], "title": dataset.classes[train.labels[place]], "told": f"picture {place}"}
        for place in chosen.tolist()
    ]
    save(gallery(pictures, columns=columns, title=f"Training pictures of {dataset.name}"), to)
    return count


def loaded(arguments: Namespace, screen: Screen) -> Dataset:
    from tenfold.images.load import load

    return load(arguments.source, data_dir=arguments.data_dir, size=arguments.size, say=screen.say)


def show_dataset(dataset: Dataset, screen: Screen) -> None:
    screen.show(dataset_as_json(dataset), lines_about(dataset))


def dataset_as_json(dataset: Dataset) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "source": dataset.source,
        "licence": dataset.licence,
        "fingerprint": dataset.fingerprint,
        "shape": list(dataset.shape),
        "classes": list(dataset.classes),
        "counts": dataset.counts(),
        "notes": list(dataset.notes),
    }


def lines_about(dataset: Dataset) -> Iterator[Line]:
    from tenfold.images.audit import count_table

    yield [(one_line(dataset), "bold")]
    yield f"from {one_line(dataset.source)}"
    yield f"licence {one_line(dataset.licence)}"
    yield f"fingerprint {dataset.fingerprint}"
    yield from map(one_line, dataset.notes)
    yield ""
    yield from count_table(dataset.classes, dataset.counts())


def fetch(parser: Parser) -> Work:
    parser.add_argument("name", metavar="NAME", help="the dataset's name, as 'tenfold data list' shows it")
    add_data_folder(parser)
    return fetch_and_show


def fetch_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.images.load import fetch_named

    show_dataset(fetch_named(arguments.name, data_dir=arguments.data_dir, say=screen.say), screen)
    return 0


def import_pictures(parser: Parser) -> Work:
    parser.add_argument("source", metavar="DATA", help=ANY_SOURCE)
    parser.add_argument(
        "--to", metavar="FILE", type=Path, help="the .npz file to write (default: named after DATA, here)"
    )
    add_data_folder(parser)
    add_picture_size(parser)
    return import_and_show


def import_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.images.importing import import_pictures

    source = Path(arguments.source)
    to = arguments.to or Path(f"{source.resolve().name.partition('.')[0] or 'pictures'}.npz")
    dataset = import_pictures(arguments.source, to, size=arguments.size, data_dir=arguments.data_dir, say=screen.say)
    show_dataset(dataset, screen)
    return 0


def audit(parser: Parser) -> Work:
    parser.add_argument("source", metavar="DATA", help=ANY_SOURCE)
    parser.add_argument(
        "--labels",
        action="store_true",
        help="look for wrong labels too: networks learn from a part of the training pictures and judge the others",
    )
    parser.add_argument(
        "--recipe",
        metavar="RECIPE",
        help="what is trained for --labels (default: a small network, for as long as so many pictures need)",
    )
    add_data_folder(parser)
    add_picture_size(parser)
    return audit_and_show


def audit_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.images.audit import audit

    if arguments.recipe and not arguments.labels:
        raise UsageError("--recipe", found="no --labels", expected="both, for nothing else here is trained")
    dataset = loaded(arguments, screen)
    found = audit(dataset)
    result = found.as_json()
    lines: list[Line] = [*found.text().splitlines()]
    if arguments.labels:
        suspects = suspects_in(dataset, arguments.recipe, screen)
        result["label_suspects"] = suspects_as_json(suspects, dataset)
        lines += ["", *lines_about_suspects(suspects, dataset)]
    screen.show(result, lines)
    return 0


def suspects_in(dataset: Dataset, recipe: str | None, screen: Screen) -> Suspects:
    from tenfold.recipe.find import find

    chosen = find(recipe) if recipe else None

    from tenfold.run.cross_validation import training_suspects  # from here on Keras is needed

    return training_suspects(dataset, chosen, say=screen.say)


def suspects_as_json(suspects: Suspects, dataset: Dataset) -> dict[str, Any]:
    from tenfold.images.duplicates import place

    pictures = [{**one.as_json(), "name": place(dataset, "train", one.id).name} for one in suspects]
    return {"split": "train", "looked_at": suspects.looked_at, "count": len(suspects), "pictures": pictures}


def lines_about_suspects(suspects: Suspects, dataset: Dataset) -> Iterator[Line]:
    from tenfold.images.duplicates import place

    if not suspects:
        yield f"No label of {suspects.looked_at:,} training pictures looks wrong to networks that had not seen it."
        return
    yield (
        f"{plural(len(suspects), 'training label looks', 'training labels look')} wrong to networks that had not seen "
        f"{'it' if len(suspects) == 1 else 'them'} ({percent(suspects.share, of=suspects.looked_at)}), the most "
        "suspect first:"
    )
    for one in suspects.listed[:SUSPECTS]:
        where, label, suggested = map(one_line, (place(dataset, "train", one.id), one.label, one.suggested))
        yield f"  {where}: labelled {label}, looks like {suggested} ({percent(one.probability)})"
    if len(suspects) > SUSPECTS:
        yield f"  and {len(suspects) - SUSPECTS:,} more (--json lists them all)"
