"""The peer of test/bench/gpu.ts: one refiner update in PyTorch, eager, float32 without TF32, on the first CUDA card.

gpu.py FOLDER, with the protocol of torch_step.py and one command more: "peak". Without a card it says so.
"""

import json
import sys
import time

import torch

from torch_networks import load_weights, refiner_loss, refiner_parameters

folder = sys.argv[1]
if not torch.cuda.is_available():
    print(json.dumps({"absence": f"PyTorch {torch.__version__} finds no CUDA card."}), flush=True)
    sys.exit(0)
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
# The fastest of cuDNN's routines for these shapes, as anybody who measures would choose.
torch.backends.cudnn.benchmark = True
print(json.dumps({"device": torch.cuda.get_device_name(0), "version": f"PyTorch {torch.__version__}"}), flush=True)

with open(f"{folder}/config.json") as file:
    config = json.load(file)
weights = load_weights(f"{folder}/start.safetensors", "cuda")
x = weights.pop("batch").permute(0, 3, 1, 2).contiguous()
parameters = refiner_parameters(weights)
optimizer = torch.optim.SGD(parameters.values(), lr=config["refinerLearningRate"])


def update():
    torch.cuda.synchronize()
    start = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    loss = refiner_loss(weights, config, x)
    loss.backward()
    optimizer.step()
    torch.cuda.synchronize()
    return {"ms": (time.perf_counter() - start) * 1000, "loss": loss.item()}


def peak():
    size, best = 4096, float("inf")
    square = torch.randn(size, size, device="cuda")
    for _ in range(6):
        torch.cuda.synchronize()
        start = time.perf_counter()
        square @ square
        torch.cuda.synchronize()
        best = min(best, time.perf_counter() - start)
    return {"gflops": 2 * size**3 / best / 1e9}


for line in sys.stdin:
    print(json.dumps({"update": update, "peak": peak}[line.strip()]()), flush=True)
