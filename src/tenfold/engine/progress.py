"""What the person waiting sees: one line that moves, wherever the output goes.

    terminal   one live line (rich), redrawn eight times a second, a finished line left behind for every epoch
    notebook   the same line as a display that is updated in place
    pipe, log  a dot every quarter of a second and the epoch's numbers at its end: no control characters, nothing
               redrawn, and still a sign of life four times a second

`verbose` means what it means to Keras: 0 is silent, 1 and "auto" are live, 2 is one line an epoch.
"""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Any, Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

DOT_SECONDS = 0.25
DOTS_A_LINE = 60
BAR_CELLS = 18

Logs = dict[str, Any]


class Display(Protocol):
    """Somewhere to show a line that may still change, and lines that will not."""

    def open(self) -> None: ...

    def show(self, line: str) -> None: ...

    def keep(self, line: str) -> None: ...

    def close(self) -> None: ...


class Progress:
    """Where training stands, shown in words and numbers."""

    def __init__(self, verbose: int | str, epochs: int, rows: int) -> None:
        self.epochs = epochs
        self.rows = rows
        self.display = _display(verbose)
        self._epoch = 0
        self._steps = self._first = self._step = 0
        self._began = time.perf_counter()
        self._shown = 0.0

    def __enter__(self) -> Progress:
        self.display.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.display.close()

    def epoch_begins(self, epoch: int, steps: int, first: int) -> None:
        self._epoch, self._steps, self._first, self._step = epoch, steps, first, first
        self._began = time.perf_counter()
        self._show("starting" if epoch else "compiling")

    def step(self, step: int, logs: Logs) -> None:
        """`step` steps of the epoch are done."""
        self._step = step
        now = time.perf_counter()
        if now - self._shown > DOT_SECONDS / 2 or step == self._steps:
            seconds = now - self._began
            left = seconds / max(1, step - self._first) * (self._steps - step)
            # What is left comes first: a narrow terminal cuts the line at its end.
            self._show(f"{_duration(left)} left  {self._rate(seconds):,} images/s  {numbers(logs)}")

    def scoring(self) -> None:
        self._show("scoring")

    def validating(self) -> None:
        self._show("validating")

    def epoch_done(self, epoch: int, logs: Logs) -> None:
        seconds = time.perf_counter() - self._began
        self.display.keep(
            f"epoch {epoch + 1}/{self.epochs}  {_duration(seconds)}  {self._rate(seconds):,} images/s  {numbers(logs)}"
        )

    def _show(self, tail: str) -> None:
        self._shown = time.perf_counter()
        filled = BAR_CELLS * self._step // max(1, self._steps)
        bar = "━" * filled + "╌" * (BAR_CELLS - filled)
        self.display.show(f"epoch {self._epoch + 1}/{self.epochs} {bar} {tail}")

    def _rate(self, seconds: float) -> int:
        """Images a second in this epoch so far, compilation included, to three digits."""
        images = self.rows * (self._step - self._first) / max(1, self._steps)
        return int(float(f"{images / max(seconds, 1e-9):.3g}"))


def numbers(logs: Logs) -> str:
    """Loss first, then the metrics, then the same of the epoch's end, on training and on validation data."""
    stages = ("val_", "train_")
    first = sorted(logs, key=lambda name: (*map(name.startswith, stages), not name.endswith("loss"), name))
    return "  ".join(
        f"{name} {logs[name]:.4g}" if isinstance(logs[name], float | int) else f"{name} …" for name in first
    )


def _duration(seconds: float) -> str:
    if seconds < 0.095:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02} min"


def _display(verbose: int | str) -> Display:
    if verbose == 0 or sys.stdout is None:  # closed, or a program without a window
        return Silent()
    if verbose == 2:
        return Log(dots=False)
    if _in_notebook():
        return Notebook()
    if sys.stdout.isatty():
        return Terminal()
    return Log(dots=True)


class Silent:
    def open(self) -> None: ...

    def show(self, line: str) -> None: ...

    def keep(self, line: str) -> None: ...

    def close(self) -> None: ...


class Terminal:
    """One live line below the finished ones. rich redraws it from a thread of its own, also while XLA compiles."""

    def __init__(self) -> None:
        self.console = Console(file=sys.stdout, highlight=False)
        self.live = Live(console=self.console, refresh_per_second=8, transient=True)

    def open(self) -> None:
        self.live.start()

    def show(self, line: str) -> None:
        self.live.update(Text(line, no_wrap=True, overflow="ellipsis"))

    def keep(self, line: str) -> None:
        self.live.update(Text(""))
        self.console.print(Text(line), soft_wrap=True)

    def close(self) -> None:
        self.live.stop()


class Notebook:
    """One output that is updated in place, holding the finished lines and the moving one."""

    def __init__(self) -> None:
        from IPython.display import display

        self._display = display
        self._handle: Any = None
        self._kept: list[str] = []

    def open(self) -> None:
        self._handle = self._display(self._bundle(""), raw=True, display_id=True)

    def show(self, line: str) -> None:
        self._handle.update(self._bundle(line), raw=True)

    def keep(self, line: str) -> None:
        self._kept.append(line)
        self._handle.update(self._bundle(""), raw=True)

    def close(self) -> None:
        self._handle.update(self._bundle(""), raw=True)

    def _bundle(self, line: str) -> dict[str, str]:
        return {"text/plain": "\n".join([*self._kept, line]).rstrip("\n")}


class Log:
    """Whole lines for pipes, files and CI logs, with dots between them while an epoch takes its time."""

    def __init__(self, dots: bool) -> None:
        self.dots = dots
        self._column = 0
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._out = sys.stdout

    def open(self) -> None:
        if self.dots:
            threading.Thread(target=self._tick, name="tenfold-progress", daemon=True).start()

    def show(self, line: str) -> None: ...

    def keep(self, line: str) -> None:
        with self._lock:
            self._write(("\n" if self._column else "") + line + "\n")
            self._column = 0

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            if self._column:
                self._write("\n")
                self._column = 0

    def _tick(self) -> None:
        while not self._closed.wait(DOT_SECONDS):
            with self._lock:
                if self._closed.is_set():
                    return
                try:
                    self._write("." if self._column < DOTS_A_LINE else "\n.")
                except (OSError, ValueError):
                    return  # nothing more can be written; the training itself finds out with its next line
                self._column = self._column % DOTS_A_LINE + 1

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def _in_notebook() -> bool:
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return type(get_ipython()).__name__ == "ZMQInteractiveShell"
