"""Makes oracles/fixtures/metrics.json: segmentation scores and PSNR written straight from their definitions.

Run: python3 oracles/metrics.py

Scores are computed with numpy from boolean masks of pixel sets, never from a confusion matrix. Each case holds
flat label maps per image (true labels, ignored pixels 255), the scores over all pixels and the per-image means.
NaN is written as null.
"""

import json
import math
from pathlib import Path

import numpy as np

IGNORE = 255


def ratio(numerator, denominator):
    return numerator / denominator if denominator > 0 else math.nan


def nanmean(values):
    values = [value for value in values if not math.isnan(value)]
    return sum(values) / len(values) if values else math.nan


def class_scores(truth, prediction, classes):
    valid = truth != IGNORE
    rows = []
    for k in range(classes):
        t = (truth == k) & valid
        p = (prediction == k) & valid
        both = int((t & p).sum())
        rows.append(
            {
                "iou": ratio(both, int((t | p).sum())),
                "dice": ratio(2 * both, int(t.sum()) + int(p.sum())),
                "precision": ratio(both, int(p.sum())),
                "recall": ratio(both, int(t.sum())),
                "pixels": int(t.sum()),
            }
        )
    return rows


def summary(truth, prediction, classes):
    rows = class_scores(truth, prediction, classes)
    valid = truth != IGNORE
    total = int(valid.sum())
    weighted = [row["pixels"] * row["iou"] for row in rows if row["pixels"] > 0]
    return {
        "meanIoU": nanmean([row["iou"] for row in rows]),
        "meanDice": nanmean([row["dice"] for row in rows]),
        "pixelAccuracy": ratio(int((truth == prediction)[valid].sum()), total),
        "meanClassAccuracy": nanmean([row["recall"] for row in rows]),
        "frequencyWeightedIoU": ratio(sum(weighted), total),
    }


def case(name, classes, images):
    truth = np.concatenate([t for t, _ in images])
    prediction = np.concatenate([p for _, p in images])
    per_image = [summary(t, p, classes) for t, p in images]
    per_image_iou = [[row["iou"] for row in class_scores(t, p, classes)] for t, p in images]
    return {
        "name": name,
        "classes": classes,
        "images": [{"truth": t.tolist(), "prediction": p.tolist()} for t, p in images],
        "perClass": class_scores(truth, prediction, classes),
        "summary": summary(truth, prediction, classes),
        "imageMeans": {key: nanmean([s[key] for s in per_image]) for key in per_image[0]},
        "imageIoU": [nanmean(column) for column in zip(*per_image_iou)],
    }


def random_images(rng, classes, sizes, absent=(), ignored=0.2, agreement=0.6):
    present = np.array([k for k in range(classes) if k not in absent])
    images = []
    for size in sizes:
        truth = rng.choice(present, size)
        prediction = np.where(rng.random(size) < agreement, truth, rng.choice(present, size))
        truth = np.where(rng.random(size) < ignored, IGNORE, truth)
        images.append((truth, prediction))
    return images


def psnr_case(rng, peak):
    target = (rng.random((4, 5, 3)) * peak).astype(np.float32)
    prediction = (target + 0.1 * peak * rng.standard_normal(target.shape)).astype(np.float32)
    error = np.mean((prediction.astype(np.float64) - target.astype(np.float64)) ** 2)
    return {
        "peak": peak,
        "height": 4,
        "width": 5,
        "channels": 3,
        "target": target.flatten().tolist(),
        "prediction": prediction.flatten().tolist(),
        "psnr": float(20 * np.log10(peak) - 10 * np.log10(error)),
    }


def clean(value):
    if isinstance(value, dict):
        return {key: clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [clean(inner) for inner in value]
    if isinstance(value, float):
        return None if math.isnan(value) else float(f"{value:.9g}")
    return value


def main():
    rng = np.random.default_rng(11)
    only_predicted = random_images(rng, 3, [40], absent=(2,), ignored=0)
    only_predicted[0][1][:7] = 2
    cases = [
        case("two classes", 2, random_images(rng, 2, [60], ignored=0)),
        case("ignored pixels", 4, random_images(rng, 4, [80, 50, 64])),
        case("absent classes", 6, random_images(rng, 6, [70, 30], absent=(1, 4))),
        case("class only predicted", 3, only_predicted),
        case("an image all ignored", 3, random_images(rng, 3, [30]) + random_images(rng, 3, [20], ignored=1)),
    ]
    fixture = {
        "ignoreIndex": IGNORE,
        "cases": cases,
        "psnr": [psnr_case(rng, 1.0), psnr_case(rng, 255.0)],
    }
    path = Path(__file__).parent / "fixtures" / "metrics.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(clean(fixture), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
