"""What the speed benchmark measures, in which order, and who need not run again. Plain data; nothing is run here."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

RECIPES = ("first", "hidden10", "wide", "mlp", "cnn")
EPOCHS = 5
NEARLY = 1.1  # a variant this close to the best of its column in the first round may still win


class Peer(NamedTuple):
    """Something that can train the networks, as one script with its arguments."""

    column: str  # which column of the table it competes for
    script: str
    arguments: tuple[str, ...] = ()
    backend: str = "jax"
    own: bool = False  # runs where Tenfold is installed, not in the peers' environment
    variant: str = ""  # what sets it apart from the others in its column
    only: str = ""  # the one recipe that it makes a difference to
    rounds: int = 1_000  # the first so many
    keeps_programs: bool = False  # what it compiled, on disk: it is measured with them there


PEERS = {
    "tenfold": Peer("Tenfold", "keras_fit.py", ("--tenfold",), own=True, keeps_programs=True),
    "tenfold cold": Peer("Tenfold, no programs kept", "keras_fit.py", ("--tenfold",), own=True, rounds=1),
    "keras-tf": Peer("Keras on TensorFlow", "keras_fit.py", backend="tensorflow"),
    "keras-tf jit": Peer(
        "Keras on TensorFlow", "keras_fit.py", ("--jit-compile",), "tensorflow", variant="jit_compile"
    ),
    "keras-jax": Peer("Keras on JAX", "keras_fit.py"),
    "keras-torch": Peer("Keras on PyTorch", "keras_fit.py", backend="torch"),
    "keras-tf ×32": Peer(
        "Keras, 32 steps per execution",
        "keras_fit.py",
        ("--steps-per-execution", "32"),
        "tensorflow",
        variant="TensorFlow",
    ),
    "keras-tf ×32 jit": Peer(
        "Keras, 32 steps per execution",
        "keras_fit.py",
        ("--steps-per-execution", "32", "--jit-compile"),
        "tensorflow",
        variant="TensorFlow, jit_compile",
    ),
    "keras-jax ×32": Peer(
        "Keras, 32 steps per execution", "keras_fit.py", ("--steps-per-execution", "32"), variant="JAX"
    ),
    "torch": Peer("PyTorch loop", "torch_loop.py", variant="eager"),
    "torch nhwc": Peer(
        "PyTorch loop", "torch_loop.py", ("--channels-last",), variant="eager, channels-last", only="cnn"
    ),
    "torch compile": Peer(
        "PyTorch loop", "torch_loop.py", ("--compile",), variant="torch.compile", keeps_programs=True
    ),
    "torch nhwc compile": Peer(
        "PyTorch loop",
        "torch_loop.py",
        ("--channels-last", "--compile"),
        variant="torch.compile, channels-last",
        only="cnn",
        keeps_programs=True,
    ),
    "matrix jax": Peer("", "matrix_rate.py", ("jax",)),
    "matrix torch": Peer("", "matrix_rate.py", ("torch",)),
}

# What takes half a minute an epoch is given fewer of them; its whole process is then worked out for five (≈).
FEWER_EPOCHS = (
    "cnn/keras-tf jit=2",
    "cnn/keras-tf ×32 jit=2",
    "cnn/keras-jax=2",
    "cnn/keras-jax ×32=2",
    "cnn/keras-torch=2",
)


def setting(text: str) -> str:
    """The text of a setting, if it is one: a number for everything, for a recipe, or for one peer on it."""
    scope, _, value = text.rpartition("=")
    recipe, _, peer = scope.partition("/")
    if int(value) < 1 or recipe not in ("", *RECIPES) or peer not in ("", *PEERS):
        raise ValueError
    return text


def chosen(settings: Iterable[str], recipe: str, peer: str, otherwise: int) -> int:
    """A number given as `5`, `cnn=3` or `cnn/keras-jax=2`: the most specific one that applies."""
    number, applies = otherwise, 0
    for setting in settings:
        scope, _, value = setting.rpartition("=")
        rank = {"": 1, recipe: 2, f"{recipe}/{peer}": 3}.get(scope, 0)
        if rank and rank >= applies:
            number, applies = int(value), rank
    return number


def in_round(recipe: str, seed: int, peers: Sequence[str], lines: Iterable[dict[str, Any]]) -> list[str]:
    """Who runs in this round, in turn: a round later everybody starts one place earlier.

    From the second round on, a column that has several variants goes on with those that were nearly the fastest.
    """
    racing = [peer for peer in peers if PEERS[peer].only in ("", recipe) and seed <= PEERS[peer].rounds]
    if seed > 1:
        first_round = [line for line in lines if line["recipe"] == recipe and line["seed"] == 1]
        seconds = {line["peer"]: epoch_seconds(line) for line in first_round if "epochs" in line}
        racing = [peer for peer in racing if still_racing(peer, seconds)]
    turn = (seed - 1) % max(1, len(racing))
    return racing[turn:] + racing[:turn]


def still_racing(peer: str, seconds: dict[str, float]) -> bool:
    rivals = [seconds[name] for name in seconds if PEERS[name].column == PEERS[peer].column]
    if not PEERS[peer].variant or not rivals:
        return True
    return peer in seconds and seconds[peer] <= NEARLY * min(rivals)


def epoch_seconds(line: dict[str, Any]) -> float:
    """The median of all epochs but the first, which compiles."""
    return statistics.median(line["epochs"][1:] or line["epochs"])
