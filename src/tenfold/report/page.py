"""The page itself: its head, its order, its table of contents; the sections are written by the modules beside it.

One file, nothing from anywhere: styles, script and pictures are inside, and a Content-Security-Policy forbids the
browser to load or run anything else, whatever names a dataset or a recipe may have.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from tenfold import __version__
from tenfold.report import closer, confusion, findings, network, provenance, quality, summary, training, weights
from tenfold.report.figures import dark_charts
from tenfold.report.markup import Html, tag, together
from tenfold.report.material import Material

GENERATOR = '<meta name="generator" content="Tenfold '  # by which a report is known, whatever its version
Write = Callable[[Material], Html]


@dataclass(frozen=True)
class Section:
    """A part of the report. One that has nothing to tell of a run writes nothing, and is left out."""

    id: str
    title: str
    write: Write


SECTIONS = (
    Section("findings", "What this run teaches", findings.findings),
    Section("curves", "How training went", training.curves),
    Section("confusion", "What is taken for what", confusion.matrix),
    Section("classes", "Class by class", quality.classes),
    Section("roc", "How well classes are told apart", quality.separation),
    Section("calibration", "How far to trust its certainty", quality.calibration),
    Section("mistakes", "The mistakes", quality.mistakes),
    Section("closer", "What the network looked at", closer.look),
    Section("filters", "What the first layer looks for", network.filters),
    Section("network", "The network", network.layers),
    Section("weights", "How its weights spread", weights.over_the_epochs),
    Section("settings", "Settings", provenance.settings),
    Section("data", "Data", provenance.data),
    Section("environment", "Where it was made", provenance.environment),
    Section("reproduce", "To make it again", provenance.reproduce),
)


def page(material: Material) -> Html:
    """The whole report as one document."""
    written = [(section, section.write(material)) for section in SECTIONS]
    written = [(section, content) for section, content in written if content]
    title = f"{material.run.name}: report"
    document = tag("html", head(title), body(material, written), lang="en")
    return Html(f"<!doctype html>\n{document}\n")


def head(title: str) -> Html:
    script, style = own("page.js"), own("page.css").replace("/* dark charts */", dark_charts())
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="generator", content=f"Tenfold {__version__}"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Html(style)),
        tag("script", Html(script), type="module"),
    )


def policy(script: str) -> str:
    """Nothing from anywhere, and no script but this very one."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def body(material: Material, written: Sequence[tuple[Section, Html]]) -> Html:
    links = together(tag("li", tag("a", section.title, href=f"#{section.id}")) for section, _ in written)
    return tag(
        "body",
        tag("a", "To the findings", href="#main", class_="skip"),
        summary.header(material),
        tag("nav", tag("ul", links), aria_label="Sections"),
        tag("main", together(as_section(section, content) for section, content in written), id="main", tabindex=-1),
        tag(
            "footer",
            tag("p", f"Written by Tenfold {__version__}. This file holds everything that it shows, and loads nothing."),
        ),
    )


def as_section(section: Section, content: Html) -> Html:
    heading = f"{section.id}-title"
    return tag("section", tag("h2", section.title, id=heading), content, id=section.id, aria_labelledby=heading)


def own(file: str) -> str:
    """A file of this package."""
    return files("tenfold.report").joinpath(file).read_text(encoding="utf-8")
