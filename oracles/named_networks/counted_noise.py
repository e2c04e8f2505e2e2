"""Numbers that both sides compute from a name and an index, so that no weight has to be stored."""

import math

import numpy as np
import torch


def _mix(x):
    """A 32-bit integer hash (lowbias32 of Chris Wellons, public domain), on a uint32 array."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x7FEB352D)
    x = x ^ (x >> np.uint32(15))
    x = x * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def _key(name):
    """FNV-1a of the name, 32 bits."""
    value = 0x811C9DC5
    for letter in name:
        value = ((value ^ ord(letter)) * 0x01000193) & 0xFFFFFFFF
    return np.array([value], dtype=np.uint32)


def _bits(name, count, start=0):
    """24 random bits for each index from `start` on: `mix(index + mix(key)) >> 8`."""
    index = np.arange(start, start + count, dtype=np.uint32)
    return _mix(index + _mix(_key(name))) >> np.uint32(8)


def uniform(name, count, start=0):
    """Float32 in [0, 1): `bits / 2^24`."""
    return _bits(name, count, start).astype(np.float32) / np.float32(1 << 24)


def noise(name, count):
    """Float64 in [-1, 1), exact in float32: `bits / 2^23 - 1`."""
    return _bits(name, count).astype(np.float64) / (1 << 23) - 1


def value_of(name, shape, gain, positive):
    """The values of a parameter or buffer of this name, rounded to float32, in PyTorch's layout.

    Filters are uniform with variance `gain / fan`, the fan being `shape[1] * height * width`; a norm's scale lies in
    1 +- 0.3, its running variance in 1 +- 0.4, its running mean in +- 0.2. Biases have magnitudes between 1 and 2, which
    keeps most of what enters a ReLU away from zero; with `positive` none is negative.
    """
    u = noise(name, math.prod(shape))
    if len(shape) == 4:
        values = u * math.sqrt(3 * gain / (shape[1] * shape[2] * shape[3]))
    elif name.endswith("running_var"):
        values = 1 + 0.4 * u
    elif name.endswith("weight"):
        values = 1 + 0.3 * u
    elif name.endswith("bias"):
        values = np.where(u < 0, 1 - u if positive else u - 1, u + 1)
    else:
        values = 0.2 * u
    return torch.from_numpy(values.astype(np.float32)).reshape(shape)


def fill(module, gain, positive):
    """Fills every parameter and buffer by its name."""
    with torch.no_grad():
        for name, value in [*module.named_parameters(), *module.named_buffers()]:
            if not name.endswith("num_batches_tracked"):
                value.copy_(value_of(name, tuple(value.shape), gain, positive))


class Draws:
    """The uniform numbers of one forward pass, in the order in which dropouts ask for them."""

    def __init__(self):
        self.drawn = 0

    def __call__(self, count):
        numbers = uniform("dropout", count, self.drawn)
        self.drawn += count
        return torch.from_numpy(numbers)


class CountedDropout(torch.nn.Module):
    """`nn.Dropout` of single values (asked for in the order batch, height, width, channel) or `nn.Dropout2d` of
    channels (batch, channel), at rate 0.5, with masks that the other side can draw too."""

    def __init__(self, draws, channels):
        super().__init__()
        self.draws, self.channels = draws, channels

    def forward(self, x):
        if not self.training:
            return x
        b, c, h, w = x.shape
        if self.channels:
            u = self.draws(b * c).reshape(b, c, 1, 1)
        else:
            u = self.draws(b * h * w * c).reshape(b, h, w, c).permute(0, 3, 1, 2)
        return x * (u >= 0.5).to(x.dtype) * 2
