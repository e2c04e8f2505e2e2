"""Compares a map that `segkit predict` wrote with the GeoTIFF that it was made of, as GDAL (rasterio) and tifffile read them.

pip install rasterio tifffile; python3 oracles/check_geotiff.py scene.tif maps/scene.tif
"""

import sys

import numpy as np
import rasterio
import tifffile

source, written = sys.argv[1:3]
with rasterio.open(source) as a, rasterio.open(written) as b:
    assert (a.height, a.width) == (b.height, b.width), "size"
    assert a.transform.almost_equals(b.transform), (a.transform, b.transform)
    assert a.crs == b.crs, (a.crs, b.crs)
    assert a.nodata == b.nodata, (a.nodata, b.nodata)
    assert b.profile["tiled"] and b.block_shapes[0] == (256, 256), b.block_shapes
    print(b.profile)
    band = b.read(1)
pixels = tifffile.imread(written)
assert np.array_equal(pixels if pixels.ndim == 2 else pixels[..., 0], band), "values"
print("same place, same values by both readers; values", np.unique(band)[:20])
