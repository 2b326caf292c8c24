"""How arguments are read: argparse, with this project's own errors and with hints for mistyped flags.

It owns the parser and the arguments that several commands share. What a command does with them is the command's.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from tenfold.errors import UsageError, did_you_mean


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `UsageError` and says "did you mean"; flags and arguments come in any order."""

    work: Callable[..., int]

    def __init__(self, prog: str, description: str = "") -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=False)

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """The arguments in `words`; every mistake is a `UsageError`."""
        self.refuse_unknown_flags(words)
        # Intermixed, so that flags may stand before and after a name; but argparse then forgets what "--" means.
        parse = self.parse_known_args if "--" in words else self.parse_known_intermixed_args
        arguments, left_over = parse(words)
        if left_over:
            self.error(f"{left_over[0]!r} is one argument too many")
        return arguments

    def refuse_unknown_flags(self, words: Sequence[str]) -> None:
        # Before argparse looks, for it would rather complain about what is missing than about what was mistyped.
        for word in words:
            if word == "--":
                break
            flag = word.partition("=")[0]
            if flag.startswith("--") and flag not in self._option_string_actions:
                known = [name for name in self._option_string_actions if name.startswith("--")]
                raise UsageError(self.prog, found=f"there is no flag {flag}", do=did_you_mean(flag, known))

    def error(self, message: str) -> NoReturn:
        raise UsageError(self.prog, found=message, do=f"type '{self.prog} --help' to see what it takes")


def default_runs() -> Path:
    """Where runs are left and looked for when `--runs` does not say."""
    return Path(os.environ.get("TENFOLD_RUNS") or "runs")


def add_runs_folder(parser: Parser) -> None:
    parser.add_argument(
        "--runs",
        metavar="DIR",
        type=Path,
        default=default_runs(),
        help="the folder that holds the runs (default: $TENFOLD_RUNS, else ./runs)",
    )


def add_run(parser: Parser) -> None:
    """A run to work on, and the folder it is looked for in."""
    parser.add_argument("run", metavar="RUN", help="a run's name, the beginning of one, a path, or 'last'")
    add_runs_folder(parser)


def add_changes(parser: Parser) -> None:
    parser.add_argument(
        "--set",
        dest="changes",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="change one setting of the recipe, such as network.dropout=0.5; may be given again and again",
    )


def add_report(parser: Parser) -> None:
    parser.add_argument("--no-report", action="store_true", help="write no report.html into the run")


def add_trust(parser: Parser) -> None:
    parser.add_argument(
        "--trust-code",
        action="store_true",
        help="run the module:function that a recipe's file or a run names; only if that code is truly yours",
    )


def add_data_folder(parser: Parser) -> None:
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        type=Path,
        help="look here first for the named datasets (default: $TENFOLD_DATA)",
    )


def add_picture_size(parser: Parser) -> None:
    parser.add_argument(
        "--size",
        metavar="PIXELS",
        type=positive,
        help="bring pictures of your own to this height and width",
    )


def add_devices(parser: Parser, default: int | None, words: str) -> None:
    parser.add_argument(
        "--devices",
        metavar="N",
        type=positive,
        default=default,
        help=f"share every batch among this many devices, such as the GPUs of a machine (default: {words})",
    )


def positive(text: str) -> int:
    """A whole number from 1 up, for argparse."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)
