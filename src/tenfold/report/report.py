"""The noun of this folder: a `Report`, everything about a run as one HTML file that needs nothing from anywhere.

It owns what is done with a report: making it, writing it, showing it in a notebook. What it is made of is read by
`material.py`, and what stands where is decided by `page.py`.
"""

from __future__ import annotations

import html
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tenfold.errors import InputError
from tenfold.files import make_folder, storage_errors, write_text
from tenfold.images.dataset import Dataset
from tenfold.report.material import gathered
from tenfold.report.page import GENERATOR, page
from tenfold.run.find import find
from tenfold.run.run import Run

HEAD = 4096  # bytes of a page, in which it says who wrote it
HEIGHT = 640  # pixels in a notebook


@dataclass(frozen=True)
class Report:
    """A run's report: `Report.of("last").save()` writes it into the run as `report.html`."""

    run: Run
    text: str  # the whole page
    missing: tuple[str, ...]  # a sentence for each part that the run does not have

    @classmethod
    def of(
        cls, run: Run | str | Path, *, runs: str | Path = "runs", data: Dataset | None = None, trust_code: bool = False
    ) -> Report:
        """The report on `run`. Of a run that is not done it tells what there is.

        data: the pictures, for a run whose data were made or changed in Python.
        trust_code: whether code of your own that the run's recipe names may be run, to show the network.
        """
        run = run if isinstance(run, Run) else find(Path(runs), run)
        material = gathered(run, data, trust_code=trust_code)
        return cls(run, page(material), material.missing)

    def save(self, path: str | Path | None = None) -> Path:
        """Write it at `path`, whole or not at all; without a path into the run. Where it is.

        An older report there is replaced; any other file is left alone.
        """
        path = place_for(self.run, path)
        if path.parent != self.run.path:
            make_folder(path.parent)
        write_text(path, self.text)
        return path

    def __str__(self) -> str:
        return f"report on {self.run.name}, {len(self.text.encode()) / 1e6:.2f} MB"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The page within a notebook, kept apart from it."""
        return (
            f'<iframe srcdoc="{html.escape(self.text)}" title="{html.escape(str(self))}" '
            f'sandbox="allow-scripts" style="width:100%;height:{HEIGHT}px;border:0"></iframe>'
        )


def place_for(run: Run, path: str | Path | None) -> Path:
    """Where a report on `run` may be written: at `path` or, without one, in the run."""
    path = run.path / run.directory.report.name if path is None else Path(path).expanduser()
    if path.is_dir():
        raise InputError(path, found="it is a folder", expected="the name of a file, such as report.html")
    with storage_errors(path), suppress(FileNotFoundError):  # a folder that is not there yet will be made
        path.parent.stat()
    refuse_what_is_no_report(path)
    return path


def refuse_what_is_no_report(path: Path) -> None:
    """Refuse to write over anything that does not say that Tenfold wrote it."""
    if not path.exists():
        return
    head = b""
    if path.is_file():
        with storage_errors(path), path.open("rb") as file:
            head = file.read(HEAD)
    if GENERATOR.encode() not in head:
        raise InputError(
            path,
            found="something that is no report of Tenfold is there already",
            expected="a free name, or that of an older report",
            do="choose another name",
        )
