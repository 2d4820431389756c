"""One refiner update in PyTorch, as often as it is told to: torch_step.py FOLDER eager|channels-last|compile THREADS

Reads start.safetensors and config.json in FOLDER. Takes one command a line and answers with one line of JSON.
"""

import json
import sys
import time

import torch
from safetensors.torch import save_file

from torch_networks import load_weights, refiner_loss, refiner_parameters

folder, mode, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
with open(f"{folder}/config.json") as file:
    config = json.load(file)
weights = load_weights(f"{folder}/start.safetensors")
x = weights.pop("batch").permute(0, 3, 1, 2).contiguous()
if mode == "channels-last":
    x = x.contiguous(memory_format=torch.channels_last)
    weights = {
        name: tensor.contiguous(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor
        for name, tensor in weights.items()
    }
parameters = refiner_parameters(weights)
optimizer = torch.optim.SGD(parameters.values(), lr=config["refinerLearningRate"])
loss_of = torch.compile(refiner_loss) if mode == "compile" else refiner_loss


def gradients():
    optimizer.zero_grad(set_to_none=True)
    loss = loss_of(weights, config, x)
    loss.backward()
    return loss


def check():
    loss = gradients()
    path = f"{folder}/gradients-{mode}.safetensors"
    turned = {
        name: (p.grad.permute(2, 3, 1, 0) if p.grad.ndim == 4 else p.grad).contiguous()
        for name, p in parameters.items()
    }
    save_file(turned, path)
    return {"loss": loss.item(), "gradients": path, "version": f"PyTorch {torch.__version__}"}


def update():
    start = time.perf_counter()
    gradients()
    optimizer.step()
    return {"ms": (time.perf_counter() - start) * 1000}


for line in sys.stdin:
    answer = {"check": check, "update": update}[line.strip()]()
    print(json.dumps(answer), flush=True)
