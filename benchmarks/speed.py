"""How fast `tenfold.fit` is beside what a person would use instead: one command, one table.

    .venv/bin/python benchmarks/speed.py                        about an hour and a half on two cores
    .venv/bin/python benchmarks/speed.py --recipes hidden10 --rounds 1        half a minute, to see that it works

How to read what it prints is said in benchmarks/README.md. The figures are appended to a file as they come: the same
command goes on where it was stopped, and `--only-table` prints the table from the file alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import journal
from processes import PEERS_ENVIRONMENT, answer, make_environment
from section import fill
from speed_plan import EPOCHS, FEWER_EPOCHS, PEERS, RECIPES, chosen, epoch_seconds, in_round, setting
from speed_table import tables

BUILD = Path(__file__).resolve().parents[1] / "build"
ROWS = 60_000


def main() -> None:
    given = arguments()
    if not given.only_table:
        try:
            measure(given)
        except KeyboardInterrupt:
            print("Stopped. The same command goes on from here.", file=sys.stderr)
    lines = journal.read(given.json)
    if not lines:
        raise SystemExit(f"{given.json} holds no measurements yet.")
    text = tables(journal.newest(lines))
    print(text)
    if given.write:
        fill("speed", text)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    scoped = "a number, RECIPE=NUMBER or RECIPE/PEER=NUMBER; several may be given"
    several = {"nargs": "+", "type": setting, "metavar": "N"}
    parser.add_argument("--rounds", default=["5"], help=f"round = seed (5): {scoped}", **several)
    parser.add_argument("--epochs", default=list(FEWER_EPOCHS), help=f"epochs (5): {scoped}", **several)
    parser.add_argument("--recipes", nargs="+", default=RECIPES, choices=RECIPES)
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=list(PEERS), metavar="PEER")
    parser.add_argument("--images", type=int, default=ROWS, help="fewer, to try things out: no figures for anybody")
    parser.add_argument("--json", type=Path, default=BUILD / "speed.jsonl", help="where measurements are appended")
    parser.add_argument("--environment", type=Path, default=PEERS_ENVIRONMENT, help="where the peers are installed")
    parser.add_argument("--only-table", action="store_true", help="measure nothing, print what the file says")
    parser.add_argument("--write", action="store_true", help="also put the table into docs/benchmarks.md")
    return parser.parse_args()


def measure(given: argparse.Namespace) -> None:
    make_environment(given.environment)
    npz = mnist_file()
    kept = journal.Journal(given.json, journal.present_version())
    broken, warm = set(), set()
    for recipe in given.recipes:
        for seed in range(1, max(chosen(given.rounds, recipe, peer, 5) for peer in given.peers) + 1):
            for peer in in_round(recipe, seed, given.peers, kept.lines):
                epochs = chosen(given.epochs, recipe, peer, EPOCHS)
                what = {"recipe": recipe, "peer": peer, "seed": seed, "asked": epochs, "images": given.images}
                done = journal.found(kept.lines, **what)
                if done or (recipe, peer) in broken or seed > chosen(given.rounds, recipe, peer, 5):
                    continue
                if PEERS[peer].keeps_programs and (recipe, peer) not in warm:
                    one_measurement(peer, {**what, "asked": 1}, npz, given.environment)
                    warm.add((recipe, peer))
                said = one_measurement(peer, what, npz, given.environment)
                if "failed" in said:
                    broken.add((recipe, peer))
                kept.add({**what, **said})
                print(f"{recipe:9} {seed} {peer:19} {in_short(said)}", file=sys.stderr, flush=True)


def one_measurement(peer: str, what: dict, npz: Path, environment: Path) -> dict:
    runs = PEERS[peer]
    where = None if runs.own else environment
    if runs.script == "matrix_rate.py":
        return answer(runs.script, list(runs.arguments), where)
    positional = [what["recipe"], str(what["asked"]), str(what["images"]), str(what["seed"]), str(npz)]
    if peer != "tenfold cold":
        return answer(runs.script, [*positional, *runs.arguments], where, KERAS_BACKEND=runs.backend)
    with tempfile.TemporaryDirectory() as empty:
        cold = {"KERAS_BACKEND": runs.backend, "TENFOLD_CACHE": empty, "JAX_COMPILATION_CACHE_DIR": None}
        return answer(runs.script, [*positional, *runs.arguments], where, **cold)


def in_short(said: dict) -> str:
    if "failed" in said:
        return f"failed: {said['failed']}"
    if "gflops" in said:
        return f"{said['gflops']:.0f} GFLOP/s"
    return f"{epoch_seconds(said):.3f} s an epoch, {said['whole']:.1f} s in all, accuracy {said['accuracy']:.4f}"


def mnist_file() -> Path:
    """MNIST as one npz, found or downloaded as Tenfold does it, for scripts that know nothing of Tenfold."""
    file = BUILD / "mnist.npz"
    if not file.exists():
        import numpy as np

        import tenfold

        data = tenfold.load("mnist", say=lambda line: print(line, file=sys.stderr))
        file.parent.mkdir(parents=True, exist_ok=True)
        train, test = data.train, data.test
        np.savez(file, x_train=train.images, y_train=train.labels, x_test=test.images, y_test=test.labels)
    return file


if __name__ == "__main__":
    main()
