"""Where the command `tenfold` begins, and `python -m tenfold`, for whoever has no scripts folder on the PATH.

It owns Ctrl-C in the moments when nobody else does: while the command line itself is imported, and while what was said
about a first Ctrl-C is still being written. Nothing has been begun then, or everything is saved, so it ends in silence.
"""

from __future__ import annotations

import sys
from typing import NoReturn


def console() -> NoReturn:
    """The command, from its first moment on."""
    try:
        from tenfold.cli.main import console as answer_and_end

        answer_and_end()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    console()
