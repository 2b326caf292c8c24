"""Billions of floating-point operations a second of this machine's float32 matrix product, as one library does it.

    python matrix_rate.py jax|torch

The best of several sizes and repetitions: a share of this rate must not be flattered by a slow moment.
"""

import json
import sys
import time

import numpy as np

SIDES = (1024, 2048, 3072)
SECONDS = 0.5  # for each size

if sys.argv[1] == "jax":
    import jax

    multiply = jax.jit(jax.numpy.matmul)

    def product(matrix):
        return multiply(matrix, matrix).block_until_ready()

    on_device = jax.numpy.asarray
else:
    import torch

    def product(matrix):
        return matrix @ matrix

    on_device = torch.from_numpy


def best_rate(side):
    matrix = on_device(np.random.default_rng(0).standard_normal((side, side), np.float32))
    product(matrix)  # compiles
    shortest, until = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        began = time.perf_counter()
        product(matrix)
        shortest = min(shortest, time.perf_counter() - began)
    return 2 * side**3 / shortest / 1e9


print(json.dumps({"gflops": round(max(map(best_rate, SIDES)), 1)}))
