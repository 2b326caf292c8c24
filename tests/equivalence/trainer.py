"""A process that trains and resumes runs in children which can be killed: the driver of `test_resume.py`.

Importing Keras takes seconds, so it is done once. Each order, a line of JSON on stdin, is carried out in a forked child
that ends as it is told to: by itself, by SIGKILL before its n-th fsync or rename, or by SIGKILL or SIGINT from outside,
some seconds after its beginning or its first epoch. The answer, a line of JSON on stdout, says how it ended. JAX starts
its threads when it is first used, and this process never uses it, so it may be forked.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tenfold.run.find import find
from tenfold.run.resume import resume
from tenfold.run.train import train


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            obey(order)
        status, seconds, after_first_epoch = watched(child, order)
        points = Path(order["runs"], "points")
        answer = {
            "killed": os.WIFSIGNALED(status),
            "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "seconds": seconds,
            "after_first_epoch": after_first_epoch,
            "points": int(points.read_text()) if points.exists() else None,
        }
        print(json.dumps(answer), flush=True)


def watched(child: int, order: dict[str, Any]) -> tuple[int, float, float]:
    """How the child ended, and how long it lived in all and after its first epoch; killed on the way if so ordered."""
    first_checkpoint = Path(order["runs"], "run", "state", "checkpoint-000001.npz")
    began, first_epoch, sent = time.perf_counter(), None, False
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        now = time.perf_counter()
        if ended:
            return status, now - began, now - (first_epoch or now)
        if first_epoch is None and first_checkpoint.exists():
            first_epoch = now
        since = first_epoch if order.get("since") == "first epoch" else began
        if not sent and "after" in order and since is not None and now - since >= order["after"]:
            os.kill(child, order.get("signal", signal.SIGKILL))
            sent = True
        time.sleep(0.0005)


def obey(order: dict[str, Any]) -> None:
    """Carry out `order` and end this process: 0 when it went well, 130 after Ctrl-C, 1 with words otherwise."""
    os.dup2(2, 1)  # stdout is for answers
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is born deaf to it
    counted = count_points(order.get("point"))
    try:
        if order["do"] == "train":
            train(data="digits", name="run", verbose=0, **{**order["settings"], "runs": order["runs"]})
        else:
            resume(find(Path(order["runs"]), "run"), verbose=0, say=print)
        Path(order["runs"], "points").write_text(str(counted()))
    except KeyboardInterrupt:
        os._exit(130)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def count_points(last: int | None) -> Callable[[], int]:
    """Count every fsync and rename of this process, and kill it before number `last`."""
    count = 0

    def counting(does: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1
            return does(*arguments, **named)

        return counted

    for name in ("fsync", "replace", "rename"):
        setattr(os, name, counting(getattr(os, name)))
    return lambda: count


main()
