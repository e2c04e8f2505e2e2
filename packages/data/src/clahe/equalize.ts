import type { Size } from '@segkit/core';

import { levels, tileCurves, type TileCurves } from './tile-curves.js';

/** Which two tiles a row or a column lies between, and how far from the first. */
interface Between {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float64Array;
}

function betweenTiles(length: number, side: number, tiles: number): Between {
  const first = new Int32Array(length);
  const second = new Int32Array(length);
  const share = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const position = i / side - 0.5;
    const low = Math.floor(position);
    first[i] = Math.max(0, low);
    second[i] = Math.min(tiles - 1, low + 1);
    share[i] = position - low;
  }
  return { first, second, share };
}

/**
 * Contrast-limited adaptive histogram equalisation of one channel, as OpenCV's `CLAHE`, before it rounds to 8 bits:
 * every tile has a curve, and a pixel's new value lies between those of the four nearest tiles.
 * @param values - In [0, 1]; read as 256 levels.
 * @returns Values in [0, 1].
 */
export function equalizeAdaptively(
  values: Float32Array,
  size: Size,
  { tiles, clipLimit }: { readonly tiles: number; readonly clipLimit: number },
): Float32Array {
  const brightness = new Uint8Array(values.length);
  // Values are not negative, so that adding a half rounds.
  for (let i = 0; i < values.length; i++) brightness[i] = 255 * (values[i] as number) + 0.5;
  return applyCurves(brightness, size, tileCurves(brightness, size, tiles, clipLimit));
}

function applyCurves(
  brightness: Uint8Array,
  { height, width }: Size,
  { tile, tiles, curves }: TileCurves,
): Float32Array {
  const equalized = new Float32Array(brightness.length);
  const rows = betweenTiles(height, tile.height, tiles);
  const columns = betweenTiles(width, tile.width, tiles);
  for (let y = 0, i = 0; y < height; y++) {
    const upper = (rows.first[y] as number) * tiles;
    const lower = (rows.second[y] as number) * tiles;
    const down = rows.share[y] as number;
    for (let x = 0; x < width; x++, i++) {
      const level = brightness[i] as number;
      const left = columns.first[x] as number;
      const right = columns.second[x] as number;
      const across = columns.share[x] as number;
      const upperLeft = curves[(upper + left) * levels + level] as number;
      const upperRight = curves[(upper + right) * levels + level] as number;
      const lowerLeft = curves[(lower + left) * levels + level] as number;
      const lowerRight = curves[(lower + right) * levels + level] as number;
      const above = upperLeft + (upperRight - upperLeft) * across;
      const below = lowerLeft + (lowerRight - lowerLeft) * across;
      equalized[i] = (above + (below - above) * down) / (levels - 1);
    }
  }
  return equalized;
}
