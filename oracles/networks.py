"""Makes oracles/fixtures/networks.json: whole networks in PyTorch, forward and backward.

Run: python3 oracles/networks.py

Every network is written here as its paper or its public code has it, with narrow channels; only the attribute names
are chosen so that parameters are called as in segkit. Weights, images and the gradient that enters at the outputs
are sines that both sides can compute (`pattern`), so the fixture holds results alone: all outputs, and of the
gradient of every parameter and of the image up to 24 evenly spaced entries and the Euclidean norm. Computed in
float64, in PyTorch's layouts (NCHW, OIHW). `singlePrecision` is how far PyTorch's own float32 run of the same network
is off, against the largest entry of a tensor.
"""

import json
import math
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

KEPT = 24


# --- numbers that both sides can compute -------------------------------------------------------------------------


def pattern(name, count):
    """sin(phase + 1.7 i + 0.01 i^1.5), the phase a hash of the name."""
    phase = sum((k + 1) * ord(letter) for k, letter in enumerate(name)) % 1000
    return torch.tensor(
        [math.sin(phase + 1.7 * i + 0.01 * i**1.5) for i in range(count)], dtype=torch.float64
    )


def fill(module, gain):
    """Filters of variance gain / 2 / fan_in; statistics and scales off their defaults."""
    with torch.no_grad():
        for name, value in [*module.named_parameters(), *module.named_buffers()]:
            if name.endswith("num_batches_tracked"):
                continue
            wave = pattern(name, value.numel()).reshape(value.shape)
            if value.dim() == 4:
                value.copy_(wave * math.sqrt(gain / (value.shape[1] * value.shape[2] * value.shape[3])))
            elif name.endswith("running_var"):
                value.copy_(1 + 0.4 * wave)
            elif name.endswith("weight"):
                value.copy_(1 + 0.3 * wave)
            else:
                value.copy_(0.2 * wave)


# --- blocks ------------------------------------------------------------------------------------------------------


class DoubleConv(nn.Module):
    """(conv => [BN] => ReLU) * 2, or (conv => ReLU => BN) * 2."""

    def __init__(self, inp, out, mid=None, padding=1, norm=True, bias=True, norm_last=False):
        super().__init__()
        mid = mid or out
        self.conv1 = nn.Conv2d(inp, mid, 3, padding=padding, bias=bias)
        self.conv2 = nn.Conv2d(mid, out, 3, padding=padding, bias=bias)
        self.norm, self.norm_last = norm, norm_last
        if norm:
            self.bn1 = nn.BatchNorm2d(mid)
            self.bn2 = nn.BatchNorm2d(out)

    def forward(self, x):
        if not self.norm:
            return F.relu(self.conv2(F.relu(self.conv1(x))))
        if self.norm_last:
            x = self.bn1(F.relu(self.conv1(x)))
            return self.bn2(F.relu(self.conv2(x)))
        x = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(x)))


def parts(**modules):
    return nn.ModuleDict(modules)


def conv_holder(conv):
    return parts(conv=conv)


class UNet2015(nn.Module):
    """Ronneberger et al.: valid convolutions, no norm, 2x2 up-convolution, the cropped skip first."""

    def __init__(self, inp, w, out):
        super().__init__()
        block = lambda a, b: DoubleConv(a, b, padding=0, norm=False)
        self.backbone = parts(level1=block(inp, w), level2=block(w, 2 * w))
        self.center = parts(block=block(2 * w, 4 * w))
        self.decoder = parts(
            level2=parts(up=conv_holder(nn.ConvTranspose2d(4 * w, 2 * w, 2, 2)), block=block(4 * w, 2 * w)),
            level1=parts(up=conv_holder(nn.ConvTranspose2d(2 * w, w, 2, 2)), block=block(2 * w, w)),
        )
        self.head = conv_holder(nn.Conv2d(w, out, 1))

    @staticmethod
    def join(skip, up):
        top = (skip.shape[2] - up.shape[2]) // 2
        left = (skip.shape[3] - up.shape[3]) // 2
        return torch.cat([skip[:, :, top : top + up.shape[2], left : left + up.shape[3]], up], 1)

    def forward(self, x):
        a = self.backbone["level1"](x)
        b = self.backbone["level2"](F.max_pool2d(a, 2))
        c = self.center["block"](F.max_pool2d(b, 2))
        d = self.decoder["level2"]
        y = d["block"](self.join(b, d["up"]["conv"](c)))
        d = self.decoder["level1"]
        y = d["block"](self.join(a, d["up"]["conv"](y)))
        return self.head["conv"](y)


