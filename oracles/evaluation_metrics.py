"""Makes oracles/fixtures/evaluation-metrics.json: boundary, object and ISBI 2012 metrics.

- Hausdorff 95 and average symmetric surface distance: medpy.
- Boundary IoU (Cheng et al. 2021): the paper's formula over its erosion by a 3x3 square, with scipy.
- Boundary F1 (Csurka et al. 2013): precision and recall of contours by scipy's exact distances.
- Adapted Rand error and variation of information: scikit-image. V-Rand and V-Info: Arganda-Carreras et al. 2015, (1), (2).
- Warping error (Jain et al. 2010): simple points by counting components in 3x3 windows with scipy, flipped in the passes
  of the challenge's evaluation.
- Objects: every pair of masks by brute force; AJI as in Kumar et al. 2017, panoptic quality as in Kirillov et al. 2019,
  the score of the Data Science Bowl 2018 as on its page.

Truth and prediction are rows of digits, one string a row; '.' are ignored pixels. NaN is written as null.
Run: pip install numpy scipy scikit-image medpy; python3 oracles/evaluation_metrics.py
"""

import json
import math
from pathlib import Path

import numpy as np
from medpy.metric.binary import assd, hd95
from scipy import ndimage
from skimage.metrics import adapted_rand_error, variation_of_information

IGNORE = 255
CROSS = ndimage.generate_binary_structure(2, 1)
SQUARE = ndimage.generate_binary_structure(2, 2)


# ---------------------------------------------------------------------------------------------------------- boundary


def band(mask, ratio):
    """The pixels of a mask within a distance of its contour; the image's border is part of it."""
    distance = max(1, int(np.floor(ratio * math.hypot(*mask.shape) + 0.5)))
    padded = np.pad(mask, 1)
    return mask & ~ndimage.binary_erosion(padded, SQUARE, iterations=distance)[1:-1, 1:-1]


def contour(mask):
    return mask ^ ndimage.binary_erosion(mask, CROSS)


def boundary_f1(truth, prediction, tolerance):
    theta = max(1.0, tolerance * math.hypot(*truth.shape))
    t, p = contour(truth), contour(prediction)
    if not t.any() or not p.any():
        return 0.0
    precision = (ndimage.distance_transform_edt(~t)[p] <= theta).mean()
    recall = (ndimage.distance_transform_edt(~p)[t] <= theta).mean()
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


def boundary_of(images, classes, ratio=0.02, tolerance=0.0075):
    """Per class: boundary IoU over all images; the other scores are means over the images that hold the class."""
    rows = []
    for k in range(classes):
        intersection = union = 0
        f1, hausdorff, surface = [], [], []
        for truth, prediction in images:
            valid = truth != IGNORE
            t, p = (truth == k) & valid, (prediction == k) & valid
            bt, bp = band(t, ratio), band(p, ratio)
            intersection += (bt & bp).sum()
            union += (bt | bp).sum()
            if not t.any() and not p.any():
                continue
            f1.append(boundary_f1(t, p, tolerance))
            both = t.any() and p.any()
            diagonal = math.hypot(*truth.shape)
            hausdorff.append(hd95(p, t) if both else diagonal)
            surface.append(assd(p, t) if both else diagonal)
        mean = lambda values: float(np.mean(values)) if values else math.nan
        rows.append(
            {
                "boundaryIoU": intersection / union if union else math.nan,
                "boundaryF1": mean(f1),
                "hausdorff95": mean(hausdorff),
                "surfaceDistance": mean(surface),
            }
        )
    return rows


# ---------------------------------------------------------------------------------------------------------- ISBI 2012


def is_simple(window):
    """Flipping the centre changes no topology: one object over edges beside it, one separator over edges and corners."""
    inside = window.astype(bool).copy()
    outside = ~inside
    inside[1, 1] = outside[1, 1] = False
    objects, _ = ndimage.label(inside, CROSS)
    beside = {objects[0, 1], objects[1, 0], objects[1, 2], objects[2, 1]} - {0}
    _, gaps = ndimage.label(outside, SQUARE)
    return len(beside) == 1 and gaps == 1


def warping_error(truth, prediction, valid, confidence=None):
    source = np.pad(np.where(valid, truth, prediction), 1)
    target = np.pad(prediction, 1)
    before = -1
    while True:
        # Columns from the left, each from the top; the surest first.
        mismatches = [(y, x) for x, y in zip(*np.nonzero((source != target).T))]
        if confidence is not None:
            mismatches.sort(key=lambda at: -confidence[at[0] - 1, at[1] - 1])
        if len(mismatches) == before or not mismatches:
            return len(mismatches) / valid.sum()
        before = len(mismatches)
        for y, x in mismatches:
            if is_simple(source[y - 1 : y + 2, x - 1 : x + 2]):
                source[y, x] = not source[y, x]


