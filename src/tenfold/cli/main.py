"""The way in: which command was typed, its help, and the exit code in the end.

Whatever goes wrong is put into words by `failure.py`. Nothing heavy is imported here: `--help` and `--version` answer
at once.
"""

from __future__ import annotations

import _thread
import gc
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, redirect_stdout, suppress
from pathlib import Path
from typing import NoReturn

from tenfold import __version__
from tenfold.cli.commands import BY_WORDS, COMMANDS, Command
from tenfold.cli.failure import STOPPED, SystemRefused, in_four_parts, report
from tenfold.cli.output import Screen
from tenfold.errors import UsageError, did_you_mean


def console() -> NoReturn:
    """What the command `tenfold` is: `main`, and the end of the process."""
    sys.unraisablehook = never_lose_ctrl_c
    # Nearly all that a command makes stays: to look for garbage as often as Python does took a tenth of its time.
    gc.set_threshold(50_000, 20, 50)
    code = main()
    gc.freeze()  # Python would sort through all that the process has made, only to end it: half a second
    if code == STOPPED or any(thread.daemon for thread in threading.enumerate()):
        # Ctrl-C may have left a compilation behind. XLA cannot be told to stop, and Python would wait for it: go
        # without. And where Ctrl-C fell into an `exec`, Python would end with a code of its own.
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def never_lose_ctrl_c(lost: sys.UnraisableHookArgs) -> None:
    """Ctrl-C while JAX helps Python to collect garbage would be printed and forgotten: ask again, a moment later."""

    here = threading.get_ident()  # the main thread: no other is told of Ctrl-C

    def ask_again() -> None:
        import signal

        time.sleep(0.02)  # at once, it would be in here that it comes
        if sys.platform == "win32":
            _thread.interrupt_main()
        else:
            signal.pthread_kill(here, signal.SIGINT)  # the former would not wake it from a sleep

    if issubclass(lost.exc_type, KeyboardInterrupt):
        _thread.start_new_thread(ask_again, ())
    else:
        sys.__unraisablehook__(lost)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command in `words` (default: what was typed) and return its exit code."""
    words = list(sys.argv[1:] if words is None else words)
    flags = words[: words.index("--")] if "--" in words else words
    if sys.stderr is None:  # closed by whoever started Tenfold; what is said there is lost, and stops nothing
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - it stays open to the end
    if sys.stdout is None:  # a result that nobody can see is no result, and files opened now would get its number
        return report(SystemRefused("stdout", found="it is closed", do="leave it open, or send it to a file"))
    never_fail_on_a_character()
    try:
        code = answer(words)
        sys.stdout.flush()
        return code
    except BrokenPipeError as error:
        stop_writing()  # the reader of the pipe, `head` perhaps, has had enough
        return report(error, as_json=False) if hasattr(error, "run") else 0
    except (Exception, KeyboardInterrupt) as error:
        if "--debug" in flags:
            traceback.print_exc()
        try:
            return report(error, as_json="--json" in flags)
        except BrokenPipeError:
            stop_writing()
            return in_four_parts(error).exit_code
        finally:
            let_go()


def answer(words: Sequence[str]) -> int:
    """Do what `words` ask for."""
    if not words or words[0] in ("-h", "--help", "help"):
        return show_help(words[1:])
    if words[0] in ("-V", "--version"):
        sys.stdout.write(f"tenfold {__version__}\n")
        return 0
    if words[0] in families() and (len(words) == 1 or words[1] in ("-h", "--help")):
        return show_family(words[0])
    command, rest = chosen(words)
    parser = command.parser()
    if "-h" in rest or "--help" in rest:
        sys.stdout.write(parser.format_help())
        return 0
    arguments = parser.read(rest)
    screen = Screen(sys.stdout, arguments.json)
    # Whatever else prints, a progress line or code of the user's own, must not come between a program and its JSON.
    with redirect_stdout(sys.stderr) if arguments.json else nullcontext():
        return parser.work(arguments, screen)


def chosen(words: Sequence[str]) -> tuple[Command, Sequence[str]]:
    """The command that `words` begin with, and the words that follow it."""
    for count in (2, 1):
        command = BY_WORDS.get(" ".join(words[:count]))
        if command:
            return command, words[count:]
    if words[0].startswith("-"):
        raise UsageError(
            "tenfold",
            found=f"the first word is {words[0]!r}",
            expected="a command",
            do="type 'tenfold --help' to see them",
        )
    if words[0] in families():
        known = [action for family, action in two_words() if family == words[0]]
        raise UsageError(
            f"tenfold {words[0]}", found=f"there is no action {words[1]!r}", do=did_you_mean(words[1], known)
        )
    known = [*families(), *(command.words for command in COMMANDS if " " not in command.words)]
    raise UsageError("tenfold", found=f"there is no command {words[0]!r}", do=did_you_mean(words[0], known))


def two_words() -> Iterator[tuple[str, str]]:
    for command in COMMANDS:
        family, _, action = command.words.partition(" ")
        if action:
            yield family, action


def families() -> list[str]:
    """The first words of commands of two words: "data"."""
    return sorted({family for family, _ in two_words()})


def show_help(words: Sequence[str]) -> int:
    if words and words[0] in families() and len(words) == 1:
        return show_family(words[0])
    if words:
        command, _ = chosen(words)
        sys.stdout.write(command.parser().format_help())
        return 0
    sys.stdout.write(
        "Tenfold: train image classifiers, see how good they are, and why they fail.\n\n"
        "usage: tenfold COMMAND [...]\n\n"
        f"{command_table(COMMANDS)}\n"
        "'tenfold COMMAND --help' says what a command takes. 'tenfold --version' says which Tenfold this is.\n"
        "To begin: tenfold train\n"
    )
    return 0


def show_family(family: str) -> int:
    members = [command for command in COMMANDS if command.words.startswith(f"{family} ")]
    sys.stdout.write(f"usage: tenfold {family} ACTION [...]\n\n{command_table(members)}")
    return 0


def command_table(commands: Sequence[Command]) -> str:
    width = max(len(command.words) for command in commands)
    return "".join(f"  {command.words:{width}}  {command.summary}\n" for command in commands)


def never_fail_on_a_character() -> None:
    """A terminal that cannot show a × gets a question mark, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def let_go() -> None:
    """Be rid of what is still to be written, one way or the other."""
    try:
        sys.stdout.flush()
    except OSError:
        stop_writing()


def stop_writing() -> None:
    """Send what is still to be flushed nowhere, so that Python does not complain while it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    console()
