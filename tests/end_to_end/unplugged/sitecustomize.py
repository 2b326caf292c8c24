"""Python imports this before anything else when its folder is on PYTHONPATH: the process then has no network."""

from __future__ import annotations

import errno
import socket


def unreachable(self: socket.socket, address: object) -> None:
    raise OSError(errno.ENETUNREACH, "unplugged by the test")


def unknown(host: object, *_: object, **__: object) -> list[object]:
    raise socket.gaierror(socket.EAI_NONAME, "unplugged by the test")


socket.socket.connect = unreachable  # type: ignore[method-assign]
socket.getaddrinfo = unknown
