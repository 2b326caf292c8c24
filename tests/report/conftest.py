"""A run to report on, trained once, and a page read the way a browser reads it."""

from __future__ import annotations

import html
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from tests.run.small import small_recipe

from tenfold.report import figures
from tenfold.report.report import Report
from tenfold.run.run import Run
from tenfold.run.train import train

EMPTY = {"img", "meta", "link", "br", "hr", "input"}


class Page(HTMLParser):
    """A page that was read: every element with its attributes, and every text with the element that it stands in."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = text
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.unclosed: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in EMPTY:
            self.unclosed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.texts.append((self.unclosed[-1] if self.unclosed else "", data))

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def seen(self) -> str:
        """What a person reads."""
        return "".join(data for tag, data in self.texts if tag not in ("style", "script"))


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run that is done; tests must not change it."""
    return train(small_recipe(validation=0.2), "digits", runs=tmp_path_factory.mktemp("runs"), verbose=0).path


@pytest.fixture(scope="session")
def page(reported: Path) -> Page:
    return Page(Report.of(reported).text)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are built, and instead of being drawn, which takes most of a report's time, say what they would show."""

    def described(chart: Any, *, checked: bool) -> str:
        return f'<svg role="img" aria-label="{html.escape(chart.description)}"></svg>'

    monkeypatch.setattr(figures, "svg", described)


@pytest.fixture
def run(reported: Path, tmp_path: Path, undrawn: None) -> Run:
    """The same, to be spoiled at will."""
    return Run(shutil.copytree(reported, tmp_path / reported.name))
