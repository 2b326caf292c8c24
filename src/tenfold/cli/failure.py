"""What a person and a program are told when something goes wrong, and the exit code.

    0    done
    1    the work failed
    2    bad input or usage
    130  stopped by the user, with everything saved

An error is one line on stderr or, with `--json`, one JSON object on stdout (where stdout is what is broken, one line
on stderr too). Most errors are Tenfold's own and know
their words (`tenfold.errors`); this module finds words for the others: Ctrl-C, too little memory, the system's
refusals, a package that is missing, a mistake in Tenfold.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress

from tenfold.cli.next_steps import to_type
from tenfold.cli.output import write_json, write_lines
from tenfold.errors import BackendError, InputError, TenfoldError, one_line

STOPPED = 130
NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class Stopped(TenfoldError):
    exit_code = STOPPED


class OutOfMemory(TenfoldError):
    pass


class SystemRefused(TenfoldError):
    pass


class Unforeseen(TenfoldError):
    pass


def report(error: BaseException, *, as_json: bool = False) -> int:
    """Tell what went wrong; the exit code."""
    known = in_four_parts(error)
    if as_json:
        try:
            write_json(sys.stdout, {**known.as_json(), "exit_code": known.exit_code})
            return known.exit_code
        except BrokenPipeError:
            raise
        except OSError:
            pass  # then stderr has to do
    label = ("", "") if isinstance(known, Stopped) else ("error: ", "bold red")
    with suppress(OSError, ValueError):  # nobody is left to be told
        write_lines(sys.stderr, [[label, known.line]])
    return known.exit_code


def in_four_parts(error: BaseException) -> TenfoldError:
    """Any error in the parts that every error has: the thing, what was found, expected, and to be done."""
    match error:
        case InputError():
            return error
        case TenfoldError() if hasattr(error, "run"):  # training failed, and its run is as good as its last checkpoint
            advice = [error.do, f"go on with: {to_type('resume', error.run)}"]
            do = "; then ".join(filter(None, advice))
            return type(error)(error.thing, found=error.found, expected=error.expected, do=do)
        case TenfoldError():
            return error
        case BrokenPipeError() if hasattr(error, "run"):
            return SystemRefused(
                "stdout", found="its reader closed it while training", do=f"go on with: {to_type('resume', error.run)}"
            )
        case KeyboardInterrupt() if hasattr(error, "run"):  # training was stopped, and its run is saved
            way_on = to_type(getattr(error, "way_on", "resume"), error.run)
            return Stopped("stopped", found="everything up to here is saved", do=f"go on with: {way_on}")
        case KeyboardInterrupt():  # also of a training that no run keeps: which step it had reached helps nobody
            return Stopped("stopped", found="nothing was left half-done")
        case Exception() if stopped := ctrl_c_behind(error):
            return in_four_parts(stopped)
        case MemoryError():
            return OutOfMemory(
                "memory", found="there is not enough of it", do="choose a smaller batch, network or picture size"
            )
        case ImportError() if not (error.name or "").startswith("tenfold"):
            return BackendError(
                error.name or "an import",
                found=f"a package is missing or broken ({error})",
                do="type 'tenfold doctor' to see which, and what to do",
            )
        case OSError() if error.filename is not None:
            return SystemRefused(os.fsdecode(error.filename), found=error.strerror or str(error))
        case OSError() if error.errno in NO_ROOM:  # files say their names; what has none is a stream
            way_on = f"; then go on with: {to_type('resume', error.run)}" if hasattr(error, "run") else ""
            return SystemRefused(
                "the output",
                found=f"it cannot be written ({error.strerror})",
                do=f"send it to a place with room{way_on}",
            )
    return unforeseen(error)


def ctrl_c_behind(error: BaseException) -> KeyboardInterrupt | None:
    """The Ctrl-C behind `error`: an import was cut short, or a library put back what it had not changed yet.

    Not where tidying up itself may have failed, the system's refusals and whatever came up in a run: that is told.
    """
    if isinstance(error, OSError) or hasattr(error, "run"):
        return None
    before = error.__context__
    while before is not None and not isinstance(before, KeyboardInterrupt):
        before = before.__context__
    return before


def unforeseen(error: BaseException) -> Unforeseen:
    words = one_line(str(error).strip().partition("\n")[0]) or "without a message"
    return Unforeseen(
        f"{type(error).__name__}: {words}",
        found="Tenfold did not foresee this",
        do="run the same command with --debug and report what it prints",
    )
