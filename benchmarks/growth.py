"""How the cost of training grows: with the pictures, the batch, the width of the network, the devices.

    .venv/bin/python benchmarks/growth.py [--rounds 3] [--axes images batch] [--write]

Every point is a process that trains the mlp on uint8 noise for a few seconds; the peers take turns. Points are
appended to a file as they come, and the same command goes on where it was stopped. `--write` puts the figures into
docs/growth.json, the pictures into docs/images/ and a section into docs/benchmarks.md; `--plot-only` measures nothing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import journal
from processes import PEERS_ENVIRONMENT, answer, make_environment, python_of
from section import PAGE, fill

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build"

PEERS = {
    "tenfold": ("keras_growing.py", ["--tenfold"]),
    "keras-jax": ("keras_growing.py", []),
    "torch": ("torch_growing.py", []),
}


class Axis(NamedTuple):
    """What is varied, its values, and what stays as it is: pictures, batch, width, devices."""

    values: tuple[int, ...]
    fixed: dict[str, int]
    peers: tuple[str, ...] = tuple(PEERS)


AXES = {
    "images": Axis((1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000), {"batch": 128, "width": 256}),
    "batch": Axis((16, 32, 64, 128, 256, 512, 1024), {"images": 32_768, "width": 256}),
    "width": Axis((64, 128, 256, 512, 1024, 2048, 4096), {"images": 6_400, "batch": 128}),
    "devices": Axis((1, 2, 4, 8), {"images": 32_768, "batch": 1024, "width": 1024}, ("tenfold", "keras-jax")),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--axes", nargs="+", default=list(AXES), choices=list(AXES))
    parser.add_argument("--seconds", type=float, default=2.0, help="how long a point is measured, after its warm-up")
    parser.add_argument("--at-most", type=int, default=1_000_000, help="leave out points with more pictures")
    parser.add_argument("--json", type=Path, default=BUILD / "growth.jsonl", help="where points are appended")
    parser.add_argument("--environment", type=Path, default=PEERS_ENVIRONMENT, help="where the peers are installed")
    parser.add_argument("--docs", type=Path, default=PAGE.parent, help="where figures and pictures go")
    parser.add_argument("--plot-only", action="store_true", help="draw docs/growth.json again, and nothing else")
    parser.add_argument("--write", action="store_true", help="put figures, pictures and section into the docs")
    given = parser.parse_args()
    figures = given.docs / "growth.json"
    make_environment(given.environment)
    if not given.plot_only:
        measure(given)
        told = summary(journal.newest(journal.read(given.json)))
        print(table(told["points"]))
        if not given.write:
            return
        figures.parent.mkdir(parents=True, exist_ok=True)
        figures.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    # Drawn where Altair is installed: with the peers.
    draw = [python_of(given.environment), HERE / "growth_charts.py", figures, given.docs / "images"]
    subprocess.run(draw, check=True)
    if given.docs == PAGE.parent:
        fill("growth", section(json.loads(figures.read_text(encoding="utf-8"))))


def measure(given: argparse.Namespace) -> None:
    kept = journal.Journal(given.json, journal.present_version())
    for round_ in range(1, given.rounds + 1):
        for axis in given.axes:
            for value in AXES[axis].values:
                point = {"devices": 1, **AXES[axis].fixed, axis: value}
                if point["images"] > given.at_most:
                    continue
                peers = AXES[axis].peers
                turn = (round_ - 1) % len(peers)
                for peer in peers[turn:] + peers[:turn]:
                    what = {"axis": axis, "peer": peer, "round": round_, "asked": given.seconds, **point}
                    if journal.found(kept.lines, **what) is None:
                        said = kept.add({**what, **one_point(peer, point, given)})
                        rate = said.get("failed") or f"{point['images'] / said['epoch']:,.0f} images/s"
                        print(f"{axis:8} {value:9,} {peer:10} {rate}", file=sys.stderr, flush=True)


def one_point(peer: str, point: dict[str, int], given: argparse.Namespace) -> dict[str, Any]:
    script, more = PEERS[peer]
    arguments = [str(point[name]) for name in ("images", "batch", "width", "devices")] + [str(given.seconds), *more]
    return answer(script, arguments, None if peer == "tenfold" else given.environment, KERAS_BACKEND="jax")


def summary(lines: list[journal.Line]) -> dict[str, Any]:
    """Median and range of the rounds for every point, and where and when they were measured."""
    points: dict[tuple[str, int, str], list[journal.Line]] = {}
    for line in lines:
        if "failed" not in line:
            points.setdefault((line["axis"], line[line["axis"]], line["peer"]), []).append(line)
    return {
        "machine": lines[-1]["machine"],
        "date": lines[-1]["when"][:10],
        "versions": {name: of for line in lines for name, of in line.get("versions", {}).items()},
        "points": [
            {
                "axis": axis,
                "value": value,
                "peer": peer,
                "images": rounds[0]["images"],
                "seconds": rounded(statistics.median(line["epoch"] for line in rounds)),
                "least": rounded(min(line["epoch"] for line in rounds)),
                "most": rounded(max(line["epoch"] for line in rounds)),
                "rounds": len(rounds),
            }
            for (axis, value, peer), rounds in points.items()
        ],
    }


def rounded(seconds: float) -> float:
    return float(f"{seconds:.4g}")


def table(points: Iterable[dict[str, Any]]) -> str:
    """Images a second, and how many times as fast as the faster of the others Tenfold is, point by point."""
    lines = []
    by_place: dict[tuple[str, int], dict[str, float]] = {}
    for point in points:
        by_place.setdefault((point["axis"], point["value"]), {})[point["peer"]] = point["images"] / point["seconds"]
    for (axis, value), rates in by_place.items():
        others = [rate for peer, rate in rates.items() if peer != "tenfold"]
        ahead = f"{rates['tenfold'] / max(others):.1f}×" if others and "tenfold" in rates else ""
        told = "  ".join(f"{peer} {rate:>9,.0f}" for peer, rate in rates.items())
        lines.append(f"{axis:8} {value:9,}  {told}  {ahead}")
    return "\n".join(lines)


def section(told: dict[str, Any]) -> str:
    """What docs/benchmarks.md shows: a picture for every axis, and under which circumstances it was measured."""
    versions = ", ".join(f"{name} {number}" for name, number in sorted(told["versions"].items()))
    parts = [f"{told['date']}, {told['machine']}; {versions}. The figures are in [growth.json](growth.json)."]
    for axis in dict.fromkeys(point["axis"] for point in told["points"]):
        fixed = ", ".join(f"{name} {number:,}" for name, number in AXES[axis].fixed.items())
        parts.append(f"![Images a second against {axis}](images/growth-{axis}.svg)")
        if axis == "images":
            parts.append("![Seconds of an epoch against images](images/growth-epoch.svg)")
        parts.append(f"Held fixed: {fixed}.")
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
