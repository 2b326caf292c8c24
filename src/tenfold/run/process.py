"""Which process does something, in a way that still means the same after its number was given to another.

A process is told by its host, its number and the moment at which it began. This module owns how these are found on each
system, and asks nothing of a process but whether it is there: on Windows even `os.kill(pid, 0)` would end it.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MOST_PROCESSES = 2**32


@dataclass(frozen=True)
class Process:
    """A process: `began` is the system's own word for the moment, only ever compared with itself; empty if unknown."""

    pid: int
    host: str
    began: str

    def is_alive(self) -> bool:
        """Whether it still runs. One on another host, of which nothing can be seen from here, counts as running."""
        if self.host != this_host():
            return True
        if not 0 < self.pid < MOST_PROCESSES:
            return False
        began = began_at(self.pid)
        return began is not None and (not began or not self.began or began == self.began)

    def as_json(self) -> dict[str, Any]:
        return {"pid": self.pid, "host": self.host, "began": self.began}

    @classmethod
    def from_json(cls, value: object) -> Process:
        fields = value if isinstance(value, Mapping) else {}
        pid, host, began = fields.get("pid"), fields.get("host"), fields.get("began")
        if (
            type(pid) is not int
            or not 0 < pid < MOST_PROCESSES
            or not isinstance(host, str)
            or not isinstance(began, str)
        ):
            raise ValueError("no process that makes sense")
        return cls(pid, host, began)

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


def this_process() -> Process:
    pid = os.getpid()  # asked anew each time, for a fork is another process
    return Process(pid, this_host(), began_at(pid) or "")


@cache
def this_host() -> str:
    return platform.node() or "this machine"


def began_at(pid: int) -> str | None:
    """When process `pid` began; empty when that cannot be said; None when there is no such process."""
    if sys.platform == "win32":
        return began_on_windows(pid)
    if Path("/proc/self/stat").exists():
        return began_on_linux(pid)
    return began_by_ps(pid)


def began_on_linux(pid: int) -> str | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    if len(fields) < 20 or fields[0] in "ZX":
        return None  # it has ended, and only its parent has not noticed yet
    boot = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot} {fields[19]}"  # clock ticks since that boot


def began_by_ps(pid: int) -> str | None:
    """On macOS and its relatives, with `ps`, which is always there."""
    try:
        said = subprocess.run(  # noqa: S603 - a fixed command and a number
            ["/bin/ps", "-o", "lstart=", "-p", str(pid)],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
            env={"LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip() or None


def began_on_windows(pid: int) -> str | None:
    if sys.platform != "win32":
        raise OSError("only Windows has these functions")
    import ctypes
    from ctypes import wintypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = wintypes.HANDLE
    query_limited_information, access_denied, still_active = 0x1000, 5, 259
    handle = kernel.OpenProcess(query_limited_information, False, pid)
    if not handle:
        return "" if ctypes.get_last_error() == access_denied else None
    try:
        code = wintypes.DWORD()
        if kernel.GetExitCodeProcess(wintypes.HANDLE(handle), ctypes.byref(code)) and code.value != still_active:
            return None
        times = [wintypes.FILETIME() for _ in range(4)]  # created, exited, kernel, user
        if not kernel.GetProcessTimes(wintypes.HANDLE(handle), *map(ctypes.byref, times)):
            return ""
        return str(times[0].dwHighDateTime << 32 | times[0].dwLowDateTime)
    finally:
        kernel.CloseHandle(wintypes.HANDLE(handle))
