"""Connected components and outlines of random labels, by SciPy and GDAL (rasterio); writes fixtures/objects.json.

pip install scipy rasterio shapely
"""

import json
from pathlib import Path

import numpy as np
import rasterio.features
from scipy import ndimage
from shapely.geometry import shape

rng = np.random.default_rng(5)
# Smoothed noise: blobs with holes, corners that touch, and single pixels.
noise = ndimage.gaussian_filter(rng.normal(size=(40, 57)), 0.9)
labels = np.digitize(noise, [0.05, 0.35]).astype(np.int32)

ids = np.zeros(labels.shape, np.int32)
count = 0
for label in (1, 2):
    found, objects = ndimage.label(labels == label)
    ids[found > 0] = found[found > 0] + count
    count += objects
# Numbered by their first pixels.
order = {old: new + 1 for new, old in enumerate(dict.fromkeys(ids[ids > 0].tolist()))}
ids = np.vectorize(lambda old: order.get(old, 0))(ids)

polygons = [None] * count
for geometry, value in rasterio.features.shapes(ids.astype(np.int32), mask=ids > 0, connectivity=4):
    polygon = shape(geometry)
    assert polygon.is_valid
    rings = geometry["coordinates"]
    polygons[int(value) - 1] = {
        "label": int(labels[ids == value][0]),
        "area": int(polygon.area),
        "rings": len(rings),
        "corners": sum(len(ring) - 1 for ring in rings),
    }

out = Path(__file__).parent / "fixtures" / "objects.json"
out.write_text(
    json.dumps(
        {
            "height": labels.shape[0],
            "width": labels.shape[1],
            "labels": "".join(map(str, labels.ravel())),
            "ids": ids.ravel().tolist(),
            "polygons": polygons,
        },
        separators=(",", ":"),
    )
    + "\n"
)
print(count, "objects,", sum(p["rings"] for p in polygons) - count, "holes")
