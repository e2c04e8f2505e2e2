"""One pass forward and backward through a named network."""

import math

import torch

from .counted_noise import fill, noise
from .margin import smallest_margin


def image_shape(network, training):
    batch, height, width = network.train if training else network.infer
    return batch, network.inp, height, width


def image_of(network, training, seed):
    """Noise `image SEED`; for networks without padding, which need large images, a tile of it repeated."""
    batch, channels, height, width = image_shape(network, training)
    tile = (batch, channels, network.period or height, network.period or width)
    image = torch.from_numpy(noise(f"image {seed}", math.prod(tile))).reshape(tile)
    return image[:, :, torch.arange(height) % tile[2]][:, :, :, torch.arange(width) % tile[3]].contiguous()


def best_seed(network, training, tries):
    """Of the seeds 0, 1, ... the one whose image stays furthest away from where gradients jump, and how far."""
    best = (0.0, 0)
    module = network.build().double()
    for seed in range(tries):
        fill(module, network.gain, network.positive)
        module.train(training)
        with smallest_margin() as margins, torch.no_grad():
            module(image_of(network, training, seed))
        best = max(best, (min(margins), seed))
    margin, seed = best
    return seed, margin


def run(network, training, seed, dtype=torch.float64):
    """Tensors by name, in PyTorch's layout: `output`; the gradient of `sum(output * noise("upstream"))` for the image
    (`gradient image`) and every parameter (`gradient NAME`); after a training pass the running statistics
    (`statistics NAME`). Filled and drawn by `counted_noise`; computed in `dtype`, returned in float64.
    """
    module = network.build().to(dtype)
    fill(module, network.gain, network.positive)
    module.train(training)
    image = image_of(network, training, seed).to(dtype).requires_grad_()
    output = module(image)
    upstream = torch.from_numpy(noise("upstream", output.numel())).reshape(output.shape).to(dtype)
    output.backward(upstream)
    results = {"output": output, "gradient image": image.grad}
    for name, parameter in module.named_parameters():
        results[f"gradient {name}"] = parameter.grad
        parameter.grad = None
    if training:
        for name, value in module.named_buffers():
            if not name.endswith("num_batches_tracked"):
                results[f"statistics {name}"] = value
    return {name: value.detach().double() for name, value in results.items()}


def single_precision(network, training, seed, exact):
    """How far PyTorch's own float32 is off: the worst |difference| / |tensor|, of gradients that cancel against a hundredth
    of the largest root mean square."""
    rounded = run(network, training, seed, torch.float32)
    rms = {name: value.square().mean().sqrt().item() for name, value in exact.items()}
    floor = max(value for name, value in rms.items() if name.startswith("gradient")) / 100
    return max(
        (rounded[name] - value).square().mean().sqrt().item()
        / (max(rms[name], floor) if name.startswith("gradient") else rms[name])
        for name, value in exact.items()
    )
