"""The report in a real browser: it opens from the disk, loads nothing, and works by keyboard, on a phone, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tenfold.report.report import Report

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(reported: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return Report.of(reported).save(tmp_path_factory.mktemp("report") / "report.html").as_uri()


@pytest.fixture(params=["light", "dark"])
def opened(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The report on a screen as wide as a phone's; whatever it complained about or asked for fails the test."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=request.param)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if asked.url[:5] not in ("file:", "data:") else None)
    page.goto(address)
    yield page
    context.close()
    assert complaints == []


def test_on_a_phone_the_page_does_not_scroll_sideways(opened: Page) -> None:
    assert opened.evaluate("document.documentElement.scrollWidth") == 360
    opened.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert opened.evaluate("document.documentElement.scrollWidth") == 360


def test_every_picture_is_a_picture(opened: Page) -> None:
    widths = opened.evaluate(
        "Promise.all([...document.images].map(image => image.decode().then(() => image.naturalWidth)))"
    )
    assert widths
    assert min(widths) > 0


def test_by_keyboard_alone_a_number_shows_its_pictures(opened: Page) -> None:
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "To the findings"
    opened.locator("button[aria-expanded=true]").focus()
    before = opened.evaluate("document.activeElement.getAttribute('aria-controls')")
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        opened.keyboard.press(key)
        now = opened.evaluate("document.activeElement.getAttribute('aria-controls')")
        if now != before:
            break
    assert now != before
    assert opened.locator(f"#{now}").is_hidden()
    opened.keyboard.press("Enter")
    assert opened.locator(f"#{now}").is_visible()
    assert opened.locator(f"#{now} img").first.is_visible()
    assert opened.locator(f"#{before}").is_hidden()
    assert opened.locator("button[aria-expanded=true]").count() == 1
    outline = opened.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_the_matrix_is_one_stop_of_the_tab_key(opened: Page) -> None:
    stops = "[...document.querySelectorAll('table.confusion button')].filter(button => button.tabIndex === 0)"
    assert opened.evaluate(f"{stops}.length") == 1
    opened.locator("table.confusion button").first.focus()
    opened.keyboard.press("End")
    row = "document.activeElement.closest('tr')"
    assert opened.evaluate(f"document.activeElement === [...{row}.querySelectorAll('button')].pop()")
    assert opened.evaluate(f"{stops}.length === 1 && {stops}[0] === document.activeElement")
    opened.keyboard.press("Home")
    assert opened.evaluate(f"document.activeElement === {row}.querySelector('button')")
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.closest('table.confusion')") is None


def test_on_paper_are_the_pictures_of_every_number_that_was_opened(opened: Page) -> None:
    buttons = opened.locator("table.confusion button")
    for place in (0, 3):
        buttons.nth(place).click()
    shown = "[...document.querySelectorAll('.behind > div')].filter(one => !one.hidden).length"
    opened.evaluate(f"addEventListener('beforeprint', () => {{ window.shownParts = {shown} }})")
    first = opened.evaluate(shown)
    opened.pdf()
    assert (first, opened.evaluate("window.shownParts"), opened.evaluate(shown)) == (1, 3, 1)


def test_it_prints_with_everything_open(opened: Page) -> None:
    count = "document.querySelectorAll('details[open]').length"
    opened.evaluate(f"addEventListener('beforeprint', () => {{ window.openParts = {count} }})")
    printed = opened.pdf()
    assert printed.startswith(b"%PDF-")
    assert len(printed) > 50_000
    parts = opened.locator("details").count()
    assert opened.evaluate("window.openParts") == parts > 3
    assert opened.locator("details[open]").count() == 0


def test_on_paper_colours_that_tell_something_stay_and_long_findings_may_break(opened: Page) -> None:
    def style(of: str, name: str) -> object:
        return opened.evaluate(f"getComputedStyle(document.querySelector('{of}')).{name}")

    opened.emulate_media(media="print")
    assert {style(of, "webkitPrintColorAdjust") for of in (".bars span", ".confusion td > *")} == {"exact"}
    assert style(".findings > li", "breakInside") == style(".closer > li", "breakInside") == "auto"
    assert style(".beside", "breakInside") == "avoid"