class UNetSame(nn.Module):
    """Same padding, bias-free convolutions with BN; the upsampled map is resized to the skip; [skip, up]."""

    def __init__(self, inp, w, out):
        super().__init__()
        block = lambda a, b: DoubleConv(a, b, bias=False)
        self.backbone = parts(level1=block(inp, w), level2=block(w, 2 * w))
        self.center = parts(block=block(2 * w, 4 * w))
        self.decoder = parts(
            level2=parts(up=conv_holder(nn.ConvTranspose2d(4 * w, 2 * w, 2, 2)), block=block(4 * w, 2 * w)),
            level1=parts(up=conv_holder(nn.ConvTranspose2d(2 * w, w, 2, 2)), block=block(2 * w, w)),
        )
        self.head = conv_holder(nn.Conv2d(w, out, 1))

    @staticmethod
    def join(skip, up):
        if up.shape != skip.shape:
            up = F.interpolate(up, size=skip.shape[2:], mode="bilinear", align_corners=False)
        return torch.cat([skip, up], 1)

    def forward(self, x):
        a = self.backbone["level1"](x)
        b = self.backbone["level2"](F.max_pool2d(a, 2))
        c = self.center["block"](F.max_pool2d(b, 2))
        d = self.decoder["level2"]
        y = d["block"](self.join(b, d["up"]["conv"](c)))
        d = self.decoder["level1"]
        y = d["block"](self.join(a, d["up"]["conv"](y)))
        return self.head["conv"](y)


