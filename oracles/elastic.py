"""Makes oracles/fixtures/elastic.json: displacement fields and what they make of images, by scipy.ndimage.

Grids: map_coordinates of order 3 (an interpolating cubic B-spline) with mode 'mirror', the first and the last grid
point on the first and the last pixel. Noise: gaussian_filter with mode 'nearest', cut off at 3 sigma. Warping:
map_coordinates with mode 'mirror', of order 1 for images and of order 0 for labels.
Run: pip install scipy; python3 oracles/elastic.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

random = np.random.default_rng(7)


def flat(array):
    return [float(f"{value:.9g}") for value in np.asarray(array, dtype=np.float64).ravel()]


def grid_field(grid, height, width):
    rows = np.linspace(0, grid.shape[0] - 1, height)
    columns = np.linspace(0, grid.shape[1] - 1, width)
    return map_coordinates(grid, np.meshgrid(rows, columns, indexing="ij"), order=3, mode="mirror")


def warp(image, dy, dx, order):
    height, width = dy.shape
    y, x = np.mgrid[:height, :width]
    return map_coordinates(image, [y + dy, x + dx], order=order, mode="mirror")


grids = []
for points, height, width in [(3, 13, 17), (2, 9, 8), (5, 11, 20)]:
    dy, dx = 10 * random.standard_normal((2, points, points))
    grids.append({
        "points": points, "height": height, "width": width,
        "gridDy": flat(dy), "gridDx": flat(dx),
        "dy": flat(grid_field(dy, height, width)), "dx": flat(grid_field(dx, height, width)),
    })

noises = []
for sigma, alpha, height, width in [(2, 8, 12, 15), (4, 34, 9, 21)]:
    dy, dx = random.uniform(-1, 1, (2, height, width)).astype(np.float32)
    smooth = lambda noise: alpha * gaussian_filter(noise.astype(np.float64), sigma, mode="nearest", truncate=3)
    noises.append({
        "sigma": sigma, "alpha": alpha, "height": height, "width": width,
        "noiseDy": flat(dy), "noiseDx": flat(dx), "dy": flat(smooth(dy)), "dx": flat(smooth(dx)),
    })

warps = []
for height, width, reach in [(8, 11, 1.5), (6, 5, 12.0)]:
    image = random.random((height, width)).astype(np.float32)
    labels = random.integers(0, 9, (height, width))
    dy, dx = random.uniform(-reach, reach, (2, height, width)).astype(np.float32)
    warps.append({
        "height": height, "width": width, "dy": flat(dy), "dx": flat(dx),
        "image": flat(image), "bilinear": flat(warp(image.astype(np.float64), dy, dx, 1)),
        "labels": labels.ravel().tolist(), "nearest": warp(labels, dy, dx, 0).ravel().tolist(),
    })

path = Path(__file__).parent / "fixtures" / "elastic.json"
path.write_text(json.dumps({"grids": grids, "noises": noises, "warps": warps}, separators=(",", ":")) + "\n")
