"""One point of one curve: images a second of the mlp on uint8 noise, by the plain PyTorch loop.

    python torch_growing.py IMAGES BATCH WIDTH DEVICES SECONDS

Runs epochs for about SECONDS after the first two, and prints one JSON object: the median of their seconds.
"""

import json
import statistics
import sys
import time

import torch
from networks import noise, torch_network

WARM_UP = 2

images, batch, width = map(int, sys.argv[1:4])
wanted = float(sys.argv[5])
x, y = map(torch.from_numpy, noise("mlp", images))
y = y.long()
model = torch_network("mlp", width)
optimizer = torch.optim.Adam(model.parameters(), 1e-3, eps=1e-7, fused=True)
loss_of = torch.nn.CrossEntropyLoss()

seconds = []
while sum(seconds[WARM_UP:]) < wanted:
    began = time.perf_counter()
    for rows in torch.randperm(images).split(batch):
        optimizer.zero_grad(set_to_none=True)
        loss_of(model(x[rows].float().div_(255)), y[rows]).backward()
        optimizer.step()
    seconds.append(time.perf_counter() - began)
versions = {"torch": torch.__version__}
measured = seconds[WARM_UP:]
print(json.dumps({"epoch": statistics.median(measured), "epochs": len(measured), "versions": versions}), flush=True)
