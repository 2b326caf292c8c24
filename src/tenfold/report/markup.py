"""HTML out of Python, escaped wherever nobody said that it is HTML already.

    tag("p", "a < b", tag("b", "so"), class_="note")    <p class="note">a &lt; b<b>so</b></p>

A name from a file or a user can be put anywhere: it stays text, on one line, with every character visible. What a page
of Tenfold consists of is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tenfold.text_table import escaped

LONG = 12  # characters of a name that may be cut
EMPTY = frozenset({"img", "meta", "link", "br", "hr"})  # elements that hold nothing


class Html(str):
    """Text that is HTML already. Only this module and what reads files of this package may say so."""

    __slots__ = ()


def tag(element: str, *children: object, **attributes: object) -> Html:
    """An element; `class_` is the attribute class and `aria_label` is aria-label. False and None leave one out."""
    told = "".join(
        attribute(name, value) for name, value in attributes.items() if value is not None and value is not False
    )
    start = f"<{element}{told}>"
    return Html(start if element in EMPTY else f"{start}{together(children)}</{element}>")


def attribute(name: str, value: object) -> str:
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escaped(value)}"'


def together(parts: Iterable[object]) -> Html:
    """Parts one after the other, each escaped unless it is HTML."""
    return Html("".join(part if isinstance(part, Html) else escaped(part) for part in parts))


def name(text: object) -> Html:
    """A name from somebody else within a sentence: whichever way it is written, the sentence keeps its own.

    Where there is little room a long one is cut by the page's style, and whole when it is pointed at.
    """
    return tag("bdi", text, title=text if len(str(text)) > LONG else None)


def with_commands(text: str) -> Html:
    """A sentence in which what stands between `backticks` is to be typed."""
    parts = text.split("`")
    return together(tag("code", part) if place % 2 else part for place, part in enumerate(parts))


def verbatim(text: str) -> Html:
    """Text of several lines, as it is."""
    return tag("pre", Html("\n".join(escaped(line) for line in text.splitlines())), tabindex=0)


def table(rows: Sequence[Sequence[object]], *, caption: str, right: Iterable[int] = (), wide: bool = False) -> Html:
    """Rows of cells, the first row the header and the first column the rows' names; it scrolls in a box of its own."""
    flush_right = set(right)
    head, *body = rows

    def side(number: int) -> str | None:
        return "number" if number in flush_right else None

    header = together(tag("th", cell, scope="col", class_=side(number)) for number, cell in enumerate(head))
    lines = together(
        tag(
            "tr",
            tag("th", row[0], scope="row"),
            *(tag("td", cell, class_=side(number)) for number, cell in enumerate(row[1:], start=1)),
        )
        for row in body
    )
    inside = tag("table", tag("caption", caption), tag("thead", tag("tr", header)), tag("tbody", lines))
    return boxed(inside, caption, wide=wide)


def boxed(inside: Html, label: str, *, wide: bool = False) -> Html:
    """What may be wider than a phone, in a box that scrolls by itself, also with the keyboard."""
    return tag("div", inside, class_="box wide" if wide else "box", tabindex=0, role="region", aria_label=label)


def facts(pairs: Iterable[tuple[object, object]]) -> Html:
    """Names and what belongs to them."""
    return tag("dl", together(tag("div", tag("dt", term), tag("dd", value)) for term, value in pairs))
