import { mirrorIndex, type Size } from '@segkit/core';

/** Levels of brightness that are told apart, as in 8-bit images. */
export const levels = 256;

/** Curves of brightness, one for every tile of an image. */
export interface TileCurves {
  /** Size of a tile in pixels. */
  readonly tile: Size;
  /** Tiles along each side. */
  readonly tiles: number;
  /** `levels` new levels for every tile, row by row. */
  readonly curves: Float64Array;
}

/** Cuts the peaks of a histogram and spreads what was cut off evenly over all levels. */
function clipHistogram(histogram: Int32Array, limit: number): void {
  let excess = 0;
  for (let level = 0; level < levels; level++) {
    const over = (histogram[level] as number) - limit;
    if (over <= 0) continue;
    excess += over;
    histogram[level] = limit;
  }
  const share = Math.floor(excess / levels);
  let rest = excess - share * levels;
  const step = rest === 0 ? levels : Math.max(1, Math.floor(levels / rest));
  for (let level = 0; level < levels; level++) {
    const more = rest > 0 && level % step === 0;
    if (more) rest--;
    histogram[level] = (histogram[level] as number) + share + Number(more);
  }
}

/**
 * Equalises the histogram of every tile, as OpenCV does. Images whose sides are not multiples of `tiles` are continued
 * by their mirror image at the bottom and the right.
 * @param brightness - Levels of all pixels, row by row.
 * @param clipLimit - No level may hold more than this many times the mean.
 */
export function tileCurves(
  brightness: Uint8Array,
  { height, width }: Size,
  tiles: number,
  clipLimit: number,
): TileCurves {
  // Where one side must be continued, OpenCV continues the other by a whole `tiles` too.
  const exact = height % tiles === 0 && width % tiles === 0;
  const tileSide = (length: number): number =>
    exact ? length / tiles : Math.floor(length / tiles) + 1;
  const tile = { height: tileSide(height), width: tileSide(width) };
  const area = tile.height * tile.width;
  const limit = Math.max(1, Math.floor((clipLimit * area) / levels));
  const rows = indicesOf(tiles * tile.height, height);
  const columns = indicesOf(tiles * tile.width, width);
  const curves = new Float64Array(tiles * tiles * levels);
  const histogram = new Int32Array(levels);
  const scale = Math.fround((levels - 1) / area);
  for (let index = 0; index < tiles * tiles; index++) {
    histogram.fill(0);
    const top = Math.floor(index / tiles) * tile.height;
    const left = (index % tiles) * tile.width;
    for (let y = top; y < top + tile.height; y++) {
      const row = (rows[y] as number) * width;
      for (let x = left; x < left + tile.width; x++) {
        const level = brightness[row + (columns[x] as number)] as number;
        histogram[level] = (histogram[level] as number) + 1;
      }
    }
    clipHistogram(histogram, limit);
    let sum = 0;
    for (let level = 0; level < levels; level++) {
      sum += histogram[level] as number;
      curves[index * levels + level] = roundHalfToEven(Math.fround(sum * scale));
    }
  }
  return { tile, tiles, curves };
}

/** OpenCV's rounding: a half goes to the even neighbour. */
function roundHalfToEven(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 === 1 ? up - 1 : up;
}

/** The pixel that each position of a continued side shows. */
function indicesOf(continued: number, length: number): Int32Array {
  return Int32Array.from({ length: continued }, (_, i) => mirrorIndex(i, length));
}
