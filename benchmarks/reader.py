"""Makes the model that ships with Tenfold again: trains its recipe on MNIST, and packs the run into the package.

    python benchmarks/reader.py            # about seven minutes on two cores
    python benchmarks/reader.py RUN        # pack a run that was trained before: runs/reader-mnist-0001

What is packed: the network without the optimizer's memory, its recipe, its result, and of what it was made with the
versions and the data's fingerprint. Nothing is packed that names a machine or a folder. MODEL_CARD.md
is written by hand.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import tenfold
from tenfold.recipe.keras_file import load_keras
from tenfold.run.shipped import FOLDER

MOST_BYTES = 1_000_000
TOLD = ("versions", "recipe", "seed", "parameters")  # of environment.json


def trained() -> Path:
    return tenfold.train(FOLDER / "recipe.toml", "mnist").path


def pack(run: Path) -> None:
    load_keras(run / "model.keras").save(FOLDER / "model.keras")  # loaded uncompiled, so without an optimizer
    for name in ("recipe.toml", "evaluation.json"):
        if (run / name).resolve() != (FOLDER / name).resolve():
            shutil.copyfile(run / name, FOLDER / name)
    environment = json.loads((run / "environment.json").read_text(encoding="utf-8"))
    data = {**environment["data"], "source": "MNIST", "reload": {**environment["data"]["reload"], "data_dir": None}}
    write("environment.json", {**{name: environment[name] for name in TOLD}, "data": data})
    status = json.loads((run / "status.json").read_text(encoding="utf-8"))
    write("status.json", {**status, "pid": 0, "host": "", "began": ""})
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"{FOLDER.name}: {size:,} bytes, {status['wrong']} of {status['total']} wrong")
    if size > MOST_BYTES:
        raise SystemExit(f"it is larger than {MOST_BYTES:,} bytes")


def write(name: str, value: object) -> None:
    (FOLDER / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Train and pack the model that ships with Tenfold.")
    parser.add_argument("run", nargs="?", type=Path, help="a run that was trained before (default: train one)")
    pack(parser.parse_args().run or trained())


if __name__ == "__main__":
    main()
