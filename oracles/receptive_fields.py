"""Receptive fields: writes fixtures/receptive-fields.json.

A network without activations and with positive weights has a positive derivative exactly where a logit depends on the image.
Average pooling stands for max pooling, whose derivative is that of one pixel of the window only. In double precision,
because the corners of a receptive field are reached by few paths.
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional


def convolution(taps=3, stride=1, dilation=1, padding=None):
    padding = dilation * (taps - 1) // 2 if padding is None else padding
    return nn.Conv2d(1, 1, taps, stride, padding, dilation, bias=False)


def double(padding=None):
    return nn.Sequential(convolution(padding=padding), convolution(padding=padding))


class UNet(nn.Module):
    """Two 3x3 convolutions a level, pooling by 2, `up` from level to level, skips joined."""

    def __init__(self, depth, up, padding=None):
        super().__init__()
        self.down = nn.ModuleList(double(padding) for _ in range(depth))
        self.bottom = double(padding)
        self.up = nn.ModuleList(up() for _ in range(depth))
        self.blocks = nn.ModuleList(double(padding) for _ in range(depth))

    def forward(self, x):
        skips = []
        for block in self.down:
            skips.append(block(x))
            x = functional.avg_pool2d(skips[-1], 2)
        x = self.bottom(x)
        for up, block in zip(self.up, self.blocks):
            x = up(x)
            skip = skips.pop()
            top = (skip.shape[2] - x.shape[2]) // 2
            x = block(x + skip[:, :, top : top + x.shape[2], top : top + x.shape[3]])
        return x


class Residual(nn.Module):
    def __init__(self, stride):
        super().__init__()
        self.body = nn.Sequential(convolution(stride=stride), convolution())
        self.shortcut = nn.Identity() if stride == 1 else convolution(1, stride)

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


class DilatedCenter(nn.Module):
    def __init__(self, dilations):
        super().__init__()
        self.layers = nn.ModuleList(convolution(dilation=d) for d in dilations)

    def forward(self, x):
        total = x
        for layer in self.layers:
            x = layer(x)
            total = total + x
        return total


def resnet(blocks):
    layers = [convolution(7, 2), nn.AvgPool2d(3, 2, 1)]
    for level, count in enumerate(blocks):
        layers += [Residual(2 if level > 0 and i == 0 else 1) for i in range(count)]
    return nn.Sequential(*layers)


def transposed():
    return nn.ConvTranspose2d(1, 1, 2, 2, bias=False)


def bilinear():
    return nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)


def to_image():
    return nn.Upsample(scale_factor=32, mode="bilinear", align_corners=False)


networks = {
    "U-Net, 4 levels, transposed": (UNet(4, transposed), 512),
    "U-Net, 4 levels, valid": (UNet(4, transposed, padding=0), 572),
    "U-Net, 2 levels, bilinear": (UNet(2, bilinear), 192),
    # 435 without the bilinear enlargement, as is known of ResNet-18.
    "ResNet-18, enlarged": (nn.Sequential(resnet([2, 2, 2, 2]), to_image()), 1024),
    "ResNet-18, dilated center, enlarged": (
        nn.Sequential(resnet([2, 2, 2, 2]), DilatedCenter([1, 2, 4, 8]), to_image()),
        2560,
    ),
}


def receptive_field(network, size):
    network.double()
    for parameter in network.parameters():
        nn.init.constant_(parameter, 1 / parameter.numel())
    image = torch.zeros(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    logits = network(image)
    longest = 0
    middle = logits.shape[2] // 2
    for phase in range(32):
        (gradient,) = torch.autograd.grad(
            logits[0, 0, middle - 16 + phase, middle], image, retain_graph=True
        )
        rows = gradient[0, 0].sum(1).nonzero().flatten()
        first, last = int(rows[0]), int(rows[-1])
        assert first > 0 and last < size - 1, "the image is too small"
        longest = max(longest, last - first + 1)
    return longest


fields = {name: receptive_field(*network) for name, network in networks.items()}
target = Path(__file__).parent / "fixtures" / "receptive-fields.json"
target.write_text(json.dumps(fields, indent=2) + "\n")
print(fields)