class UNetBilinear(nn.Module):
    """Bilinear x2 (corners aligned) + 1x1 conv + ReLU; the upsampled map is padded to the skip; mid channels."""

    def __init__(self, inp, w, out):
        super().__init__()
        block = lambda a, b, mid=None: DoubleConv(a, b, mid=mid)
        self.backbone = parts(level1=block(inp, w, w + 1), level2=block(w, 2 * w, w + 2))
        self.center = parts(block=block(2 * w, 4 * w))
        self.decoder = parts(
            level2=parts(up=conv_holder(nn.Conv2d(4 * w, 2 * w, 1)), block=block(4 * w, 2 * w, 3 * w)),
            level1=parts(up=conv_holder(nn.Conv2d(2 * w, w, 1)), block=block(2 * w, w, 2 * w)),
        )
        self.head = conv_holder(nn.Conv2d(w, out, 1))

    @staticmethod
    def climb(level, x, skip):
        up = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
        up = F.relu(level["up"]["conv"](up))
        dy, dx = skip.shape[2] - up.shape[2], skip.shape[3] - up.shape[3]
        up = F.pad(up, (dx // 2, dx - dx // 2, dy // 2, dy - dy // 2))
        return level["block"](torch.cat([skip, up], 1))

    def forward(self, x):
        a = self.backbone["level1"](x)
        b = self.backbone["level2"](F.max_pool2d(a, 2))
        y = self.center["block"](F.max_pool2d(b, 2))
        y = self.climb(self.decoder["level2"], y, b)
        y = self.climb(self.decoder["level1"], y, a)
        return self.head["conv"](y)


class UNetReluNorm(nn.Module):
    """Conv-ReLU-BN without padding, ConvTranspose2d(k3, s2, p1, op1), crop and concatenate [up, skip]."""

    def __init__(self, inp, w, out):
        super().__init__()
        block = lambda a, b: DoubleConv(a, b, padding=0, norm_last=True)
        deconv = lambda a, b: conv_holder(
            nn.ConvTranspose2d(a, b, 3, stride=2, padding=1, output_padding=1)
        )
        self.backbone = parts(level1=block(inp, w), level2=block(w, 2 * w))
        self.center = parts(block=block(2 * w, 4 * w))
        self.decoder = parts(
            level2=parts(up=deconv(4 * w, 2 * w), block=block(4 * w, 2 * w)),
            level1=parts(up=deconv(2 * w, w), block=block(2 * w, w)),
        )
        self.head = conv_holder(nn.Conv2d(w, out, 1))

    @staticmethod
    def join(up, skip):
        c = (skip.shape[2] - up.shape[2]) // 2
        return torch.cat([up, F.pad(skip, (-c, -c, -c, -c))], 1)

    def forward(self, x):
        a = self.backbone["level1"](x)
        b = self.backbone["level2"](F.max_pool2d(a, 2))
        y = self.center["block"](F.max_pool2d(b, 2))
        level = self.decoder["level2"]
        y = level["block"](self.join(level["up"]["conv"](y), b))
        level = self.decoder["level1"]
        y = level["block"](self.join(level["up"]["conv"](y), a))
        return self.head["conv"](y)


class UNetAdd(nn.Module):
    """Nearest-neighbour upsampling without convolution, a 1x1 projection to the skip's channels, then the sum."""

    def __init__(self, inp, w, out):
        super().__init__()
        block = lambda a, b: DoubleConv(a, b, bias=False)
        self.backbone = parts(level1=block(inp, w), level2=block(w, 2 * w))
        self.decoder = parts(
            level2=parts(block=block(2 * w, 2 * w)),
            level1=parts(projection=nn.Conv2d(2 * w, w, 1), block=block(w, w)),
        )
        self.head = conv_holder(nn.Conv2d(w, out, 1))

    def forward(self, x):
        a = self.backbone["level1"](x)
        b = self.backbone["level2"](F.max_pool2d(a, 2))
        y = F.max_pool2d(b, 2)
        y = self.decoder["level2"]["block"](b + F.interpolate(y, scale_factor=2, mode="nearest"))
        up = self.decoder["level1"]["projection"](F.interpolate(y, scale_factor=2, mode="nearest"))
        return self.head["conv"](self.decoder["level1"]["block"](a + up))


# --- ResNet, LinkNet, D-LinkNet ----------------------------------------------------------------------------------


class BasicBlock(nn.Module):
    def __init__(self, inp, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inp, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.downsample = None
        if stride != 1 or inp != out:
            self.downsample = nn.Sequential(
                nn.Conv2d(inp, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """The residual network of He et al. with basic blocks, without average pool and classifier."""

    def __init__(self, inp, w, depths):
        super().__init__()
        self.conv1 = nn.Conv2d(inp, w, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(w)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        layer = lambda a, b, n, s: nn.Sequential(
            *[BasicBlock(a if i == 0 else b, b, s if i == 0 else 1) for i in range(n)]
        )
        self.layer1 = layer(w, w, depths[0], 1)
        self.layer2 = layer(w, 2 * w, depths[1], 2)
        self.layer3 = layer(2 * w, 4 * w, depths[2], 2)
        self.layer4 = layer(4 * w, 8 * w, depths[3], 2)

    def forward(self, x):
        stem = F.relu(self.bn1(self.conv1(x)))
        pool = self.maxpool(stem)
        one = self.layer1(pool)
        two = self.layer2(one)
        three = self.layer3(two)
        return stem, pool, one, two, three, self.layer4(three)


class DecoderBlock(nn.Module):
    def __init__(self, m, n, stride, eps):
        super().__init__()
        self.conv1 = nn.Conv2d(m, m // 4, 1)
        self.norm1 = nn.BatchNorm2d(m // 4, eps)
        self.up = conv_holder(
            nn.ConvTranspose2d(m // 4, m // 4, 3, stride, padding=1, output_padding=stride - 1)
        )
        self.norm2 = nn.BatchNorm2d(m // 4, eps)
        self.conv3 = nn.Conv2d(m // 4, n, 1)
        self.norm3 = nn.BatchNorm2d(n, eps)

    def forward(self, x):
        x = F.relu(self.norm1(self.conv1(x)))
        x = F.relu(self.norm2(self.up["conv"](x)))
        return F.relu(self.norm3(self.conv3(x)))


class LinkNet(nn.Module):
    """The input of every encoder layer is added to the output of its decoder block, then a ReLU."""

    def __init__(self, inp, w, middle, out):
        super().__init__()
        self.backbone = ResNet(inp, w, (2, 2, 2, 2))
        block = lambda m, n, s: DecoderBlock(m, n, s, 1e-3)
        self.decoder = parts(
            decoder4=block(8 * w, 4 * w, 2),
            decoder3=block(4 * w, 2 * w, 2),
            decoder2=block(2 * w, w, 2),
            decoder1=block(w, w, 1),
        )
        self.head = parts(
            deconv1=nn.ConvTranspose2d(w, middle, 3, 2, 1, 1),
            bn1=nn.BatchNorm2d(middle, 1e-3),
            conv2=nn.Conv2d(middle, middle, 3, padding=1),
            bn2=nn.BatchNorm2d(middle, 1e-3),
            deconv3=nn.ConvTranspose2d(middle, out, 2, 2),
        )

    def forward(self, x):
        _, pool, e1, e2, e3, e4 = self.backbone(x)
        y = F.relu(self.decoder["decoder4"](e4) + e3)
        y = F.relu(self.decoder["decoder3"](y) + e2)
        y = F.relu(self.decoder["decoder2"](y) + e1)
        y = F.relu(self.decoder["decoder1"](y) + pool)
        h = self.head
        y = F.relu(h["bn1"](h["deconv1"](y)))
        y = F.relu(h["bn2"](h["conv2"](y)))
        return h["deconv3"](y)


class DilatedCenter(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.dilate1 = nn.Conv2d(channels, channels, 3, dilation=1, padding=1)
        self.dilate2 = nn.Conv2d(channels, channels, 3, dilation=2, padding=2)
        self.dilate3 = nn.Conv2d(channels, channels, 3, dilation=4, padding=4)
        self.dilate4 = nn.Conv2d(channels, channels, 3, dilation=8, padding=8)

    def forward(self, x):
        d1 = F.relu(self.dilate1(x))
        d2 = F.relu(self.dilate2(d1))
        d3 = F.relu(self.dilate3(d2))
        d4 = F.relu(self.dilate4(d3))
        return x + d1 + d2 + d3 + d4


class DLinkNet(nn.Module):
    """Skips e3, e2, e1 without ReLU after the sum; the fourth decoder block doubles the size without a skip."""

    def __init__(self, inp, w, middle, out):
        super().__init__()
        self.backbone = ResNet(inp, w, (2, 2, 2, 2))
        self.center = DilatedCenter(8 * w)
        block = lambda m, n: DecoderBlock(m, n, 2, 1e-5)
        self.decoder = parts(
            decoder4=block(8 * w, 4 * w),
            decoder3=block(4 * w, 2 * w),
            decoder2=block(2 * w, w),
            decoder1=block(w, w),
        )
        self.head = parts(
            finaldeconv1=nn.ConvTranspose2d(w, middle, 4, 2, 1),
            finalconv2=nn.Conv2d(middle, middle, 3, padding=1),
            finalconv3=nn.Conv2d(middle, out, 3, padding=1),
        )

    def forward(self, x):
        _, _, e1, e2, e3, e4 = self.backbone(x)
        y = self.decoder["decoder4"](self.center(e4)) + e3
        y = self.decoder["decoder3"](y) + e2
        y = self.decoder["decoder2"](y) + e1
        y = self.decoder["decoder1"](y)
        h = self.head
        y = F.relu(h["finaldeconv1"](y))
        return h["finalconv3"](F.relu(h["finalconv2"](y)))


# --- the fixture -------------------------------------------------------------------------------------------------


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.detach().flatten().tolist()]


def sample(tensor):
    flat = tensor.detach().flatten()
    step = max(1, flat.numel() // KEPT)
    return {"norm": float(f"{flat.norm():.8g}"), "values": numbers(flat[::step])}


def run(module, image_shape):
    """Outputs, the gradient of the image and of every parameter, in the module's precision."""
    module.zero_grad()
    dtype = next(module.parameters()).dtype
    image = pattern("image", math.prod(image_shape)).reshape(image_shape).to(dtype).requires_grad_()
    outputs = module(image)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    sum(
        (output * pattern(f"gradient{i}", output.numel()).reshape(output.shape).to(dtype)).sum()
        for i, output in enumerate(outputs)
    ).backward()
    gradients = {"image": image.grad, **{name: p.grad for name, p in module.named_parameters()}}
    return (
        [output.detach().double() for output in outputs],
        {name: gradient.detach().double() for name, gradient in gradients.items()},
    )


def deviation(exact, rounded):
    """Largest error of any tensor against its largest entry; tensors that cancel to nothing do not count."""
    pairs = [(a, (a - b).abs().max()) for a, b in zip(exact, rounded)]
    scale = max(a.abs().max() for a, _ in pairs)
    return max((d / a.abs().max()).item() for a, d in pairs if a.abs().max() > 1e-8 * scale)


def case(module, image_shape, training, gain=4):
    fill(module.double(), gain)
    module.train(training)
    outputs, gradients = run(module, image_shape)
    rounded_outputs, rounded_gradients = run(module.float(), image_shape)
    error = deviation(
        [*outputs, *gradients.values()], [*rounded_outputs, *rounded_gradients.values()]
    )
    return {
        "image": list(image_shape),
        "training": training,
        "gain": gain,
        "singlePrecision": float(f"{error:.2g}"),
        "outputs": [{"shape": list(o.shape), **sample_all(o)} for o in outputs],
        "gradients": {name: sample(gradient) for name, gradient in gradients.items()},
    }


def sample_all(output):
    return {"values": numbers(output)} if output.numel() <= 1200 else sample(output)


# Without batch statistics the residual networks' activations grow with the gain, and single precision with them.
CASES = {
    "unet-2015": lambda: case(UNet2015(1, 2, 2), (1, 1, 44, 46), False),
    "unet-same": lambda: case(UNetSame(3, 2, 3), (2, 3, 21, 18), True),
    "unet-bilinear": lambda: case(UNetBilinear(3, 2, 1), (1, 3, 21, 19), False),
    "unet-relu-norm": lambda: case(UNetReluNorm(1, 2, 2), (2, 1, 44, 44), True),
    "unet-add": lambda: case(UNetAdd(3, 3, 2), (1, 3, 16, 12), True),
    "resnet18": lambda: case(ResNet(3, 2, (2, 2, 2, 2)), (2, 3, 33, 33), True),
    "resnet34": lambda: case(ResNet(3, 2, (3, 4, 6, 3)), (1, 3, 33, 38), False, gain=2.5),
    "dilated": lambda: case(DilatedCenter(2), (1, 2, 19, 17), False),
    "linknet": lambda: case(LinkNet(3, 4, 3, 2), (1, 3, 64, 32), False, gain=2.5),
    "d-linknet": lambda: case(DLinkNet(3, 4, 3, 1), (1, 3, 32, 64), False, gain=2.5),
}

if __name__ == "__main__":
    fixture = {name: make() for name, make in CASES.items()}
    path = Path(__file__).parent / "fixtures" / "networks.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)
    for name, entry in fixture.items():
        grads = [g["norm"] for g in entry["gradients"].values()]
        outs = [max(map(abs, o["values"])) for o in entry["outputs"]]
        print(name, entry["singlePrecision"], [o["shape"] for o in entry["outputs"]], "max", outs, "grad norms", min(grads), max(grads))
