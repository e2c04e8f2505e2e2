"""Expected values of the raster functions of @segkit/data.

Makes oracles/fixtures/data-rasters.json: inputs as HWC lists with what PyTorch's interpolate
(bilinear with align_corners=False, with antialias=True too, nearest-exact), numpy.pad(mode='reflect') and numpy.rot90 make of them.
Run: python3 oracles/data-rasters.py
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

random = np.random.default_rng(0)


def raster(array):
    """An HWC array as the tests read it."""
    height, width, channels = array.shape
    data = [float(f"{value:.8g}") for value in array.astype(np.float64).ravel()]
    return {"height": height, "width": width, "channels": channels, "data": data}


def interpolate(array, size, **options):
    tensor = torch.from_numpy(array).permute(2, 0, 1)[None]
    return F.interpolate(tensor, size=size, **options)[0].permute(1, 2, 0).numpy()


resizes = []
for shape, size in [((5, 7, 2), (8, 4)), ((3, 3, 1), (7, 9)), ((6, 4, 3), (3, 2)), ((1, 5, 1), (4, 3))]:
    source = random.random(shape, dtype=np.float32)
    resizes.append({
        "input": raster(source),
        "bilinear": raster(interpolate(source, size, mode="bilinear", align_corners=False)),
        "antialiased": raster(interpolate(source, size, mode="bilinear", antialias=True)),
        "nearest": raster(interpolate(source, size, mode="nearest-exact")),
    })

pads = []
for shape, size in [((3, 4, 2), (5, 6)), ((2, 3, 1), (7, 9)), ((1, 2, 1), (3, 5))]:
    source = random.random(shape, dtype=np.float32)
    amount = ((0, size[0] - shape[0]), (0, size[1] - shape[1]), (0, 0))
    pads.append({"input": raster(source), "reflect": raster(np.pad(source, amount, mode="reflect"))})

turned = random.random((2, 3, 2), dtype=np.float32)
rotations = {"input": raster(turned), "turns": [raster(np.rot90(turned, k)) for k in range(4)]}

path = Path(__file__).parent / "fixtures" / "data-rasters.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps({"resizes": resizes, "pads": pads, "rotations": rotations}) + "\n")
