"""Makes oracles/fixtures/colors.json: images as torchvision, scikit-image, scipy and numpy change them.

Brightness, contrast, saturation, hue: torchvision.transforms.functional.adjust_*. Shifts in HSV: skimage's rgb2hsv, numbers
added (the hue modulo 1, the others cut to [0, 1]), hsv2rgb. Gamma: numpy. Blur: scipy's gaussian_filter with mode
'nearest' and a radius of 3 sigma, rounded up.
Run: pip install torchvision scikit-image scipy; python3 oracles/colors.py
"""

import json
from math import ceil
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from skimage.color import hsv2rgb, rgb2hsv
from torchvision.transforms import functional as F

random = np.random.default_rng(3)


def flat(array):
    return [float(f"{value:.8g}") for value in np.asarray(array, dtype=np.float64).ravel()]


def image(height, width, channels):
    pixels = random.random((height, width, channels)).astype(np.float32)
    # Black, white, grays and pure colours, where hue and saturation are not what they are elsewhere.
    if channels == 3:
        pixels[0, :6] = [[0, 0, 0], [1, 1, 1], [0.4, 0.4, 0.4], [1, 0, 0], [0, 0.5, 0], [0, 0, 1]]
    return pixels


def adjust(pixels, name, factor):
    tensor = torch.from_numpy(pixels).permute(2, 0, 1)
    return getattr(F, f"adjust_{name}")(tensor, factor).permute(1, 2, 0).numpy()


color = image(5, 7, 3)
gray = image(4, 5, 1)

factors = [
    {"kind": kind, "factor": factor, "expected": flat(adjust(color, kind, factor))}
    for kind, amounts in [
        ("brightness", [0.5, 1.6]), ("contrast", [0.3, 1.8]), ("saturation", [0, 0.6, 1.9]), ("hue", [-0.5, -0.13, 0.1, 0.4]),
    ]
    for factor in amounts
]
gray_factors = [
    {"kind": kind, "factor": factor, "expected": flat(adjust(gray, kind, factor))}
    for kind, factor in [("brightness", 1.3), ("contrast", 0.4), ("contrast", 1.7)]
]

shifts = []
for hue, saturation, value in [(1 / 6, 5 / 255, -15 / 255), (-1 / 6, -0.3, 0.2), (0.03, 1, 0), (0, 0, -1)]:
    hsv = rgb2hsv(color.astype(np.float64))
    hsv[..., 0] = (hsv[..., 0] + hue) % 1
    hsv[..., 1] = np.clip(hsv[..., 1] + saturation, 0, 1)
    hsv[..., 2] = np.clip(hsv[..., 2] + value, 0, 1)
    shifts.append({"hue": hue, "saturation": saturation, "value": value, "expected": flat(hsv2rgb(hsv))})

powers = [{"exponent": g, "expected": flat(color.astype(np.float64) ** g)} for g in [0.4, 0.7, 1, 1.5, 3]]

blurs = [
    {"sigma": s, "expected": flat(gaussian_filter(color.astype(np.float64), (s, s, 0), mode="nearest", radius=(ceil(3 * s), ceil(3 * s), 0)))}
    for s in [0.1, 0.8, 1.5, 3]
]

path = Path(__file__).parent / "fixtures" / "colors.json"
path.write_text(json.dumps({
    "color": {"height": 5, "width": 7, "data": flat(color)}, "gray": {"height": 4, "width": 5, "data": flat(gray)},
    "factors": factors, "grayFactors": gray_factors, "shifts": shifts, "powers": powers, "blurs": blurs,
}, separators=(",", ":")) + "\n")
