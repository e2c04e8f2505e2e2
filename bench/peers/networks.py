"""The benchmarks' networks in PyTorch, layer for layer what ../nets.js lets segkit build, as PyTorch users write them."""

import torch
from torch import nn
from torch.nn import functional


def normed(conv, eps=1e-5):
    """A convolution, batch norm, ReLU."""
    return [conv, nn.BatchNorm2d(conv.out_channels, eps), nn.ReLU(inplace=True)]


def double_conv(source, width):
    """3x3 convolution, batch norm, ReLU, twice."""
    conv = lambda channels: nn.Conv2d(channels, width, 3, padding=1, bias=False)
    return nn.Sequential(*normed(conv(source)), *normed(conv(width)))


class UNet(nn.Module):
    """Four levels of doubled width, 2x2 max-pools, 2x2 transposed convolutions, concatenated skips, 1x1 head."""

    def __init__(self, channels, width, classes):
        super().__init__()
        widths = [width << level for level in range(5)]
        sources = [channels, *widths]
        self.down = nn.ModuleList(double_conv(sources[i], widths[i]) for i in range(4))
        self.center = double_conv(widths[3], widths[4])
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, 2) for w in widths[3::-1])
        self.join = nn.ModuleList(double_conv(2 * w, w) for w in widths[3::-1])
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        skips = []
        for level in self.down:
            skips.append(level(x))
            x = functional.max_pool2d(skips[-1], 2)
        x = self.center(x)
        for up, join in zip(self.up, self.join):
            x = join(torch.cat((skips.pop(), up(x)), dim=1))
        return self.head(x)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside the identity, or beside a 1x1 convolution where the shape changes."""

    def __init__(self, source, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(source, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or source != width:
            self.downsample = nn.Sequential(
                nn.Conv2d(source, width, 1, stride, bias=False), nn.BatchNorm2d(width)
            )

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)


class ResNet(nn.Module):
    """ResNet-18 or -34 without its classifier; gives the max-pool's output and those of the four layers."""

    def __init__(self, channels, blocks):
        super().__init__()
        self.stem = nn.Sequential(*normed(nn.Conv2d(channels, 64, 7, 2, 3, bias=False)))
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.layers = nn.ModuleList()
        source = 64
        for level, count in enumerate(blocks):
            width = 64 << level
            first = BasicBlock(source, width, 1 if level == 0 else 2)
            rest = [BasicBlock(width, width, 1) for _ in range(count - 1)]
            self.layers.append(nn.Sequential(first, *rest))
            source = width

    def forward(self, x):
        features = [self.pool(self.stem(x))]
        for layer in self.layers:
            features.append(layer(features[-1]))
        return features


def decoder_block(source, width, stride, eps):
    """LinkNet's: 1x1 convolution to a quarter, 3x3 transposed convolution, 1x1 convolution; batch norm and ReLU each."""
    quarter = source // 4
    return nn.Sequential(
        *normed(nn.Conv2d(source, quarter, 1), eps),
        *normed(nn.ConvTranspose2d(quarter, quarter, 3, stride, 1, stride - 1), eps),
        *normed(nn.Conv2d(quarter, width, 1), eps),
    )


class LinkNet(nn.Module):
    """The input of every encoder layer is added to the output of its decoder block, then a ReLU."""

    def __init__(self, channels, blocks, classes):
        super().__init__()
        eps = 1e-3
        self.backbone = ResNet(channels, blocks)
        self.decoder = nn.ModuleList(
            decoder_block(source, width, stride, eps)
            for source, width, stride in ((512, 256, 2), (256, 128, 2), (128, 64, 2), (64, 64, 1))
        )
        self.head = nn.Sequential(
            *normed(nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), eps),
            *normed(nn.Conv2d(32, 32, 3, padding=1), eps),
            nn.ConvTranspose2d(32, classes, 2, 2),
        )

    def forward(self, x):
        *skips, x = self.backbone(x)
        for block in self.decoder:
            x = functional.relu_(block(x) + skips.pop())
        return self.head(x)


class DilatedCenter(nn.Module):
    """A chain of dilated 3x3 convolutions with ReLU, all links added up."""

    def __init__(self, channels):
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
            for dilation in (1, 2, 4, 8)
        )

    def forward(self, x):
        total = x
        for conv in self.convs:
            x = functional.relu_(conv(x))
            total = total + x
        return total


class DLinkNet(nn.Module):
    """Skips of layers 3, 2 and 1 without ReLU after the sum; a fourth decoder block doubles the size without a skip."""

    def __init__(self, channels, blocks, classes):
        super().__init__()
        self.backbone = ResNet(channels, blocks)
        self.center = DilatedCenter(512)
        self.decoder = nn.ModuleList(
            decoder_block(source, width, 2, 1e-5)
            for source, width in ((512, 256), (256, 128), (128, 64), (64, 64))
        )
        self.head = nn.Sequential(
            nn.ConvTranspose2d(64, 32, 4, 2, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(32, 32, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(32, classes, 3, padding=1),
        )

    def forward(self, x):
        _, *skips, x = self.backbone(x)
        x = self.center(x)
        for block in self.decoder:
            x = block(x)
            if skips:
                x = x + skips.pop()
        return self.head(x)


def create(net):
    """The network that a net's `peer` of ../nets.js describes."""
    channels, classes = net["imageChannels"], net["outChannels"]
    if net["network"] == "unet":
        return UNet(channels, net["width"], classes)
    kind = {"linknet": LinkNet, "d-linknet": DLinkNet}[net["network"]]
    return kind(channels, net["blocks"], classes)