def entropy(counts):
    p = counts / counts.sum()
    return float(-(p * np.log2(p)).sum())


def isbi_of(truth, prediction, separator, confidence=None):
    valid = truth != IGNORE
    if not valid.any():
        return {}
    t, p = (truth != separator) & valid, prediction != separator
    segments, _ = ndimage.label(t)
    proposed, _ = ndimage.label(p)
    inside = segments > 0
    scores = {
        "pixelError": float((t != p)[valid].mean()),
        "warpingError": warping_error(t, p, valid, confidence),
    }
    nan = dict.fromkeys(["randError", "splitInformation", "mergeInformation", "vRand", "vInfo"], math.nan)
    if not inside.any():
        return {**scores, **nan}
    error, _, _ = adapted_rand_error(segments, proposed, ignore_labels=(0,))
    merges_splits = variation_of_information(segments, proposed, ignore_labels=(0,))
    table = np.zeros((segments.max() + 1, proposed.max() + 1))
    np.add.at(table, (segments[inside], proposed[inside]), 1)
    s, q = table.sum(1), table.sum(0)
    v_rand = (table**2).sum() / (0.5 * (s**2).sum() + 0.5 * (q**2).sum())
    hs, hq, joint = entropy(s[s > 0]), entropy(q[q > 0]), entropy(table[table > 0])
    return {
        **scores,
        "randError": float(error),
        "splitInformation": float(merges_splits[0]),
        "mergeInformation": float(merges_splits[1]),
        "vRand": float(v_rand),
        "vInfo": (hs + hq - joint) / (0.5 * hs + 0.5 * hq) if hs + hq > 0 else 1.0,
    }


def best_over_thresholds(images, thresholds):
    """Means over images at each threshold of the objects' probability, and the best of each score."""
    rows = []
    for threshold in thresholds:
        scores = []
        for truth, percent in images:
            probability = (percent / 100).astype(np.float32)
            confidence = np.abs(probability.astype(np.float64) - threshold).astype(np.float32)
            scores.append(isbi_of(truth, (probability.astype(np.float64) > threshold).astype(int), 0, confidence))
        rows.append({name: float(np.mean([s[name] for s in scores])) for name in scores[0]})
    information = min(rows, key=lambda row: row["splitInformation"] + row["mergeInformation"])
    best = {name: min(row[name] for row in rows) for name in ["pixelError", "warpingError", "randError"]}
    best |= {name: max(row[name] for row in rows) for name in ["vRand", "vInfo"]}
    return best | {name: information[name] for name in ["splitInformation", "mergeInformation"]}


# ------------------------------------------------------------------------------------------------------------ objects


def masks_of(objects):
    return [objects == i for i in np.unique(objects) if i > 0]


def pair_table(truth, prediction):
    inter = np.array([[(t & p).sum() for p in prediction] for t in truth]).reshape(len(truth), len(prediction))
    union = np.array([[(t | p).sum() for p in prediction] for t in truth]).reshape(len(truth), len(prediction))
    return inter.astype(float), union.astype(float)


def aji_of(truth, prediction, inter, union):
    if not truth and not prediction:
        return math.nan
    common, together, used = 0.0, 0.0, set()
    for i, mask in enumerate(truth):
        ious = inter[i] / union[i] if len(prediction) else np.zeros(0)
        if len(ious) == 0 or ious.max() == 0:
            together += mask.sum()
            continue
        j = int(ious.argmax())
        common += inter[i, j]
        together += union[i, j]
        used.add(j)
    together += sum(mask.sum() for j, mask in enumerate(prediction) if j not in used)
    return common / together


