"""Makes oracles/fixtures/audit: two small splits of random images, and what numpy and scipy.ndimage count in them.

Regions are those of scipy.ndimage.label, class by class, connected over edges. Weights are written out from the papers:
median-frequency balancing (Eigen and Fergus 2015) and 1 / ln(1.02 + p) (ENet).
With paths of folders "images" and "masks" as arguments it prints the counts of those instead.
Run: pip install numpy scipy pillow; python3 oracles/audit.py
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

here = Path(__file__).parent / "fixtures" / "audit"


def statistics(folder_images, folder_masks, classes, ids=False):
    """Counts of a folder; masks hold class indices, or object ids; 255 is ignored if it is no id."""
    images = [np.asarray(Image.open(path), np.float64) / 255 for path in sorted(folder_images.iterdir())]
    masks = [np.asarray(Image.open(path)).astype(np.int64) for path in sorted(folder_masks.iterdir())]
    pixels = np.concatenate([image.reshape(-1, image.shape[2] if image.ndim == 3 else 1) for image in images])
    labels = [(mask > 0).astype(int) for mask in masks] if ids else masks
    per_image = np.array([[(label == c).sum() for c in range(classes)] for label in labels])
    counts = per_image.sum(0)
    share = counts / counts.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        frequency = np.array([counts[c] / per_image[per_image[:, c] > 0].sum() for c in range(classes)])
        median = np.nanmedian(frequency) / frequency
        log = np.where(counts > 0, 1 / np.log(1.02 + share), np.nan)
    objects = [[] for _ in range(classes)]
    touching = 0
    for mask, label in zip(masks, labels):
        if ids:
            regions, count, own = mask, mask.max(), lambda _: 1
            apart = (mask[1:] != mask[:-1]) & (mask[1:] > 0) & (mask[:-1] > 0)
            beside = (mask[:, 1:] != mask[:, :-1]) & (mask[:, 1:] > 0) & (mask[:, :-1] > 0)
            touching += len({*mask[1:][apart], *mask[:-1][apart], *mask[:, 1:][beside], *mask[:, :-1][beside]})
            found = [(1, regions, count)]
        else:
            found = [(c, *ndimage.label(label == c)) for c in range(1, classes)]
        for c, regions, count in found:
            for index, box in enumerate(ndimage.find_objects(regions), 1):
                if box is None:
                    continue
                extent = max(side.stop - side.start for side in box)
                objects[c].append([int((regions == index).sum()), extent])
    clean = lambda values: [None if np.isnan(value) else float(value) for value in values]
    return {
        "images": len(images),
        "mean": pixels.mean(0).tolist(), "std": pixels.std(0).tolist(),
        "pixels": counts.tolist(), "imagesWith": (per_image > 0).sum(0).tolist(),
        "ignored": int(sum((label == 255).sum() for label in labels)),
        "medianFrequency": clean(median), "log": clean(log),
        "areas": [sorted(area for area, _ in own) for own in objects],
        "extents": [sorted(extent for _, extent in own) for own in objects],
        "touching": touching if ids else None,
    }


def make():
    random = np.random.default_rng(11)
    for split, count in [("train", 4), ("validation", 2)]:
        for kind in ["images", "masks", "ids"]:
            (here / split / kind).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            height, width = (12, 15) if split == "validation" else (10 + i, 14)
            smooth = ndimage.gaussian_filter(random.standard_normal((height, width)), 1.2)
            mask = np.digitize(smooth, [0.02, 0.2, 0.45]).astype(np.uint8)
            if split == "train" and i == 1:
                mask[mask == 3] = 1
            mask[0, :3] = 255
            ids = ndimage.label(smooth > 0.1)[0]
            # Cut in two, so that some objects touch.
            ids[:, 7:] += (ids[:, 7:] > 0) * (ids.max() + 1)
            _, dense = np.unique(ids, return_inverse=True)
            image = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
            name = f"{i}.png"
            Image.fromarray(image).save(here / split / "images" / name)
            Image.fromarray(mask).save(here / split / "masks" / name)
            Image.fromarray(dense.reshape(height, width).astype(np.uint16)).save(here / split / "ids" / name)
    result = {}
    for split in ["train", "validation"]:
        result[split] = statistics(here / split / "images", here / split / "masks", 4)
        result[split + "Ids"] = statistics(here / split / "images", here / split / "ids", 2, ids=True)
    (here / "expected.json").write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        images, masks, classes, *ids = sys.argv[1:]
        result = statistics(Path(images), Path(masks), int(classes), bool(ids))
        for key in ["areas", "extents"]:
            result[key] = [[len(own), *(np.quantile(own, q, method="inverted_cdf") for q in (0, .05, .5, .95, 1))]
                           if own else None for own in result[key]]
        print(json.dumps(result, default=float, indent=1))
    else:
        make()
