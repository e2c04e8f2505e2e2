import type { Raster } from './raster.js';
import type { Size } from './size.js';

/**
 * Index into `0..length-1` of a position outside it, mirrored at the borders without repeating them
 * (`… 2 1 | 0 1 2 | 1 0 …`), as often as needed.
 */
export function mirrorIndex(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((position % period) + period) % period;
  return folded < length ? folded : period - folded;
}

/**
 * Extends an image to a size by mirroring, the image in the middle (the odd pixel goes after).
 * @see https://arxiv.org/abs/1505.04597 (overlap-tile strategy: missing context is mirrored)
 */
export function mirrorPadRaster(image: Raster<Float32Array>, size: Size): Raster<Float32Array> {
  const { height, width, channels, data } = image;
  const top = Math.floor((size.height - height) / 2);
  const left = Math.floor((size.width - width) / 2);
  const padded = new Float32Array(size.height * size.width * channels);
  for (let y = 0; y < size.height; y++) {
    const row = mirrorIndex(y - top, height) * width;
    for (let x = 0; x < size.width; x++) {
      const from = (row + mirrorIndex(x - left, width)) * channels;
      const to = (y * size.width + x) * channels;
      for (let c = 0; c < channels; c++) padded[to + c] = data[from + c] as number;
    }
  }
  return { ...size, channels, data: padded };
}
