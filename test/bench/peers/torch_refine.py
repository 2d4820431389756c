"""Refines a folder of grey PNG files with PyTorch: torch_refine.py FOLDER IMAGES OUT THREADS

A DataLoader with two workers reads with Pillow, batches of 64 go through the refiner, Pillow writes PNG. One run for
each line on standard input, answered by one line of JSON.
"""

import json
import os
import shutil
import sys
import time

import numpy
import torch
from PIL import Image

from torch_networks import load_weights, refine

folder, images, out, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
with open(f"{folder}/config.json") as file:
    config = json.load(file)
weights = load_weights(f"{folder}/start.safetensors")
weights.pop("batch")


class Pictures(torch.utils.data.Dataset):
    def __init__(self):
        found = (os.path.join(path, name) for path, _, names in os.walk(images) for name in names)
        self.paths = sorted(path for path in found if path.endswith(".png"))

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        pixels = numpy.asarray(Image.open(self.paths[index]).convert("L"), dtype=numpy.float32)
        return torch.from_numpy(pixels / 127.5 - 1)[None], os.path.basename(self.paths[index])


@torch.inference_mode()
def run():
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    start = time.perf_counter()
    pictures = Pictures()
    for batch, names in torch.utils.data.DataLoader(pictures, 64, num_workers=2):
        refined = refine(weights, config, batch)
        pixels = ((refined + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)[:, 0].numpy()
        for picture, name in zip(pixels, names):
            Image.fromarray(picture).save(os.path.join(out, name))
    return {"seconds": time.perf_counter() - start, "count": len(pictures)}


for _ in sys.stdin:
    print(json.dumps(run()), flush=True)
