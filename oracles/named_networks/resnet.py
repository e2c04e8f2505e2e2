"""Residual networks without average pool and classifier; parameters are named as in torchvision."""

from torch import nn
from torch.nn import functional as F


def conv(inp, out, kernel, stride=1):
    return nn.Conv2d(inp, out, kernel, stride, kernel // 2, bias=False)


def shortcut(inp, out, stride):
    if stride == 1 and inp == out:
        return None
    return nn.Sequential(conv(inp, out, 1, stride), nn.BatchNorm2d(out))


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inp, width, stride):
        super().__init__()
        self.conv1, self.bn1 = conv(inp, width, 3, stride), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = conv(width, width, 3), nn.BatchNorm2d(width)
        self.downsample = shortcut(inp, width, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """1x1, 3x3 with the stride, 1x1 to four times the channels."""

    expansion = 4

    def __init__(self, inp, width, stride):
        super().__init__()
        out = 4 * width
        self.conv1, self.bn1 = conv(inp, width, 1), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = conv(width, width, 3, stride), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = conv(width, out, 1), nn.BatchNorm2d(out)
        self.downsample = shortcut(inp, out, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


KINDS = {
    18: (BasicBlock, (2, 2, 2, 2)),
    34: (BasicBlock, (3, 4, 6, 3)),
    50: (Bottleneck, (3, 4, 6, 3)),
    101: (Bottleneck, (3, 4, 23, 3)),
}


class ResNet(nn.Module):
    """Returns the outputs of stem, max-pool and layers 1 to 4."""

    def __init__(self, inp, kind):
        super().__init__()
        block, depths = KINDS[kind]
        self.conv1 = nn.Conv2d(inp, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        inp = 64
        for i, depth in enumerate(depths):
            blocks = []
            for j in range(depth):
                blocks.append(block(inp, 64 << i, 2 if j == 0 and i > 0 else 1))
                inp = block.expansion * (64 << i)
            setattr(self, f"layer{i + 1}", nn.Sequential(*blocks))
        self.channels = [block.expansion * (64 << i) for i in range(4)]

    def forward(self, x):
        stem = F.relu(self.bn1(self.conv1(x)))
        pool = F.max_pool2d(stem, 3, 2, 1)
        one = self.layer1(pool)
        two = self.layer2(one)
        three = self.layer3(two)
        return stem, pool, one, two, three, self.layer4(three)
