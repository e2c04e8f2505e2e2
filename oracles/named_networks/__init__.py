"""Every named network in PyTorch: its factory, the channels of image and logits, and the images it is run on."""

from dataclasses import dataclass
from typing import Callable

from torch import nn

from . import fcn, linknet, unet


@dataclass(frozen=True)
class Network:
    make: Callable[[int, int], nn.Module]
    inp: int
    out: int
    #: `(batch, height, width)` of the training pass and of the inference pass.
    train: tuple[int, int, int] = (2, 64, 64)
    infer: tuple[int, int, int] = (1, 65, 97)
    #: Variance of a filter's sums against that of what enters: 2 keeps it through a ReLU.
    gain: float = 2
    #: Whether biases are positive: where a norm follows a ReLU, a channel that is almost always off has almost no variance,
    #: and the norm magnifies rounding.
    positive: bool = False
    #: Side of the tile that the images repeat, or `None`.
    period: int | None = None
    #: From how many images the one furthest from jumps of the gradient is chosen.
    tries: int = 10

    def build(self):
        return self.make(self.inp, self.out)


# Networks that join maps of equal sizes only take multiples of their largest stride.
UNET = {"train": (2, 32, 48), "infer": (1, 33, 51)}
SAME = {**UNET, "infer": (1, 48, 32)}
LINK = {"infer": (1, 32, 96)}
VALID = {"train": (1, 188, 204), "infer": (1, 189, 191), "period": 32, "tries": 1}
SHALLOW = {"train": (2, 92, 108), "infer": (1, 93, 95), "period": 32, "gain": 0.5, "positive": True, "tries": 4}
d_linknet = linknet.DLinkNet

NETWORKS = {
    "unet-2015": Network(unet.paper, 1, 2, **VALID),
    "unet-half": Network(unet.narrow(32), 1, 2, **SAME),
    "unet-quarter": Network(unet.narrow(16), 1, 2, **SAME),
    "unet-bn": Network(unet.batch_norm, 3, 2, **UNET),
    "unet-bilinear": Network(unet.dropped_out(unet.BilinearUp), 3, 1, **UNET),
    "unet-transposed": Network(unet.dropped_out(unet.ConvUp), 3, 1, **UNET),
    "unet-crop": Network(unet.aligned(unet.crop, 0), 1, 2, **VALID),
    "unet-pad": Network(unet.aligned(unet.pad, 0), 1, 2, train=(1, 156, 156), infer=(1, 141, 155), period=32, tries=40),
    "unet-same": Network(unet.aligned(unet.same_join, 1), 1, 2, **SAME),
    "unet-oct": Network(unet.three_levels(unet.crop_up_first), 1, 2, **SHALLOW),
    "autoencoder": Network(unet.three_levels(unet.without), 1, 2, **SHALLOW),
    "fcn-32s": Network(lambda inp, out: fcn.Fcn(inp, out, 1), 3, 21),
    "fcn-16s": Network(lambda inp, out: fcn.Fcn(inp, out, 2), 3, 21),
    "fcn-8s": Network(lambda inp, out: fcn.Fcn(inp, out, 3), 3, 21),
    "linknet": Network(linknet.LinkNet, 3, 20, **LINK, tries=8),
    "linknet34": Network(lambda inp, out: d_linknet(inp, out, 34, (), (3, 3, 2)), 3, 1, **LINK),
    "d-linknet18": Network(lambda inp, out: d_linknet(inp, out, 18, (1, 2, 4, 8)), 3, 1, **LINK),
    "d-linknet34": Network(lambda inp, out: d_linknet(inp, out, 34, (1, 2, 4, 8)), 3, 1, **LINK),
    "d-linknet50": Network(
        lambda inp, out: d_linknet(inp, out, 50, (1, 2, 4, 8, 16)), 3, 1, train=(2, 64, 64), infer=(1, 32, 64), tries=3
    ),
}
