"""`tenfold train`: arguments become a recipe and a data source, and `tenfold.train` does the rest.

The common flags are those that `recipe/settings.py` declares. What the screen shows afterwards is in `result.py`.
"""

from __future__ import annotations

from argparse import Namespace

from tenfold.cli.commands import Work
from tenfold.cli.output import Screen
from tenfold.cli.parser import (
    Parser,
    add_changes,
    add_data_folder,
    add_devices,
    add_picture_size,
    add_report,
    add_runs_folder,
    add_trust,
)
from tenfold.recipe.settings import flags


def train(parser: Parser) -> Work:
    parser.add_argument(
        "recipe",
        metavar="RECIPE",
        nargs="?",
        default="first",
        help="a recipe's name, a .toml or .keras file, or module:function of your own (default: first)",
    )
    parser.add_argument(
        "--data",
        metavar="NAME|PATH",
        help="a named dataset, or a folder, zip, npz, IDX or CSV file (default: mnist if it can be had, else digits)",
    )
    for flag, setting in flags().items():
        parser.add_argument(
            flag,
            dest=setting.key,
            metavar="X" if float in setting.kinds else "N",
            help=f"{setting.help}; {setting.expected}".replace("%", "%%"),
        )
    add_changes(parser)
    parser.add_argument("--name", help="what to call the run (default: recipe, data and a number)")
    add_runs_folder(parser)
    add_data_folder(parser)
    add_picture_size(parser)
    add_devices(parser, 1, "1")
    add_trust(parser)
    add_report(parser)
    return train_and_show


def train_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.recipe.find import find
    from tenfold.recipe.overrides import apply
    from tenfold.recipe.own_code import names_own_code

    given = {setting.key: vars(arguments)[setting.key] for setting in flags().values()}
    changes = [f"{key}={value}" for key, value in given.items() if value is not None]
    recipe = apply(find(arguments.recipe), [*changes, *arguments.changes])

    from tenfold.cli.result import show_trained, written_report  # from here on Keras is needed
    from tenfold.run.train import train

    trust_code = arguments.trust_code or names_own_code(arguments.recipe)
    run = train(
        recipe,
        arguments.data,
        runs=arguments.runs,
        name=arguments.name,
        data_dir=arguments.data_dir,
        size=arguments.size,
        devices=arguments.devices,
        trust_code=trust_code,
        say=screen.say,
    )
    report = None if arguments.no_report else written_report(run, screen, trust_code=trust_code)
    show_trained(run, screen, report)
    return 0
