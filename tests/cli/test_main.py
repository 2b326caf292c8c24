"""What the frame of the command line promises: help, version, hints, one-line errors and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tenfold import __version__
from tenfold.cli import main as cli
from tenfold.cli.commands import BY_WORDS, COMMANDS, Command
from tenfold.cli.main import main
from tenfold.errors import DataError

TRAINING = "train --data digits --epochs 1 --no-report"
HEAVY = {"keras", "jax", "numpy", "sklearn", "PIL", "rich", "scipy", "platformdirs", "http", "urllib.request"}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["data"], [], ["nonsense", "--json"]])
def test_nothing_heavy_is_imported_before_it_is_needed(words: list[str]) -> None:
    program = f"import sys; from tenfold.cli.main import main; main({words!r}); sys.stderr.write(' '.join(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout
    assert not HEAVY & set(ran.stderr.split())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words)
def test_help_of_every_command_wakes_no_keras(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.words.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: tenfold {command.words} ")
    assert "--json" in shown
    assert "--debug" in shown


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tenfold {__version__}\n"


@pytest.mark.parametrize("words", [[], ["--help"], ["help"]])
def test_help_names_every_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    shown = capsys.readouterr().out
    for command in COMMANDS:
        assert f"  {command.words} " in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tarin"], "error: tenfold: there is no command 'tarin'. Did you mean 'train'?"),
        (["data", "lsit"], "error: tenfold data: there is no action 'lsit'. Did you mean 'list'?"),
        (["--jsno"], "error: tenfold: the first word is '--jsno'; expected a command"),
        (["train", "--epcohs", "3"], "error: tenfold train: there is no flag --epcohs. Did you mean '--epochs'?"),
        (["train", "--epoch=3"], "error: tenfold train: there is no flag --epoch. Did you mean '--epochs'?"),
        (["show"], "error: tenfold show: the following arguments are required: RUN"),
        (["show", "last", "more"], "error: tenfold show: 'more' is one argument too many"),
        (["runs", "--runs"], "error: tenfold runs: argument --runs: expected one argument"),
        (["data", "show", "x", "--size", "0"], "error: tenfold data show: argument --size: '0' is not a whole number"),
    ],
)
def test_mistyped_words_are_one_line_and_exit_code_2(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(said)
    assert captured.err.count("\n") == 1


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Make the command `runs` raise what it is given."""

    def make(error: BaseException) -> None:
        def command(parser: object) -> Callable[..., int]:
            def work(*_: object) -> int:
                raise error

            return work

        monkeypatch.setitem(globals(), "_failing_command", command)
        monkeypatch.setitem(BY_WORDS, "runs", Command("runs", "fail", f"{__name__}:_failing_command"))

    return make


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (DataError("x.zip", found="it is empty"), 2, "error: x.zip: it is empty"),
        (KeyboardInterrupt(), 130, "stopped: nothing was left half-done"),
        (KeyboardInterrupt("stopped in epoch 1 after 0 steps"), 130, "stopped: nothing was left half-done"),
        (MemoryError(), 1, "error: memory: there is not enough of it. Choose a smaller batch"),
        (PermissionError(13, "Permission denied", "/x/y"), 1, "error: /x/y: Permission denied"),
        (
            ModuleNotFoundError("No module named 'keras'", name="keras"),
            1,
            "error: keras: a package is missing or broken (No module named 'keras'). Type 'tenfold doctor'",
        ),
        (ImportError("libomp not found"), 1, "error: an import: a package is missing or broken (libomp not found)."),
        (
            ValueError("odd\nsecond line"),
            1,
            "error: ValueError: odd: Tenfold did not foresee this. Run the same command",
        ),
        (ValueError(), 1, "error: ValueError: without a message: Tenfold did not"),
        (ValueError("\x1b[31m"), 1, "error: ValueError: \\x1b[31m: Tenfold did not"),
    ],
)
def test_whatever_goes_wrong_is_one_line_and_a_code(
    error: BaseException,
    code: int,
    said: str,
    failing: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing(error)
    assert main(["runs"]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(said)
    assert captured.err.count("\n") == 1

    assert main(["runs", "--json"]) == code
    captured = capsys.readouterr()
    assert captured.err == ""
    told = json.loads(captured.out)
    assert set(told) == {"error", "message", "thing", "found", "expected", "do", "exit_code"}
    assert told["exit_code"] == code


def test_debug_adds_the_traceback(failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]) -> None:
    failing(DataError("x.zip", found="it is empty"))
    assert main(["runs", "--debug"]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback")
    assert shown.endswith("error: x.zip: it is empty\n")


def test_flags_after_two_dashes_are_not_flags(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "--", "--json", "more"]) == 2
    assert capsys.readouterr().err.startswith("error: tenfold show: 'more' is one argument too many")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes that break this way")
def test_a_reader_that_had_enough_is_no_error() -> None:
    program = "import sys; from tenfold.cli import main; sys.exit(main.main(['--help']))"
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        ran = subprocess.run([sys.executable, "-c", program], stdout=closed, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 0
    assert ran.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("words", ["runs", "runs --json", "--help", pytest.param(TRAINING, marks=pytest.mark.slow)])
def test_a_full_disk_behind_stdout_is_one_line(words: str) -> None:
    ran = ended(f"{words} > /dev/full")
    assert ran.returncode == 1
    line = ran.stderr.splitlines()[-1]
    assert line.startswith("error: the output: it cannot be written (No space left on device). Send it to a place")
    assert ("; then go on with: " in line) == words.startswith("train")
    assert "Traceback" not in ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="no shell here closes a stream")
@pytest.mark.parametrize("words", ["runs", "runs --json", TRAINING])
def test_a_closed_stdout_is_one_line(words: str) -> None:
    ran = ended(f"{words} >&-")
    assert ran.returncode == 1
    assert ran.stderr == "error: stdout: it is closed. Leave it open, or send it to a file\n"
    assert not Path("runs").exists()


@pytest.mark.skipif(os.name == "nt", reason="no shell here closes a stream")
def test_without_stderr_the_result_and_the_code_are_the_same() -> None:
    assert "There are no runs" in ended("runs 2>&-").stdout
    assert ended("nonsense 2>&-").returncode == 2
    assert ended("runs >&- 2>&-").returncode == 1


def ended(words: str) -> subprocess.CompletedProcess[str]:
    """`tenfold` as a shell runs it."""
    return subprocess.run(f"{sys.executable} -m tenfold {words}", shell=True, capture_output=True, text=True)


def test_families_are_the_first_words_of_two() -> None:
    assert cli.families() == ["data"]
