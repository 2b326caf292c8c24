"""What a chart says: its rows, its marks and the texts of its drawing, for tests to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from tenfold.charts.export import spec, svg


def rows_of(chart: Any) -> list[dict[str, Any]]:
    """Every row of every table in the chart."""
    return [row for table in spec(chart)["datasets"].values() for row in table]


def marks_of(chart: Any) -> list[str]:
    return [mark["type"] if isinstance(mark, dict) else mark for mark in found(spec(chart), "mark")]


def found(value: Any, key: str) -> Iterator[Any]:
    """Everything that stands under `key`, however deep, but not in the config and not in tables."""
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        for name, part in value.items():
            if name not in ("config", "datasets"):
                yield from found(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from found(part, key)


def texts_of(chart: Any, dark: bool = False) -> list[str]:
    """The texts that are drawn."""
    root = ElementTree.fromstring(svg(chart, dark))
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def check_contract(chart: Any) -> None:
    """What every chart keeps to: a title, an alt text, titled axes, plain field names, valid JSON."""
    told = spec(chart)
    json.dumps(told, allow_nan=False)
    assert told["title"]["text"]
    assert len(told["description"]) > 20
    assert told["usermeta"] == {"embedOptions": {"theme": None}}
    for channel in ("x", "y"):
        for axis in found(told, channel):
            if isinstance(axis, dict) and axis.get("axis", "drawn") is not None:
                assert axis.get("title"), axis
    for field in found(told, "field"):
        assert field.isidentifier()
