"""Makes packages/segkit/src/doctor/reference-steps.json: what `segkit doctor` compares every engine with.

Run: python3 oracles/engine_check.py

Two small networks of networks.py in float64, filled as there: a U-Net on its batch's statistics with cross entropy (padded
and strided convolutions, batch norm, max-pools, transposed convolutions, bilinear resizing, concatenation) and a D-LinkNet on
running statistics with binary cross entropy (7x7 and 1x1 convolutions, dilation, additions, 4x4 transposed convolutions).
Of each: the loss, up to 24 evenly spaced logits, and of the gradient of every parameter up to 8 evenly spaced entries and the
Euclidean norm, in PyTorch's layouts. `singlePrecision` is how far PyTorch's own float32 step is off by the measure that the
doctor uses (`deviation`).
"""

import json
import math
from pathlib import Path

import torch
from torch.nn import functional as F

from networks import DLinkNet, UNetSame, fill, numbers, pattern

KEPT_LOGITS, KEPT = 24, 8


def labels_of(shape, classes):
    """A function of the index that both sides can compute."""
    index = torch.arange(math.prod(shape))
    return ((index % 7 + index // 11) % classes).reshape(shape)


def step(module, image_shape, classes):
    """Loss, logits and gradients, in the module's precision."""
    module.zero_grad()
    dtype = next(module.parameters()).dtype
    image = pattern("image", math.prod(image_shape)).reshape(image_shape).to(dtype)
    logits = module(image)
    truth = labels_of((image_shape[0], *image_shape[2:]), classes)
    if classes == 2:
        loss = F.binary_cross_entropy_with_logits(logits[:, 0], truth.to(dtype))
    else:
        loss = F.cross_entropy(logits, truth)
    loss.backward()
    tensors = {"loss": loss, "logits": logits}
    tensors |= {name: parameter.grad for name, parameter in module.named_parameters()}
    return {name: tensor.detach().double().clone() for name, tensor in tensors.items()}


def deviation(exact, rounded):
    """
    The largest error of any entry against the largest entry of its tensor, or, for gradients that cancel to almost nothing,
    against a thousandth of the largest of all gradients.
    """
    gradients = [t.abs().max() for name, t in exact.items() if name not in ("loss", "logits")]
    least = 1e-3 * max(gradients)
    scale = lambda name, t: t.abs().max() if name in ("loss", "logits") else max(t.abs().max(), least)
    return max(((t - rounded[name]).abs().max() / scale(name, t)).item() for name, t in exact.items())


def sample(tensor, kept):
    flat = tensor.flatten()
    values = numbers(flat[:: max(1, flat.numel() // kept)])
    return {"largest": float(f"{flat.abs().max():.8g}"), "norm": float(f"{flat.norm():.8g}"), "values": values}


def case(module, image_shape, classes, training, gain):
    fill(module.double(), gain)
    module.train(training)
    exact = step(module, image_shape, classes)
    error = deviation(exact, step(module.float(), image_shape, classes))
    gradients = {name: t for name, t in exact.items() if name not in ("loss", "logits")}
    return {
        "image": list(image_shape),
        "classes": classes,
        "training": training,
        "gain": gain,
        "singlePrecision": float(f"{error:.2g}"),
        "loss": float(f"{exact['loss'].item():.10g}"),
        "logits": sample(exact["logits"], KEPT_LOGITS),
        "gradients": {name: sample(t, KEPT) for name, t in gradients.items()},
    }


if __name__ == "__main__":
    steps = {
        "unet": case(UNetSame(3, 4, 3), (2, 3, 21, 18), 3, True, 4),
        "d-linknet": case(DLinkNet(3, 4, 3, 1), (1, 3, 32, 64), 2, False, 2.5),
    }
    folder = Path(__file__).parent.parent / "packages" / "segkit" / "src" / "doctor"
    path = folder / "reference-steps.json"
    path.write_text(json.dumps(steps, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)
    for name, entry in steps.items():
        print(name, "loss", entry["loss"], "float32 is off by", entry["singlePrecision"])
