"""Masks of COCO annotations as pycocotools makes them, for the data set `coco` of @segkit/data.

Makes oracles/fixtures/coco-masks.json: random polygons (some outside the image, with several parts, of one point, or
thinner than a pixel), uncompressed and compressed RLE, each with the pixels of its mask as row-major indices.
Run: pip install pycocotools numpy && python3 oracles/coco_masks.py
"""

import json
from pathlib import Path

import numpy as np
from pycocotools import mask as masks

random = np.random.default_rng(0)


def pixels(rle):
    return np.flatnonzero(masks.decode(rle)).tolist()


def polygon_case(height, width, polygons):
    rle = masks.merge(masks.frPyObjects(polygons, height, width))
    return {"size": [height, width], "segmentation": polygons, "pixels": pixels(rle)}


def rounded(values):
    return [round(float(value), 2) for value in values]


def ring(height, width, points, spread):
    """A star-shaped polygon about a random centre."""
    centre = random.random(2) * [width, height]
    angles = np.sort(random.random(points)) * 2 * np.pi
    radii = spread * (0.3 + random.random(points))
    corners = centre + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
    # As in COCO's files, corners lie inside the image.
    return rounded(np.clip(corners, 0, [width, height]).ravel())


cases = []
for index in range(40):
    height, width = int(random.integers(3, 40)), int(random.integers(3, 40))
    parts = 1 + index % 3
    shape = [ring(height, width, int(random.integers(3, 12)), width / 3) for _ in range(parts)]
    cases.append(polygon_case(height, width, shape))
# Corners on whole and half pixels, thin and degenerate shapes, corners beyond the border.
for shape in [
    [2, 2, 8, 2, 8, 6, 2, 6],
    [2.5, 2.5, 8.5, 2.5, 8.5, 6.5, 2.5, 6.5],
    [0, 0, 12, 0, 12, 10, 0, 10],
    [1, 1, 9, 1.2, 1, 1.4],
    [3, 1, 3.2, 9, 3.4, 1],
    [5, 5, 5, 5, 5, 5],
    [0, 9.9, 11.9, 0, 11.9, 9.9],
    [6, 2, 14, 4, 6, 12],
    [0.5, 0.5, 3, 9, 6, 0.5, 9, 9, 11, 0.5],
]:
    cases.append(polygon_case(10, 12, [[float(value) for value in shape]]))

for _ in range(12):
    height, width = int(random.integers(1, 30)), int(random.integers(1, 30))
    dense = (random.random((height, width)) < random.random()).astype(np.uint8)
    compressed = masks.encode(np.asfortranarray(dense))
    text = compressed["counts"].decode()
    flat = dense.T.ravel()
    changes = np.flatnonzero(np.diff(np.concatenate([[0], flat])))
    counts = np.diff(np.concatenate([[0], changes, [flat.size]])).tolist()
    assert pixels(masks.frPyObjects({"size": [height, width], "counts": counts}, height, width)) == (
        np.flatnonzero(dense).tolist()
    )
    for form in (text, counts):
        cases.append(
            {
                "size": [height, width],
                "segmentation": {"size": [height, width], "counts": form},
                "pixels": np.flatnonzero(dense).tolist(),
            }
        )

# A long run needs several characters and differences of runs may be negative.
large = np.zeros((600, 500), np.uint8)
large[200:203, 100] = 1
large[10:400, 300] = 1
large[550:, 499] = 1
text = masks.encode(np.asfortranarray(large))["counts"].decode()
cases.append(
    {
        "size": [600, 500],
        "segmentation": {"size": [600, 500], "counts": text},
        "pixels": np.flatnonzero(large).tolist(),
    }
)

path = Path(__file__).parent / "fixtures" / "coco-masks.json"
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
print(len(cases), path.stat().st_size)
