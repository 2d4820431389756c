"""The paper's networks in PyTorch, with the weights of a safetensors file that the program wrote (HWIO filters)."""

import re

import torch
import torch.nn.functional as functional
from safetensors.torch import load_file


def load_weights(path, device="cpu"):
    """Weights by the program's names, filters turned to OIHW; everything else as it is."""
    tensors = load_file(path)
    turned = {}
    for name, tensor in tensors.items():
        if name.endswith("/filter"):
            tensor = tensor.permute(3, 2, 0, 1).contiguous()
        turned[name] = tensor.to(device)
    return turned


def same_padding(size, window, stride):
    """TensorFlow's "same": an odd rest goes behind."""
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + window - size, 0)
    return total // 2, total - total // 2


def convolve(x, weights, name, stride=1):
    filters, bias = weights[f"{name}/filter"], weights[f"{name}/bias"]
    top, bottom = same_padding(x.shape[2], filters.shape[2], stride)
    left, right = same_padding(x.shape[3], filters.shape[3], stride)
    if top == bottom and left == right:
        return functional.conv2d(x, filters, bias, stride, (top, left))
    return functional.conv2d(functional.pad(x, (left, right, top, bottom)), filters, bias, stride)


def refine(weights, config, x):
    hidden = functional.relu(convolve(x, weights, "refiner/enter"))
    for block in range(1, config["refinerBlocks"] + 1):
        inner = functional.relu(convolve(hidden, weights, f"refiner/block-{block}/first"))
        hidden = functional.relu(convolve(inner, weights, f"refiner/block-{block}/second") + hidden)
    return torch.tanh(convolve(hidden, weights, "refiner/leave"))


def discriminate(weights, config, x):
    """Logits [n, 2, h, w], real first."""
    for index, layer in enumerate(config["discriminatorLayers"].split(), 1):
        pool, window, stride = re.match(r"(pool)?(\d+)x\d+(?:/(\d+))?", layer).groups()
        if pool:
            x = functional.max_pool2d(x, int(window), int(stride or 1), int(window) // 2)
        else:
            x = functional.relu(convolve(x, weights, f"discriminator/layer-{index}", int(stride or 1)))
    return convolve(x, weights, "discriminator/last")


def refiner_loss(weights, config, x):
    """L_R of the paper, summed within an image and averaged over the batch."""
    refined = refine(weights, config, x)
    realism = -functional.log_softmax(discriminate(weights, config, refined), 1)[:, 0]
    change = (refined - x).abs()
    return (realism.sum() + config["lambda"] * change.sum()) / x.shape[0]


def refiner_parameters(weights):
    """Only the refiner learns in this step; the discriminator's weights get no gradient."""
    return {name: tensor.requires_grad_() for name, tensor in weights.items() if name.startswith("refiner/")}
