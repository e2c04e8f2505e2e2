"""Makes oracles/fixtures/bootstrap.json: bootstrap percentile intervals of IoU with numpy, from draws that it stores.

Run: python3 oracles/bootstrap.py
"""

import json
from pathlib import Path

import numpy as np


def iou(confusion):
    with np.errstate(invalid="ignore"):
        hits = np.diag(confusion)
        return hits / (confusion.sum(0) + confusion.sum(1) - hits)


def case(rng, name, images, classes, resamples, level, absent=()):
    confusions = rng.integers(0, 60, (images, classes, classes)) + 90 * np.eye(classes, dtype=int)
    for image, k in absent:
        confusions[image, k, :] = confusions[image, :, k] = 0
    draws = rng.integers(0, images, (resamples, images))
    scores = np.array([iou(confusions[draw].sum(0)) for draw in draws])
    ends = [100 * (1 - level) / 2, 100 * (1 + level) / 2]
    interval = lambda values: np.percentile(values[~np.isnan(values)], ends).tolist()
    return {
        "name": name,
        "level": level,
        "confusions": confusions.reshape(images, -1).tolist(),
        "draws": draws.ravel().tolist(),
        "meanIoU": interval(np.nanmean(scores, 1)),
        "iou": [interval(scores[:, k]) for k in range(classes)],
    }


def main():
    rng = np.random.default_rng(4)
    cases = [
        case(rng, "two classes", 6, 2, 60, 0.95),
        case(rng, "four classes", 9, 4, 41, 0.9),
        case(rng, "a class in one image of three", 3, 3, 50, 0.95, absent=[(0, 2), (1, 2)]),
    ]
    path = Path(__file__).parent / "fixtures" / "bootstrap.json"
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    print(f"{path.stat().st_size} bytes", [c["meanIoU"] for c in cases])


if __name__ == "__main__":
    main()
