"""What of the processor this process may use. It imports nothing heavy, so that `tenfold doctor` can ask as well."""

from __future__ import annotations

import os


def usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
