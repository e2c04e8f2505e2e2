"""Outputs and gradients of PyTorch's layers, which segkit's layers are tested against.

Writes oracles/fixtures/layers-*.json. Maps are NHWC, weights in PyTorch's layout; inputs are multiples of 1/16, so they
are exact in float32; PyTorch computes in float64. Every case holds the upstream gradient `dy`, drawn at random.

Run from the repository's root:  python3 oracles/layers.py
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn import init

FOLDER = Path(__file__).parent / "fixtures"
generator = torch.Generator().manual_seed(20240607)


def draw(*shape):
    """Normal numbers, rounded to multiples of 1/16."""
    return (torch.randn(*shape, generator=generator, dtype=torch.float64) * 16).round() / 16


def numbers(tensor):
    """A tensor as shape and flat values of 8 significant digits."""
    return {"shape": list(tensor.shape), "data": [float(f"{v:.8g}") for v in tensor.flatten().tolist()]}


def nhwc(tensor):
    return numbers(tensor.detach().permute(0, 2, 3, 1).contiguous())


def case(name, options, module, x):
    """Runs a module forward and backward with random parameters and upstream gradient."""
    module = module.double()
    for parameter in module.parameters():
        parameter.data = draw(*parameter.shape) / 2
    x.requires_grad_()
    y = module(x)
    dy = draw(*y.shape)
    y.backward(dy)
    return {
        "name": name,
        "options": options,
        "x": nhwc(x),
        "y": nhwc(y),
        "dy": nhwc(dy),
        "dx": nhwc(x.grad),
        "parameters": {key: numbers(p.detach()) for key, p in module.named_parameters()},
        "gradients": {key: numbers(p.grad) for key, p in module.named_parameters()},
    }


def write(name, content):
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"layers-{name}.json"
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size)


def convolutions():
    cases = []
    # kernel, stride, padding, dilation, height, width
    for k, s, p, d, h, w in [
        (1, 1, 0, 1, 3, 4),
        (1, 2, 0, 1, 5, 6),
        (1, 1, 1, 1, 3, 3),
        (2, 1, 0, 1, 4, 5),
        (2, 2, 1, 1, 4, 5),
        (3, 1, 0, 1, 5, 4),
        (3, 1, 1, 1, 5, 6),
        (3, 1, 2, 1, 3, 4),
        (3, 2, 1, 1, 6, 6),
        (3, 2, 1, 1, 7, 5),
        (3, 2, 0, 1, 6, 7),
        (7, 2, 3, 1, 9, 8),
        (7, 1, 3, 1, 6, 5),
        (5, 3, 2, 1, 8, 10),
        (3, 1, 2, 2, 7, 6),
        (3, 1, 0, 2, 7, 8),
        (3, 1, 4, 4, 7, 9),
        (3, 1, 8, 8, 9, 6),
        (3, 1, 1, 4, 8, 9),
        (3, 2, 2, 2, 8, 7),
        (3, 3, 1, 2, 9, 8),
    ]:
        options = {"inChannels": 2, "outChannels": 3, "kernelSize": k, "stride": s, "padding": p, "dilation": d}
        module = nn.Conv2d(2, 3, k, stride=s, padding=p, dilation=d)
        cases.append(case(f"k{k} s{s} p{p} d{d} on {h}x{w}", options, module, draw(2, 2, h, w)))
    module = nn.Conv2d(3, 2, 3, padding=1, bias=False)
    options = {"inChannels": 3, "outChannels": 2, "kernelSize": 3, "padding": 1, "bias": False}
    cases.append(case("no bias", options, module, draw(1, 3, 4, 4)))
    return cases


def transposed_convolutions():
    cases = []
    # kernel, stride, padding, output padding, height, width
    for k, s, p, o, h, w in [
        (2, 2, 0, 0, 3, 4),
        (3, 2, 1, 1, 4, 3),
        (3, 2, 1, 0, 3, 5),
        (4, 2, 1, 0, 3, 5),
        (3, 1, 1, 0, 4, 5),
        (3, 1, 0, 0, 3, 2),
        (8, 4, 2, 0, 3, 2),
        (3, 2, 0, 1, 3, 2),
        (1, 2, 0, 1, 3, 4),
        (5, 3, 2, 0, 4, 3),
        (5, 3, 2, 2, 3, 4),
        (2, 3, 0, 0, 2, 3),
    ]:
        options = {"inChannels": 3, "outChannels": 2, "kernelSize": k, "stride": s, "padding": p, "outputPadding": o}
        module = nn.ConvTranspose2d(3, 2, k, stride=s, padding=p, output_padding=o)
        cases.append(case(f"k{k} s{s} p{p} op{o} on {h}x{w}", options, module, draw(2, 3, h, w)))
    module = nn.ConvTranspose2d(2, 3, 2, stride=2, bias=False)
    options = {"inChannels": 2, "outChannels": 3, "kernelSize": 2, "stride": 2, "bias": False}
    cases.append(case("no bias", options, module, draw(1, 2, 3, 3)))
    return cases


def batch_norms():
    """Two training steps in a row, then one pass in inference, each with the running statistics after it."""
    result = []
    for channels, (n, h, w), eps, momentum in [(3, (2, 4, 5), 1e-5, 0.1), (2, (1, 3, 1), 1e-3, 0.25)]:
        module = nn.BatchNorm2d(channels, eps=eps, momentum=momentum).double()
        module.weight.data = draw(channels)
        module.bias.data = draw(channels)
        parameters = {"weight": numbers(module.weight.data), "bias": numbers(module.bias.data)}
        steps = []
        for training in [True, True, False]:
            module.train(training)
            module.zero_grad()
            # Far from zero mean, so that a variance by E[x^2] - E[x]^2 would lose digits.
            x = (draw(n, channels, h, w) + 40).requires_grad_()
            y = module(x)
            dy = draw(*y.shape)
            y.backward(dy)
            steps.append({
                "training": training,
                "x": nhwc(x),
                "y": nhwc(y),
                "dy": nhwc(dy),
                "dx": nhwc(x.grad),
                "gradients": {"weight": numbers(module.weight.grad), "bias": numbers(module.bias.grad)},
                "running_mean": numbers(module.running_mean),
                "running_var": numbers(module.running_var),
            })
        options = {"channels": channels, "eps": eps, "momentum": momentum}
        result.append({"options": options, "parameters": parameters, "steps": steps})
    return result


def max_pools():
    cases = []
    for k, s, p, h, w in [(2, 2, 0, 4, 6), (2, 2, 0, 5, 7), (3, 2, 1, 6, 7), (3, 2, 1, 5, 5), (3, 1, 1, 4, 5), (3, 3, 0, 7, 8)]:
        options = {"kernelSize": k, "stride": s, "padding": p}
        # All negative: a padding of zeros would win every window it is in. A permutation has no ties.
        values = torch.randperm(2 * 2 * h * w, generator=generator).double()
        x = (-1 - values / 16).reshape(2, 2, h, w)
        cases.append(case(f"k{k} s{s} p{p} on {h}x{w}", options, nn.MaxPool2d(k, s, p), x))
    return cases


class Interpolate(nn.Module):
    def __init__(self, size, **options):
        super().__init__()
        self.size = size
        self.options = options

    def forward(self, x):
        return F.interpolate(x, size=self.size, **self.options)


SIZES = [
    ((3, 4), (6, 8)),
    ((4, 3), (16, 12)),
    ((5, 4), (7, 9)),
    ((7, 6), (3, 4)),
    ((1, 3), (2, 5)),
    ((3, 2), (1, 1)),
    ((8, 8), (9, 8)),
]


def resizes():
    cases = []
    for (h, w), size in SIZES:
        label = f"{h}x{w} to {size[0]}x{size[1]}"
        target = {"height": size[0], "width": size[1]}
        for align in [False, True]:
            module = Interpolate(size, mode="bilinear", align_corners=align)
            options = {"mode": "bilinear", "size": target, "alignCorners": align}
            cases.append(case(f"bilinear, align corners {align}, {label}", options, module, draw(2, 2, h, w)))
        options = {"mode": "nearest", "size": target}
        cases.append(case(f"nearest, {label}", options, Interpolate(size, mode="nearest"), draw(2, 2, h, w)))
    return cases


def bilinear_kernels():
    """What F.interpolate spreads one bright pixel to: the kernel that a bilinear transposed convolution needs."""
    kernels = []
    for stride in [1, 2, 3, 4, 5]:
        impulse = torch.zeros(1, 1, 5, 5, dtype=torch.float64)
        impulse[0, 0, 2, 2] = 1
        spread = F.interpolate(impulse, scale_factor=stride, mode="bilinear", align_corners=False)[0, 0]
        lit = spread[spread.sum(1) > 0][:, spread.sum(0) > 0]
        kernels.append({"stride": stride, "kernel": numbers(lit)})
    return kernels


def fans():
    """Fans by PyTorch's own rule, and the bounds of its default initialisation."""
    result = []
    for kind, module in [("conv2d", nn.Conv2d(3, 5, 7)), ("convTranspose2d", nn.ConvTranspose2d(3, 5, 7))]:
        fan_in, fan_out = init._calculate_fan_in_and_fan_out(module.weight)
        # The defaults draw uniformly, so the largest of many draws is close to the bound from below.
        many = [type(module)(3, 5, 7) for _ in range(400)]
        result.append({
            "kind": kind,
            "inChannels": 3,
            "outChannels": 5,
            "kernelSize": 7,
            "fanIn": fan_in,
            "fanOut": fan_out,
            "largestWeight": float(f"{max(m.weight.abs().max().item() for m in many):.8g}"),
            "largestBias": float(f"{max(m.bias.abs().max().item() for m in many):.8g}"),
        })
    return result


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    write("conv2d", convolutions())
    write("conv-transpose2d", transposed_convolutions())
    write("batch-norm2d", batch_norms())
    write("max-pool2d", max_pools())
    write("resize", resizes())
    write("initializers", {"bilinearKernels": bilinear_kernels(), "fans": fans()})
