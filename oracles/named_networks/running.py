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


def shaken(tensor, change, generator):
    """Every number times 1 plus or minus at most `change`."""
    return tensor * (1 + change * (2 * torch.rand(tensor.shape, generator=generator, dtype=torch.float64) - 1))


def run(network, training, seed, dtype=torch.float64, change=0, draw=0):
    """Tensors by name, in PyTorch's layout: `output`; the gradient of `sum(output * noise("upstream"))` for the image
    (`gradient image`) and every parameter (`gradient NAME`); after a training pass the running statistics
    (`statistics NAME`). Filled and drawn by `counted_noise`; computed in `dtype`, returned in float64. With `change` the
    parameters and the image are changed by that share at most, at random by `draw`.
    """
    module = network.build().to(dtype)
    fill(module, network.gain, network.positive)
    module.train(training)
    image = image_of(network, training, seed).to(dtype)
    if change > 0:
        generator = torch.Generator().manual_seed(draw)
        image = shaken(image, change, generator)
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(shaken(parameter, change, generator))
    image.requires_grad_()
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


def distance(results, exact):
    """The worst |difference| / |tensor| of all, of gradients that cancel against a hundredth of the largest root mean square."""
    rms = {name: value.square().mean().sqrt().item() for name, value in exact.items()}
    floor = max(value for name, value in rms.items() if name.startswith("gradient")) / 100
    return max(
        (results[name] - value).square().mean().sqrt().item()
        / (max(rms[name], floor) if name.startswith("gradient") else rms[name])
        for name, value in exact.items()
    )


def single_precision(network, training, seed, exact):
    """How far PyTorch's own float32 is off."""
    return distance(run(network, training, seed, torch.float32), exact)


def sensitivity(network, training, seed, exact, change=1e-6, draws=5):
    """How far the exact results move when parameters and image change by `change`: median and worst of `draws`."""
    moves = sorted(
        distance(run(network, training, seed, change=change, draw=draw), exact) for draw in range(draws)
    )
    return moves[draws // 2], moves[-1]
