"""The U-Nets, each written from its paper or article; parameters are named as in segkit."""

import torch
from torch import nn
from torch.nn import functional as F

from .counted_noise import CountedDropout, Draws


class DoubleConv(nn.Module):
    """(conv => ReLU) * 2, (conv => BN => ReLU) * 2 or (conv => ReLU => BN) * 2."""

    def __init__(self, inp, out, padding, norm, bias, relu_first):
        super().__init__()
        self.conv1 = nn.Conv2d(inp, out, 3, padding=padding, bias=bias)
        self.bn1 = nn.BatchNorm2d(out) if norm else nn.Identity()
        self.conv2 = nn.Conv2d(out, out, 3, padding=padding, bias=bias)
        self.bn2 = nn.BatchNorm2d(out) if norm else nn.Identity()
        self.relu_first = relu_first

    def stage(self, conv, norm, x):
        x = conv(x)
        return norm(F.relu(x)) if self.relu_first else F.relu(norm(x))

    def forward(self, x):
        return self.stage(self.conv2, self.bn2, self.stage(self.conv1, self.bn1, x))


class ConvUp(nn.Module):
    """An up-convolution by 2: kernel 2, or kernel 3 with padding 1 and output padding 1."""

    def __init__(self, inp, out, kernel=2):
        super().__init__()
        self.conv = nn.ConvTranspose2d(inp, out, kernel, 2, kernel - 2, kernel - 2)

    def forward(self, x):
        return self.conv(x)


class BilinearUp(nn.Module):
    """Bilinear upsampling with aligned corners, 1x1 convolution, ReLU."""

    def __init__(self, inp, out):
        super().__init__()
        self.conv = nn.Conv2d(inp, out, 1)

    def forward(self, x):
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
        return F.relu(self.conv(x))


class LastBlock(nn.Module):
    """3x3 convolution, ReLU, BN: how the article's three-level network ends."""

    def __init__(self, inp, out):
        super().__init__()
        self.conv = nn.Conv2d(inp, out, 3, padding=1)
        self.bn = nn.BatchNorm2d(out)

    def forward(self, x):
        return self.bn(F.relu(self.conv(x)))


class Conv1x1(nn.Module):
    def __init__(self, inp, out):
        super().__init__()
        self.conv = nn.Conv2d(inp, out, 1)

    def forward(self, x):
        return self.conv(x)


# --- how the upsampled map meets the skip ------------------------------------------------------------------------


def center_crop(x, like):
    top = (x.shape[2] - like.shape[2]) // 2
    left = (x.shape[3] - like.shape[3]) // 2
    return x[:, :, top : top + like.shape[2], left : left + like.shape[3]]


def crop(skip, up):
    return torch.cat([center_crop(skip, up), up], 1)


def crop_up_first(skip, up):
    return torch.cat([up, center_crop(skip, up)], 1)


def pad(skip, up):
    dy, dx = skip.shape[2] - up.shape[2], skip.shape[3] - up.shape[3]
    up = F.pad(up, (dx // 2, dx - dx // 2, dy // 2, dy - dy // 2))
    return torch.cat([skip, up], 1)


def resize(skip, up):
    if up.shape[2:] != skip.shape[2:]:
        up = F.interpolate(up, size=skip.shape[2:], mode="bilinear", align_corners=False)
    return torch.cat([skip, up], 1)


def without(skip, up):
    return up


# --- the network -------------------------------------------------------------------------------------------------


class UNet(nn.Module):
    def __init__(self, inp, out, join, widths=(64, 128, 256, 512), up=ConvUp, head=Conv1x1, dropout=None, **block):
        super().__init__()
        self.join, self.depth = join, len(widths)
        double = lambda a, b: DoubleConv(a, b, **block)
        self.draws = Draws()
        # After the last level and after the bottleneck.
        drop = lambda: nn.Identity() if dropout is None else CountedDropout(self.draws, dropout == "channel")
        self.backbone, self.decoder = nn.ModuleDict(), nn.ModuleDict()
        for i, width in enumerate(widths):
            self.backbone[f"level{i + 1}"] = double(inp if i == 0 else widths[i - 1], width)
        self.center = nn.ModuleDict({"block": double(widths[-1], 2 * widths[-1])})
        joined = 1 if join is without else 2
        for i, width in reversed(list(enumerate(widths))):
            self.decoder[f"level{i + 1}"] = nn.ModuleDict(
                {"up": up(2 * width, width), "block": double(joined * width, width)}
            )
        self.head = head(widths[0], out)
        self.drop_skip, self.drop_center = drop(), drop()

    def forward(self, x):
        self.draws.drawn = 0
        skips = []
        for i in range(1, self.depth + 1):
            x = self.backbone[f"level{i}"](x)
            if i == self.depth:
                x = self.drop_skip(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = self.drop_center(self.center["block"](x))
        for i in range(self.depth, 0, -1):
            level = self.decoder[f"level{i}"]
            x = level["block"](self.join(skips[i - 1], level["up"](x)))
        return self.head(x)


PAPER = {"norm": False, "bias": True, "relu_first": False}
BIAS_FREE = {"norm": True, "bias": False, "relu_first": False}
BIASED = {"norm": True, "bias": True, "relu_first": False}
RELU_FIRST = {"norm": True, "bias": True, "relu_first": True}


def same_join(skip, up):
    return torch.cat([skip, up], 1)


def paper(inp, out):
    return UNet(inp, out, crop, padding=0, dropout="value", **PAPER)


def narrow(width):
    widths = tuple(width << i for i in range(4))
    return lambda inp, out: UNet(inp, out, same_join, widths, padding=1, dropout="value", **PAPER)


def batch_norm(inp, out):
    return UNet(inp, out, resize, padding=1, **BIAS_FREE)


def dropped_out(up):
    return lambda inp, out: UNet(inp, out, pad, up=up, padding=1, dropout="channel", **BIASED)


def aligned(join, padding):
    return lambda inp, out: UNet(inp, out, join, padding=padding, **BIASED)


def three_levels(join):
    up = lambda a, b: ConvUp(a, b, 3)
    return lambda inp, out: UNet(inp, out, join, (64, 128, 256), up, LastBlock, padding=0, **RELU_FIRST)
