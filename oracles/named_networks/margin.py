"""How close a pass comes to the points at which a gradient jumps.

Where the input of a ReLU is almost zero, or the two largest entries of a window almost equal, single precision may take
the other side: then gradients differ by what one pixel contributes, although both sides are right.
"""

from contextlib import contextmanager

from torch.nn import functional as F


@contextmanager
def smallest_margin():
    """While open, collects the smallest such distance of every ReLU and max-pool, against the map's root mean square."""
    relu, max_pool2d = F.relu, F.max_pool2d
    margins = []

    def rms(x):
        return x.square().mean().sqrt()

    def watched_relu(x):
        # Sums of two such maps are exactly zero where both are, on either side.
        margins.append((x[x != 0].abs().min() / rms(x)).item())
        return relu(x)

    def watched_max_pool2d(x, kernel, stride=None, padding=0):
        stride = stride or kernel
        windows = F.pad(x, (padding,) * 4, value=-1).unfold(2, kernel, stride).unfold(3, kernel, stride)
        first, second = windows.flatten(-2).topk(2).values.unbind(-1)
        # Only where a ReLU gave zero are two entries the same, and no gradient passes there, whichever is taken.
        gap = first - second
        gap = gap[gap > 0]
        if gap.numel() > 0:
            margins.append((gap.min() / rms(x)).item())
        return max_pool2d(x, kernel, stride, padding)

    F.relu, F.max_pool2d = watched_relu, watched_max_pool2d
    try:
        yield margins
    finally:
        F.relu, F.max_pool2d = relu, max_pool2d
