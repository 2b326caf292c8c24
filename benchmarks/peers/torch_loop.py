"""One peer, one process: a plain PyTorch loop with fused Adam, as a careful practitioner writes it.

    python torch_loop.py RECIPE EPOCHS ROWS SEED MNIST_NPZ [--channels-last] [--compile]

Prints one JSON object: seconds of every epoch, test accuracy, versions.
"""

import argparse
import json
import time

import torch
from networks import BATCH, FLAT, pictures, torch_network

parser = argparse.ArgumentParser()
for name, kind in (("recipe", str), ("epochs", int), ("rows", int), ("seed", int), ("npz", str)):
    parser.add_argument(name, type=kind)
parser.add_argument("--channels-last", action="store_true")
parser.add_argument("--compile", action="store_true")
given = parser.parse_args()

torch.manual_seed(given.seed)
x, y, test_x, test_y = (torch.from_numpy(array) for array in pictures(given.recipe, given.npz, given.rows))
if given.recipe not in FLAT:
    x, test_x = x.permute(0, 3, 1, 2).contiguous(), test_x.permute(0, 3, 1, 2).contiguous()
y, test_y = y.long(), test_y.long()
model = torch_network(given.recipe)
if given.channels_last:
    model = model.to(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(model.parameters(), 1e-3, eps=1e-7, fused=True)
loss_of = torch.nn.CrossEntropyLoss()
# The short last batch gets a program of its own, instead of all batches one for any size.
forward = torch.compile(model, dynamic=False) if given.compile else model


def step(batch, labels):
    optimizer.zero_grad(set_to_none=True)
    loss = loss_of(forward(batch), labels)
    loss.backward()
    optimizer.step()


seconds = []
for _ in range(given.epochs):
    began = time.perf_counter()
    order = torch.randperm(len(x))
    for rows in order.split(BATCH[given.recipe]):
        step(x[rows], y[rows])
    seconds.append(round(time.perf_counter() - began, 5))

model.eval()
with torch.inference_mode():
    predicted = torch.cat([model(batch) for batch in test_x.split(1000)]).argmax(1)
accuracy = (predicted == test_y).float().mean().item()
print(json.dumps({"epochs": seconds, "accuracy": accuracy, "versions": {"torch": torch.__version__}}), flush=True)
