"""U-Net border weight maps from scipy: one exact Euclidean distance transform per object, then the two smallest.

Objects are the positive instance ids, or scipy.ndimage.label of the foreground (4-connectivity). Each case stores the
labels, the instance ids if any, the options and the expected weights, row-major.

With SEGKIT_DATA, the maps of all images of the nuclei set too: of each, the sum, and the values at the eight highest and at
eight random pixels.

Run: python3 oracles/weight_map.py        (writes oracles/fixtures/weight-map.json; needs scipy and numpy)
     SEGKIT_DATA=… python3 oracles/weight_map.py nuclei    (writes weight-map-nuclei.json in some minutes; needs pillow)
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
from scipy import ndimage

IGNORE = 255
OUT = Path(__file__).parent / "fixtures" / "weight-map.json"
NUCLEI = OUT.with_name("weight-map-nuclei.json")


def weight_map(labels, instances, w0, sigma, class_balance):
    valid = labels != IGNORE
    classes, counts = np.unique(labels[valid], return_counts=True)
    weights = np.zeros(labels.shape)
    for k, n in zip(classes, counts):
        weights[labels == k] = valid.sum() / (len(classes) * n) if class_balance else 1.0
    if instances is None:
        objects, _ = ndimage.label((labels != 0) & valid)
    else:
        objects = np.where(valid, instances, 0)
    ids = [i for i in np.unique(objects) if i > 0]
    if len(ids) >= 2:
        nearest, second = np.full(labels.shape, np.inf), np.full(labels.shape, np.inf)
        for i in ids:
            distance = ndimage.distance_transform_edt(objects != i)
            second = np.minimum(second, np.maximum(nearest, distance))
            nearest = np.minimum(nearest, distance)
        border = w0 * np.exp(-((nearest + second) ** 2) / (2 * sigma**2))
        weights += np.where((objects == 0) & valid, border, 0)
    return weights


def discs(shape, centres):
    """Instance ids of discs (y, x, radius); a later disc lies over an earlier one."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    instances = np.zeros(shape, int)
    for i, (cy, cx, r) in enumerate(centres):
        instances[(y - cy) ** 2 + (x - cx) ** 2 <= r * r] = i + 1
    return instances


def make_cases():
    rng = np.random.default_rng(3)
    shape = (40, 48)
    touching = discs(shape, [(9, 10, 7), (12, 22, 6), (30, 14, 8), (28, 34, 9), (8, 40, 5)])
    yield "touching objects", (touching > 0).astype(int), touching, {}
    ignored = (touching > 0).astype(int)
    ignored[20:26, 5:40] = IGNORE
    ignored[rng.random(shape) < 0.05] = IGNORE
    yield "ignored pixels", ignored, touching, {"w0": 7.5, "sigma": 3}
    single = discs((20, 24), [(9, 10, 6)])
    yield "one object", (single > 0).astype(int), single, {}
    yield "no object", np.zeros((6, 9), int), np.zeros((6, 9), int), {}
    corner = np.zeros((12, 14), int)
    corner[2:5, 2:6] = 1
    corner[5:8, 6:9] = 2  # meets the first only at a corner: two objects over edges
    corner[8:10, 8:12] = 1
    yield "connected components of three classes", corner, None, {"classBalance": False}
    scattered = (rng.random((24, 30)) < 0.05).astype(int)
    yield "many single pixels", scattered, None, {"sigma": 2}
    wide = discs((24, 40), [(3, 3, 2), (20, 36, 3), (12, 16, 4)])
    yield "a wide border", (wide > 0).astype(int), wide, {"sigma": 40, "w0": 4}
    sparse = np.where(rng.random((20, 26)) < 0.3, rng.integers(1, 40, (20, 26)), 0)
    yield "scattered ids in pieces", (sparse > 0).astype(int), sparse, {"sigma": 4}


def main():
    cases = []
    for name, labels, instances, options in make_cases():
        settings = {"w0": 10, "sigma": 5, "classBalance": True, **options}
        weights = weight_map(labels, instances, settings["w0"], settings["sigma"], settings["classBalance"])
        case = {
            "name": name,
            "height": labels.shape[0],
            "width": labels.shape[1],
            "options": options,
            "labels": labels.reshape(-1).tolist(),
            "weights": [float(f"{w:.8g}") for w in weights.reshape(-1)],
        }
        if instances is not None:
            case["instances"] = instances.reshape(-1).tolist()
        cases.append(case)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    print(f"{OUT}: {len(cases)} cases, {OUT.stat().st_size} bytes")


def nuclei():
    from PIL import Image

    rng = np.random.default_rng(5)
    cases = {}
    for path in sorted((Path(os.environ["SEGKIT_DATA"]) / "nuclei_dsb2018" / "instances").glob("*.png")):
        instances = np.asarray(Image.open(path)).astype(int)
        weights = weight_map((instances > 0).astype(int), instances, 10, 5, True).reshape(-1)
        highest = np.argsort(-weights, kind="stable")[:8]
        pixels = np.concatenate([highest, rng.integers(0, weights.size, 8)])
        cases[path.stem] = {
            "sum": float(weights.sum()),
            "pixels": pixels.tolist(),
            "weights": [float(f"{w:.8g}") for w in weights[pixels]],
        }
    NUCLEI.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    print(f"{NUCLEI}: {len(cases)} images, {NUCLEI.stat().st_size} bytes")


if __name__ == "__main__":
    nuclei() if sys.argv[1:] == ["nuclei"] else main()
