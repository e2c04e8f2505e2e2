"""TIFF files of other programs, for the readers of @segkit/data.

Makes oracles/fixtures/tiffs/: stacks of pages as ImageJ (through tifffile) and Pillow write them, and values.json with
the pixels that went in, page by page and row by row.
Run: pip install tifffile pillow numpy && python3 oracles/tiff_files.py
"""

import json
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

random = np.random.default_rng(0)
folder = Path(__file__).parent / "fixtures" / "tiffs"
folder.mkdir(exist_ok=True)

volume = random.integers(0, 256, (3, 4, 5), np.uint8)
labels = np.where(random.random((3, 4, 5)) < 0.3, 0, 255).astype(np.uint8)
wide = random.integers(0, 65536, (2, 3, 4), np.uint16)
floats = random.random((2, 3, 4), np.float32)
pages = {
    "volume.tif": volume,
    "labels.tif": labels,
    "wide.tif": wide,
    "floats.tif": floats,
}
tifffile.imwrite(folder / "volume.tif", volume, imagej=True)
tifffile.imwrite(folder / "labels.tif", labels, imagej=True)
tifffile.imwrite(folder / "wide.tif", wide, bigtiff=True, photometric="minisblack", compression="zlib")
first, *rest = [Image.fromarray(page) for page in floats]
first.save(folder / "floats.tif", save_all=True, append_images=rest)

five = np.zeros((2, 3, 5), np.uint8)
tifffile.imwrite(folder / "five-channels.tif", five, photometric="minisblack", planarconfig="contig")

# As GDAL adds overviews to a GeoTIFF: smaller copies and a mask of valid pixels after the image, marked as such.
layers = random.integers(0, 256, (4, 6), np.uint8)
for name, big in (("overviews.tif", False), ("overviews-big.tif", True)):
    pages[name] = layers[None]
    with tifffile.TiffWriter(folder / name, bigtiff=big, byteorder=">" if big else "<") as writer:
        writer.write(layers, photometric="minisblack")
        writer.write(layers[::2, ::2], photometric="minisblack", subfiletype=1)
        writer.write(np.ones((4, 6), bool), photometric="mask", subfiletype=4)

values = {name: stack.reshape(len(stack), -1).tolist() for name, stack in pages.items()}
(folder / "values.json").write_text(json.dumps(values) + "\n")
