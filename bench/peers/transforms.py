"""What ../transforms.js measures, in Python: float32 images of three channels with labels, on one thread.

usage: transforms.py '{"side": 512}'
For every name on standard input it applies that transform once and prints {"seconds", "by"}, seconds of processor time; {} for one that it lacks.
torchvision and OpenCV are used where they are installed.
"""

import json
import sys
import time


def say(value):
    print(json.dumps(value), flush=True)


try:
    import numpy as np
    import torch
    from scipy.ndimage import gaussian_filter
    from torch.nn import functional
except ImportError as error:
    say({"skipped": str(error), "missing": True})
    sys.exit()

try:
    from torchvision.transforms import functional as vision
except (ImportError, RuntimeError):
    vision = None
try:
    import cv2

    cv2.setNumThreads(1)
except ImportError:
    cv2 = None

torch.set_num_threads(1)
side = json.loads(sys.argv[1])["side"]
random = np.random.default_rng(0)
image = random.random((side, side, 3), dtype=np.float32)
labels = (np.arange(side * side) // 32 % 7).astype(np.int32).reshape(side, side)
# PyTorch's transforms work on planes.
planes = torch.from_numpy(image).permute(2, 0, 1)[None].contiguous()
label_plane = torch.from_numpy(labels)[None, None].float()


def crop():
    top, left = random.integers(side - 256 + 1, size=2)
    box = np.s_[top : top + 256, left : left + 256]
    return image[box].copy(), labels[box].copy()


def balanced_crop():
    present = np.unique(labels)
    rows, columns = np.nonzero(labels == random.choice(present))
    pixel = random.integers(len(rows))
    top, left = (min(max(int(at[pixel]) - 128, 0), side - 256) for at in (rows, columns))
    box = np.s_[top : top + 256, left : left + 256]
    return image[box].copy(), labels[box].copy()


def resized_crop():
    height, width = random.integers(150, 500, size=2)
    cropped, cropped_labels = planes[..., :height, :width], label_plane[..., :height, :width]
    return (
        functional.interpolate(cropped, size=(256, 256), mode="bilinear", antialias=True),
        functional.interpolate(cropped_labels, size=(256, 256), mode="nearest-exact"),
    )


def flip():
    return np.ascontiguousarray(image[::-1, ::-1]), np.ascontiguousarray(labels[::-1, ::-1])


def rotate90():
    return np.ascontiguousarray(np.rot90(image)), np.ascontiguousarray(np.rot90(labels))


def sample_at(grid):
    return (
        functional.grid_sample(planes, grid, mode="bilinear", padding_mode="reflection", align_corners=True),
        functional.grid_sample(label_plane, grid, mode="nearest", padding_mode="reflection", align_corners=True).int(),
    )


def affine():
    matrix = torch.tensor([[[0.97, -0.26, 0.1], [0.26, 0.97, -0.1]]])
    return sample_at(functional.affine_grid(matrix, [1, 3, side, side], align_corners=True))


def displaced(field):
    """`field` in pixels, [1, side, side, 2], x before y."""
    line = torch.linspace(-1, 1, side)
    identity = torch.stack(torch.meshgrid(line, line, indexing="xy"), dim=-1)[None]
    return sample_at(identity + field * (2 / (side - 1)))


def elastic_grid():
    coarse = 10 * torch.randn(1, 2, 3, 3)
    field = functional.interpolate(coarse, size=(side, side), mode="bicubic", align_corners=True)
    return displaced(field.permute(0, 2, 3, 1))


def elastic_smooth():
    noise = random.random((2, side, side), dtype=np.float32) * 2 - 1
    smooth = [34 * gaussian_filter(plane, 4, mode="nearest", truncate=3) for plane in noise]
    return displaced(torch.from_numpy(np.stack(smooth, axis=-1))[None])


def jitter():
    changed = vision.adjust_brightness(planes, 1.2)
    changed = vision.adjust_contrast(changed, 0.8)
    changed = vision.adjust_saturation(changed, 1.3)
    return vision.adjust_hue(changed, 0.05)


def hsv_shift():
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0] + 40) % 360
    hsv[..., 1:] = np.clip(hsv[..., 1:] + np.float32([0.01, 0.03]), 0, 1)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def gamma():
    return planes.pow(1.3)


def noise():
    return torch.randn_like(planes).mul_(0.05).add_(planes).clamp_(0, 1)


def blur():
    return gaussian_filter(image, (2, 2, 0), mode="nearest", truncate=3)


def cutout():
    covered = image.copy()
    covered[100:228, 100:228] = image.mean(axis=(0, 1))
    return covered


def clahe():
    value = image.max(axis=2)
    bytes_ = np.rint(value * 255).astype(np.uint8)
    equalized = cv2.createCLAHE(clipLimit=4, tileGridSize=(8, 8)).apply(bytes_).astype(np.float32) / 255
    return image * (equalized / np.maximum(value, 1e-6))[..., None]


def resize():
    return (
        functional.interpolate(planes, size=(256, 256), mode="bilinear"),
        functional.interpolate(label_plane, size=(256, 256), mode="nearest-exact"),
    )


def normalize():
    return (image - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225])


peers = {
    "random-crop": (crop, "numpy"),
    "class-balanced-crop": (balanced_crop, "numpy"),
    "random-resized-crop": (resized_crop, "torch"),
    "flip": (flip, "numpy"),
    "rotate90": (rotate90, "numpy"),
    "affine": (affine, "torch"),
    "elastic grid": (elastic_grid, "torch"),
    "elastic smooth": (elastic_smooth, "scipy, torch"),
    "gamma": (gamma, "torch"),
    "gaussian-noise": (noise, "torch"),
    "blur": (blur, "scipy"),
    "cutout": (cutout, "numpy"),
    "resize": (resize, "torch"),
    "normalize": (normalize, "numpy"),
}
if vision is not None:
    peers["color-jitter"] = (jitter, "torchvision")
if cv2 is not None:
    peers["color-jitter hsvShift"] = (hsv_shift, "OpenCV")
    peers["clahe"] = (clahe, "OpenCV")

say({})
for line in sys.stdin:
    name = line.strip()
    if name not in peers:
        say({})
        continue
    apply, by = peers[name]
    start = time.process_time()
    apply()
    say({"seconds": time.process_time() - start, "by": by})