def objects_of(images, classes, background=0):
    """`images` holds truth, prediction and the true instances or None."""
    rows = []
    for k in range(classes):
        if k == background:
            continue
        tp = fp = fn = 0
        quality = 0.0
        ajis, bowls = [], []
        for labels, predicted, instances in images:
            valid = labels != IGNORE
            of_class = (labels == k) & valid
            truth = np.where(of_class, ndimage.label(of_class)[0] if instances is None else instances, 0)
            prediction = np.where(valid, ndimage.label(predicted == k)[0], 0)
            t, p = masks_of(truth), masks_of(prediction)
            inter, union = pair_table(t, p)
            iou = inter / union if inter.size else np.zeros(inter.shape)
            hits = iou > 0.5
            tp, fp, fn = tp + hits.sum(), fp + len(p) - hits.sum(), fn + len(t) - hits.sum()
            quality += iou[hits].sum()
            ajis.append(aji_of(t, p, inter, union))
            if t or p:
                steps = np.arange(50, 100, 5) / 100
                counts = [(iou > step).sum() for step in steps]
                bowls.append(np.mean([n / (len(t) + len(p) - n) for n in counts]))
        ratio = lambda a, b: float(a / b) if b else math.nan
        mean = lambda values: float(np.mean(values)) if len(values) else math.nan
        rows.append(
            {
                "objectF1": ratio(2 * tp, 2 * tp + fp + fn),
                "objectPrecision": ratio(tp, tp + fp),
                "objectRecall": ratio(tp, tp + fn),
                "dsbScore": mean(bowls),
                "aji": mean([value for value in ajis if not math.isnan(value)]),
                "panopticQuality": ratio(2 * quality, 2 * tp + fp + fn),
                "segmentationQuality": ratio(quality, tp),
            }
        )
    return rows


# -------------------------------------------------------------------------------------------------------------- cases


def discs(rng, shape, count, radius):
    """Instance ids of discs; a later disc lies over an earlier one."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    ids = np.zeros(shape, int)
    for i in range(count):
        cy, cx, r = rng.uniform(0, shape[0]), rng.uniform(0, shape[1]), rng.uniform(*radius)
        ids[(y - cy) ** 2 + (x - cx) ** 2 <= r * r] = i + 1
    return ids


def warp(rng, labels, amount):
    """Moves pixels by a smooth field: what a network's outlines look like."""
    field = [ndimage.gaussian_filter(rng.standard_normal(labels.shape), 3) * amount * 12 for _ in range(2)]
    y, x = np.mgrid[: labels.shape[0], : labels.shape[1]]
    at = [np.clip(np.rint(axis + f), 0, n - 1).astype(int) for axis, f, n in zip((y, x), field, labels.shape)]
    return labels[at[0], at[1]]


def cells(rng, shape, seeds, width):
    """1 in the cells of a Voronoi diagram, 0 on the lines between them."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    points = rng.uniform(0, 1, (seeds, 2)) * shape
    distances = np.sort([np.hypot(y - py, x - px) for py, px in points], axis=0)
    return (distances[1] - distances[0] > width).astype(int)


def ignored(rng, labels):
    labels = labels.copy()
    y, x = rng.integers(2, labels.shape[0] - 8), rng.integers(2, labels.shape[1] - 8)
    labels[y : y + 6, x : x + 7] = IGNORE
    labels[rng.random(labels.shape) < 0.02] = IGNORE
    return labels


def rows_of(labels):
    return ["".join("." if value == IGNORE else str(value) for value in row) for row in labels]


def pair(truth, prediction):
    return {"truth": rows_of(truth), "prediction": rows_of(prediction)}


def blob_cases(rng):
    shape = (28, 34)
    blobs = [np.clip(discs(rng, shape, 6, (3, 7)) % 4, 0, 2) for _ in range(3)]
    yield "three classes", 3, [(b, warp(rng, b, 1.0)) for b in blobs]
    yield "ignored pixels", 3, [(ignored(rng, b), warp(rng, b, 1.5)) for b in blobs[:2]]
    base = np.minimum(blobs[0], 1)
    yield "empty prediction", 2, [(base, np.zeros(shape, int)), (base, warp(rng, base, 1.0))]
    yield "class nowhere", 3, [(base, warp(rng, base, 0.8))]
    yield "class only predicted", 3, [(base, np.where(blobs[1] == 2, 2, base))]
    point, other = np.zeros((9, 11), int), np.zeros((9, 11), int)
    point[4, 3] = other[4, 8] = 1
    yield "one pixel each", 2, [(point, other), (point, point)]
    edge = np.zeros((24, 18), int)
    edge[:9, :6] = edge[15:, 10:] = 1
    yield "at the image's borders", 2, [(edge, warp(rng, edge, 1.0)), (1 - edge, warp(rng, 1 - edge, 0.7))]
    full = np.ones((12, 10), int)
    yield "all of the image", 2, [(full, full), (full, np.where(np.arange(12)[:, None] < 6, 1, 0) * full)]
    yield "all ignored", 2, [(np.full((6, 7), IGNORE), np.ones((6, 7), int))]


def isbi_cases(rng):
    shape = (32, 30)
    base = cells(rng, shape, 7, 2.0)
    yield "moved lines", base, warp(rng, base, 0.7)
    broken = warp(rng, base, 0.5)
    broken[rng.random(shape) < 0.03] ^= 1
    yield "holes and gaps", base, broken
    yield "merged cells", base, np.where(np.arange(30) < 15, 1, base)
    yield "split cells", base, np.where((np.arange(32) % 11 == 5)[:, None], 0, base)
    yield "ignored pixels", ignored(rng, base), broken
    yield "equal", base, base
    yield "no cell predicted", base, np.zeros(shape, int)
    yield "one cell", np.ones((8, 9), int), np.ones((8, 9), int)
    yield "no cell", np.zeros((8, 9), int), np.zeros((8, 9), int)
    yield "noise", (rng.random((20, 22)) < 0.6).astype(int), (rng.random((20, 22)) < 0.6).astype(int)


def probability_images(rng):
    """Truth and the percentage of objects, as smooth as a network's."""
    for _ in range(2):
        truth = cells(rng, (26, 24), 6, 2.0)
        noise = ndimage.gaussian_filter(rng.standard_normal(truth.shape), 1.2) * 60
        smooth = ndimage.gaussian_filter(warp(rng, truth, 0.5).astype(float), 0.8) * 100
        yield truth, np.clip(np.rint(smooth + noise), 0, 99).astype(int)


