"""The list of commands: the words that are typed, one line about each, and the function that holds it.

This is the one place to look for "which commands are there"; help, documentation and tests read it. A command's
function takes a parser, declares its arguments on it and returns what does the work. Its module is imported when the
command is typed, and even then Keras waits until the work begins.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from tenfold.cli.output import Screen
from tenfold.cli.parser import Parser

Work = Callable[[Namespace, Screen], int]


@dataclass(frozen=True)
class Command:
    words: str  # what is typed after `tenfold`: "train" or "data audit"
    summary: str
    home: str  # "module:function"

    def parser(self) -> Parser:
        """A parser that knows this command's arguments and, as `parser.work`, what to do with them."""
        module, _, function = self.home.partition(":")
        parser = Parser(prog=f"tenfold {self.words}", description=f"{self.summary[0].upper()}{self.summary[1:]}.")
        parser.work = getattr(import_module(module), function)(parser)
        parser.add_argument("--json", action="store_true", help="print exactly one JSON object on stdout")
        parser.add_argument("--debug", action="store_true", help="show a traceback when something fails")
        return parser


COMMANDS = (
    Command("train", "train a network on pictures and leave a run", "tenfold.cli.train:train"),
    Command("resume", "go on with a run that was interrupted, exactly where it stopped", "tenfold.cli.resume:resume"),
    Command("evaluate", "score a run on its test pictures again", "tenfold.cli.evaluate:evaluate"),
    Command("predict", "say what is on a picture", "tenfold.cli.predict:predict"),
    Command(
        "export", "write a run as plain Keras code that does the same without Tenfold", "tenfold.cli.export:export"
    ),
    Command("runs", "list the runs", "tenfold.cli.runs:runs"),
    Command("show", "show all there is to know about one run", "tenfold.cli.show:show"),
    Command("compare", "hold runs against one another: what differs, and is it luck", "tenfold.cli.compare:compare"),
    Command("report", "write everything about a run into one HTML file", "tenfold.cli.report:report"),
    Command("recipes", "list the recipes, or show one layer by layer", "tenfold.cli.recipes:recipes"),
    Command("data list", "list the named datasets and where they were found", "tenfold.cli.data:list_sets"),
    Command("data show", "show what a dataset holds: sizes, classes, counts", "tenfold.cli.data:show"),
    Command("data fetch", "download a named dataset and verify it", "tenfold.cli.data:fetch"),
    Command("data import", "check pictures of your own and write them as one file", "tenfold.cli.data:import_pictures"),
    Command("data audit", "look for what is wrong with a dataset", "tenfold.cli.data:audit"),
    Command("lab", "list the lab sheets, or work on a copy of one in Jupyter", "tenfold.cli.lab:lab"),
    Command("doctor", "check this installation and say what to do about anything wrong", "tenfold.cli.doctor:doctor"),
)

BY_WORDS = {command.words: command for command in COMMANDS}
