"""LinkNet and D-LinkNet; parameters are named as in segkit."""

from torch import nn
from torch.nn import functional as F

from .resnet import ResNet


class DecoderBlock(nn.Module):
    def __init__(self, m, n, stride, eps):
        super().__init__()
        narrow = m // 4
        self.conv1, self.norm1 = nn.Conv2d(m, narrow, 1), nn.BatchNorm2d(narrow, eps)
        up = nn.ConvTranspose2d(narrow, narrow, 3, stride, padding=1, output_padding=stride - 1)
        self.up, self.norm2 = nn.ModuleDict({"conv": up}), nn.BatchNorm2d(narrow, eps)
        self.conv3, self.norm3 = nn.Conv2d(narrow, n, 1), nn.BatchNorm2d(n, eps)

    def forward(self, x):
        x = F.relu(self.norm1(self.conv1(x)))
        x = F.relu(self.norm2(self.up["conv"](x)))
        return F.relu(self.norm3(self.conv3(x)))


class LinkNet(nn.Module):
    """The input of every encoder layer is added to the output of its decoder block, then a ReLU."""

    def __init__(self, inp, out):
        super().__init__()
        self.backbone = ResNet(inp, 18)
        block = lambda m, n, s: DecoderBlock(m, n, s, 1e-3)
        self.decoder = nn.ModuleDict(
            {
                "decoder4": block(512, 256, 2),
                "decoder3": block(256, 128, 2),
                "decoder2": block(128, 64, 2),
                "decoder1": block(64, 64, 1),
            }
        )
        self.head = nn.ModuleDict(
            {
                "deconv1": nn.ConvTranspose2d(64, 32, 3, 2, 1, 1),
                "bn1": nn.BatchNorm2d(32, 1e-3),
                "conv2": nn.Conv2d(32, 32, 3, padding=1),
                "bn2": nn.BatchNorm2d(32, 1e-3),
                "deconv3": nn.ConvTranspose2d(32, out, 2, 2),
            }
        )

    def forward(self, x):
        _, pool, e1, e2, e3, e4 = self.backbone(x)
        d, h = self.decoder, self.head
        y = F.relu(d["decoder4"](e4) + e3)
        y = F.relu(d["decoder3"](y) + e2)
        y = F.relu(d["decoder2"](y) + e1)
        y = F.relu(d["decoder1"](y) + pool)
        y = F.relu(h["bn1"](h["deconv1"](y)))
        y = F.relu(h["bn2"](h["conv2"](y)))
        return h["deconv3"](y)


class DilatedCenter(nn.Module):
    def __init__(self, channels, dilations):
        super().__init__()
        self.count = len(dilations)
        for i, dilation in enumerate(dilations):
            layer = nn.Conv2d(channels, channels, 3, dilation=dilation, padding=dilation)
            setattr(self, f"dilate{i + 1}", layer)

    def forward(self, x):
        total, link = x, x
        for i in range(self.count):
            link = F.relu(getattr(self, f"dilate{i + 1}")(link))
            total = total + link
        return total


class DLinkNet(nn.Module):
    """Skips e3, e2, e1 without ReLU after the sum; the fourth decoder block doubles the size without a skip. Without
    dilations and with the kernels 3, 3, 2 it is the authors' LinkNet34."""

    def __init__(self, inp, out, kind, dilations, kernels=(4, 3, 3)):
        super().__init__()
        self.backbone = ResNet(inp, kind)
        one, two, three, four = self.backbone.channels
        self.center = DilatedCenter(four, dilations) if dilations else nn.Identity()
        block = lambda m, n: DecoderBlock(m, n, 2, 1e-5)
        self.decoder = nn.ModuleDict(
            {
                "decoder4": block(four, three),
                "decoder3": block(three, two),
                "decoder2": block(two, one),
                "decoder1": block(one, one),
            }
        )
        if kernels == (4, 3, 3):
            layers = (
                nn.ConvTranspose2d(one, 32, 4, 2, 1),
                nn.Conv2d(32, 32, 3, padding=1),
                nn.Conv2d(32, out, 3, padding=1),
            )
        else:
            layers = (nn.ConvTranspose2d(one, 32, 3, 2), nn.Conv2d(32, 32, 3), nn.Conv2d(32, out, 2, padding=1))
        self.head = nn.ModuleDict(zip(("finaldeconv1", "finalconv2", "finalconv3"), layers))

    def forward(self, x):
        _, _, e1, e2, e3, e4 = self.backbone(x)
        d, h = self.decoder, self.head
        y = d["decoder4"](self.center(e4)) + e3
        y = d["decoder3"](y) + e2
        y = d["decoder2"](y) + e1
        y = d["decoder1"](y)
        y = F.relu(h["finaldeconv1"](y))
        return h["finalconv3"](F.relu(h["finalconv2"](y)))
