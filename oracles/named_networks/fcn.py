"""Fully convolutional networks on ResNet-18; parameters are named as in segkit."""

from torch import nn

from .resnet import ResNet


class Fcn(nn.Module):
    """Scores of the last `maps` layers: from the deepest, doubled and added to the next; then enlarged to the image."""

    def __init__(self, inp, out, maps):
        super().__init__()
        self.maps = maps
        self.backbone = ResNet(inp, 18)
        self.decoder = nn.ModuleDict()
        for i, channels in enumerate(self.backbone.channels[-maps:]):
            level = {"score": nn.Conv2d(channels, out, 1)}
            if i < maps - 1:
                up = nn.ConvTranspose2d(out, out, 4, 2, 1, bias=False)
                level["up"] = nn.ModuleDict({"conv": up})
            self.decoder[f"level{i + 1}"] = nn.ModuleDict(level)
        s = 64 >> maps
        self.head = nn.ModuleDict({"conv": nn.ConvTranspose2d(out, out, 2 * s, s, s // 2, bias=False)})

    def forward(self, x):
        height, width = x.shape[2:]
        features = self.backbone(x)[-self.maps :]
        scores = None
        for i in reversed(range(self.maps)):
            level = self.decoder[f"level{i + 1}"]
            finer = level["score"](features[i])
            if scores is not None:
                # Odd maps are half a pixel smaller than the doubled ones: the surplus lies at the end.
                finer = finer + level["up"]["conv"](scores)[:, :, : finer.shape[2], : finer.shape[3]]
            scores = finer
        return self.head["conv"](scores)[:, :, :height, :width]
