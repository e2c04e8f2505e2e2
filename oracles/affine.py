"""Makes oracles/fixtures/affine.json: moved images and labels, by skimage.transform.warp.

The matrix is skimage's AffineTransform about the centre (width - 1, height - 1) / 2; images are warped with order 1,
labels with order 0.
Run: pip install scikit-image; python3 oracles/affine.py
"""

import json
from pathlib import Path

import numpy as np
from skimage.transform import AffineTransform, EuclideanTransform, warp

random = np.random.default_rng(11)


def flat(array):
    return [float(f"{value:.9g}") for value in np.asarray(array, dtype=np.float64).ravel()]


def about_center(height, width, rotate, scale_x, scale_y, shear, shift_x, shift_y):
    center = np.array([(width - 1) / 2, (height - 1) / 2])
    moved = AffineTransform(
        scale=(scale_x, scale_y), rotation=np.deg2rad(rotate), shear=np.deg2rad(shear), translation=(shift_x, shift_y)
    )
    return EuclideanTransform(translation=-center) + moved + EuclideanTransform(translation=center)


cases = []
for size, border, parameters in [
    ((9, 12), "reflect", dict(rotate=20, scale_x=1, scale_y=1, shear=0, shift_x=0, shift_y=0)),
    ((9, 12), "edge", dict(rotate=0, scale_x=0.7, scale_y=1.3, shear=0, shift_x=2.25, shift_y=-1.6)),
    ((10, 7), "constant", dict(rotate=0, scale_x=1, scale_y=1, shear=25, shift_x=0, shift_y=0)),
    ((11, 8), "constant", dict(rotate=-130, scale_x=1.2, scale_y=0.9, shear=-12, shift_x=1.3, shift_y=0.4)),
    ((8, 11), "reflect", dict(rotate=77, scale_x=0.45, scale_y=0.5, shear=30, shift_x=-3.7, shift_y=2.2)),
]:
    image = random.random((*size, 3)).astype(np.float32)
    labels = random.integers(0, 9, size)
    inverse = about_center(*size, **parameters).inverse
    moved = warp(image.astype(np.float64), inverse, order=1, mode=border, cval=0.25)
    # Beyond the border there are no labels: -1 marks them.
    nearest = warp(labels.astype(np.float64), inverse, order=0, mode=border, cval=-1, preserve_range=True)
    dropped = warp(labels.astype(np.float64), inverse, order=0, mode="constant", cval=-1, preserve_range=True)
    camel = {"scale_x": "scaleX", "scale_y": "scaleY", "shift_x": "shiftX", "shift_y": "shiftY"}
    cases.append({
        "height": size[0], "width": size[1], "border": border, "fill": 0.25,
        "parameters": {camel.get(key, key): value for key, value in parameters.items()},
        "image": flat(image), "moved": flat(moved), "labels": labels.ravel().tolist(),
        "nearest": nearest.ravel().astype(int).tolist(), "dropped": dropped.ravel().astype(int).tolist(),
    })

path = Path(__file__).parent / "fixtures" / "affine.json"
path.write_text(json.dumps({"cases": cases}, separators=(",", ":")) + "\n")
