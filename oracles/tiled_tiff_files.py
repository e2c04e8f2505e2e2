"""Small TIFFs of many kinds, in fixtures/tiff: what tifffile and rasterio write, and where rasterio says that they lie.

pip install tifffile rasterio; python3 oracles/tiled_tiff_files.py
"""

from pathlib import Path

import numpy as np
import rasterio
import tifffile
from rasterio.transform import Affine

out = Path(__file__).parent / "fixtures" / "tiff"
out.mkdir(exist_ok=True)
rng = np.random.default_rng(1)
gray = rng.integers(0, 256, (40, 30), np.uint8)
rgb = rng.integers(0, 256, (40, 30, 3), np.uint8)

tifffile.imwrite(out / "big-endian-16.tif", rng.integers(0, 65536, (40, 30), np.uint16), byteorder=">", rowsperstrip=7)
tifffile.imwrite(
    out / "planes.tif", np.moveaxis(rgb, 2, 0), photometric="rgb", planarconfig="separate", rowsperstrip=7, metadata=None
)
# More rows than are decoded at once, in a single strip.
tall = rng.integers(0, 256, (1500, 3), np.uint8)
tifffile.imwrite(out / "one-strip.tif", tall, rowsperstrip=1500, metadata=None)
palette = rng.integers(0, 256, (3, 256)).astype(np.uint16) * 257
tifffile.imwrite(out / "palette.tif", gray % 7, photometric="palette", colormap=palette, metadata=None)
tifffile.imwrite(out / "pages.tif", np.stack([gray, gray]), photometric="minisblack", metadata=None)
tifffile.imwrite(out / "float.tif", gray.astype(np.float32), metadata=None)
with tifffile.TiffWriter(out / "pyramid.tif") as tif:
    base = rng.integers(0, 256, (64, 64), np.uint8)
    tif.write(base, tile=(16, 16), metadata=None)
    tif.write(base[::2, ::2], tile=(16, 16), subfiletype=1, metadata=None)


def geo(name, transform, crs, **tags):
    profile = {"driver": "GTiff", "height": 4, "width": 5, "count": 1, "dtype": "uint8"}
    with rasterio.open(out / name, "w", transform=transform, crs=crs, nodata=7, **profile) as file:
        file.update_tags(**tags)
        file.write(gray[:4, :5], 1)
    with rasterio.open(out / name) as file:
        print(name, tuple(file.transform)[:6], file.crs.to_epsg(), file.nodata)


geo("geo-area.tif", Affine(2, 0, 500000, 0, -3, 4649776), "EPSG:32633")
geo("geo-matrix.tif", Affine(2, 0.5, 10, -0.25, -3, 50), "EPSG:4326")
# GDAL's own coordinates are of corners always; the file's are of middles, half a pixel further.
geo("geo-point.tif", Affine(2, 0, 500000 - 1, 0, -3, 4649776 + 1.5), "EPSG:32633", AREA_OR_POINT="Point")