def object_cases(rng):
    shape = (34, 38)
    ids = [discs(rng, shape, 10, (3, 6)) for _ in range(3)]
    labels = [(i > 0).astype(int) for i in ids]
    moved = [warp(rng, np.where(i % 5 == 4, 0, l), 0.8) for i, l in zip(ids, labels)]
    yield "touching discs", 2, [(l, m, i) for l, m, i in zip(labels, moved, ids)]
    yield "connected components", 2, [(l, m, None) for l, m in zip(labels, moved)]
    lines = [np.where(ndimage.grey_erosion(i, 3) == ndimage.grey_dilation(i, 3), l, 0) for i, l in zip(ids, labels)]
    yield "separated prediction", 2, [(l, p, i) for l, p, i in zip(labels, lines, ids)]
    two = [np.where(i > 0, 1 + i % 2, 0) for i in ids]
    yield "two classes of objects", 3, [(t, warp(rng, t, 0.6), i) for t, i in zip(two, ids)]
    yield "ignored pixels", 2, [(ignored(rng, labels[0]), moved[0], ids[0])]
    none = np.zeros((9, 8), int)
    dot = none.copy()
    dot[3, 3] = 1
    yield "nothing anywhere", 2, [(none, none, none)]
    yield "nothing predicted", 2, [(dot, none, dot), (dot, dot, dot)]
    yield "nothing there", 2, [(none, dot, none)]
    yield "sparse ids", 2, [(labels[0], moved[0], np.where(ids[0] > 0, 1000 * ids[0] + 7, 0))]


def clean(value):
    if isinstance(value, dict):
        return {key: clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [clean(inner) for inner in value]
    if isinstance(value, float):
        return None if math.isnan(value) else float(f"{value:.12g}")
    return value


def runs_of(ids):
    """Object ids as [id, length, id, length, ...]."""
    flat = ids.ravel()
    edges = np.flatnonzero(np.diff(flat)) + 1
    starts, ends = np.r_[0, edges], np.r_[edges, len(flat)]
    return [int(n) for start, end in zip(starts, ends) for n in (flat[start], end - start)]


def main():
    rng = np.random.default_rng(21)
    # No percentage is as far above a threshold as another is below: rounding decides nothing.
    thresholds = [0.303, 0.497, 0.703]
    images = list(probability_images(np.random.default_rng(8)))
    fixture = {
        "thresholds": [
            {
                "name": "thresholds",
                "thresholds": thresholds,
                "images": [{"truth": rows_of(t), "percent": p.ravel().tolist()} for t, p in images],
                "scores": best_over_thresholds(images, thresholds),
            }
        ],
        "boundary": [
            {"name": name, "classes": classes, "images": [pair(*image) for image in images]}
            | {"perClass": boundary_of(images, classes)}
            for name, classes, images in blob_cases(rng)
        ],
        "isbi2012": [
            {"name": name, **pair(truth, prediction), "scores": isbi_of(truth, prediction, 0)}
            for name, truth, prediction in isbi_cases(rng)
        ],
        "objects": [
            {
                "name": name,
                "classes": classes,
                "images": [
                    pair(t, p) | ({} if ids is None else {"instances": runs_of(ids)}) for t, p, ids in images
                ],
                "perClass": objects_of(images, classes),
            }
            for name, classes, images in object_cases(rng)
        ],
    }
    path = Path(__file__).parent / "fixtures" / "evaluation-metrics.json"
    path.write_text(json.dumps(clean(fixture), separators=(",", ":")) + "\n")
    for kind, cases in fixture.items():
        for case in cases:
            print(kind, case["name"], case.get("perClass") or case.get("scores"))
    print(f"{path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
