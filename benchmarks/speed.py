"""How fast `tenfold.fit` is beside what a person would use instead: one command, one table.

    TENFOLD_DATA=folder/with/mnist .venv/bin/python benchmarks/speed.py [--rounds 3] [--recipes mlp cnn] [--json FILE]

The peers run in `.venv-peers`, which is made on first use. Every measurement is a process of its own; the peers take
turns within a round, so that a machine whose speed drifts is unfair to nobody. An epoch's seconds are the median of
all epochs but the first of a process (which compiles); a process's seconds are from its start to its test accuracy.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS_ENVIRONMENT = HERE.parent / ".venv-peers"
ROWS = 60_000
EPOCHS = {"first": 5, "hidden10": 5, "wide": 5, "mlp": 5, "cnn": 3}

# name → (runs in the peers' environment, Keras backend, script, further arguments)
PEERS: dict[str, tuple[bool, str, str, list[str]]] = {
    "tenfold": (False, "jax", "keras_fit.py", ["--tenfold"]),
    "keras-tf": (True, "tensorflow", "keras_fit.py", []),
    "keras-tf ×32": (True, "tensorflow", "keras_fit.py", ["--steps-per-execution", "32"]),
    "keras-jax": (True, "jax", "keras_fit.py", []),
    "keras-torch": (True, "torch", "keras_fit.py", []),
    "torch": (True, "torch", "torch_loop.py", []),
    "torch nhwc": (True, "torch", "torch_loop.py", ["--channels-last"]),
}
ONLY_FOR = {"torch nhwc": {"cnn"}}  # channels-last changes nothing without convolutions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--recipes", nargs="*", default=list(EPOCHS), choices=list(EPOCHS))
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--json", type=Path, help="also write every measurement to this file")
    given = parser.parse_args()
    npz = Path(os.environ["TENFOLD_DATA"]) / "mnist.npz"
    make_environment()
    measured: dict[str, dict[str, list[dict[str, float]]]] = {}
    for recipe in given.recipes:
        peers = [peer for peer in given.peers if recipe in ONLY_FOR.get(peer, {recipe})]
        measured[recipe] = {peer: [] for peer in peers}
        for round_ in range(given.rounds):
            for peer in peers[round_ % len(peers) :] + peers[: round_ % len(peers)]:
                result = measurement(peer, recipe, seed=round_ + 1, npz=npz)
                measured[recipe][peer].append(result)
                print(f"{recipe:9} {peer:13} {result}", file=sys.stderr, flush=True)
    rate = matrix_rate()
    print(table(measured, rate))
    if given.json:
        given.json.write_text(json.dumps({"date": f"{date.today()}", "gflops": rate, "measured": measured}, indent=1))


def make_environment() -> None:
    if not PEERS_ENVIRONMENT.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS_ENVIRONMENT], check=True)
        requirements = HERE.parent / "requirements" / "peers.txt"
        subprocess.run([PEERS_ENVIRONMENT / "bin" / "pip", "install", "-q", "-r", requirements], check=True)


def measurement(peer: str, recipe: str, seed: int, npz: Path) -> dict[str, float]:
    """One process: its wall-clock seconds, the seconds of its later epochs, and its test accuracy."""
    elsewhere, backend, script, more = PEERS[peer]
    python = PEERS_ENVIRONMENT / "bin" / "python" if elsewhere else Path(sys.executable)
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    arguments = [recipe, str(EPOCHS[recipe]), str(ROWS), str(seed), str(npz), *more]
    began = time.perf_counter()
    done = subprocess.run(
        [python, HERE / "peers" / script, *arguments], env=environment, check=True, capture_output=True, text=True
    )
    whole = time.perf_counter() - began
    said = json.loads(done.stdout.splitlines()[-1])
    epoch = statistics.median(said["epochs"][1:])
    return {"epoch": round(epoch, 4), "whole": round(whole, 2), "accuracy": round(said["accuracy"], 4)}


def matrix_rate() -> float:
    """Billions of operations a second of this machine's own float32 matrix product, measured now."""
    import jax
    import jax.numpy as jnp

    side, times = 2048, []
    matrix = jnp.ones((side, side), jnp.float32)
    multiply = jax.jit(jnp.matmul)
    for _ in range(8):
        began = time.perf_counter()
        multiply(matrix, matrix).block_until_ready()
        times.append(time.perf_counter() - began)
    return 2 * side**3 / min(times[1:]) / 1e9


def operations(recipe: str) -> float:
    """Floating-point operations of one epoch's matrix products: forward, and back to the weights and the inputs."""
    import tenfold.backend  # noqa: F401 - chooses JAX for Keras

    sys.path.insert(0, str(HERE / "peers"))
    from networks import keras_network

    forward = []
    for layer in keras_network(recipe).layers:
        if hasattr(layer, "kernel"):
            places = math.prod(layer.output.shape[1:-1]) if layer.kernel.ndim > 2 else 1
            forward.append(2 * math.prod(layer.kernel.shape) * places)
    return ROWS * (3 * sum(forward) - forward[0])  # nothing flows back into the pictures


def table(measured: dict[str, dict[str, list[dict[str, float]]]], rate: float) -> str:
    lines = [
        f"Seconds per epoch (whole process in brackets), median of interleaved rounds, {date.today()}, "
        f"{os.cpu_count()} cores, {rate:.0f} GFLOP/s in a matrix product.",
        "",
    ]
    peers = list(dict.fromkeys(peer for by_peer in measured.values() for peer in by_peer))
    lines += [
        "| | " + " | ".join(peers) + " | faster than the fastest peer | than keras-tf | of the matrix rate |",
        "|---" * (len(peers) + 4) + "|",
    ]
    over_tf = []
    for recipe, by_peer in measured.items():
        median = {peer: statistics.median(r["epoch"] for r in runs) for peer, runs in by_peer.items()}
        whole = {peer: statistics.median(r["whole"] for r in runs) for peer, runs in by_peer.items()}
        cells = [f"{median[peer]:.3g} ({whole[peer]:.1f})" if peer in median else "" for peer in peers]
        others = [seconds for peer, seconds in median.items() if peer != "tenfold"]
        if "tenfold" in median and others:
            own = median["tenfold"]
            cells += [f"{min(others) / own:.1f}×"]
            cells += [f"{median['keras-tf'] / own:.1f}×" if "keras-tf" in median else ""]
            cells += [f"{100 * operations(recipe) / own / 1e9 / rate:.0f} %"]
            over_tf += [median["keras-tf"] / own] if "keras-tf" in median else []
        lines.append(f"| {recipe} | " + " | ".join(cells) + " |")
    if over_tf:
        lines += ["", f"Geometric mean over keras-tf: {statistics.geometric_mean(over_tf):.1f}×."]
    accuracies = (
        f"{recipe} {peer} {statistics.mean(r['accuracy'] for r in runs):.4f}"
        for recipe, by_peer in measured.items()
        for peer, runs in by_peer.items()
    )
    return "\n".join([*lines, "", "Test accuracy, mean of the rounds' seeds: " + "; ".join(accuracies) + "."])


if __name__ == "__main__":
    main()
