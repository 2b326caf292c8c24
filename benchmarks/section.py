"""Puts what a benchmark found into a page such as docs/benchmarks.md, between the two comments that carry its name."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def filled(page: str, name: str, text: str) -> str:
    """The page with this text in the section called `name`, in place of what stood there."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, found_begin, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise SystemExit(f"the page has no place for this: it needs the lines {begin} and {end}.")
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"


def fill(name: str, text: str) -> None:
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), name, text), encoding="utf-8", newline="\n")
