import type { Box } from '../tensor/box.js';
import { mirrorIndex } from '../tensor/mirror-raster.js';
import type { Raster } from '../tensor/raster.js';
import type { Size } from '../tensor/size.js';

/** An image that is read piece by piece, such as a file larger than memory. */
export interface ImageSource extends Size {
  readonly channels: number;
  /**
   * Reads a rectangle, which lies inside the image.
   * @returns `[box.height, box.width, channels]` float32 in [0, 1].
   */
  read(box: Box): Promise<Raster<Float32Array>>;
}

/** A raster in memory as a source. */
export function rasterSource(image: Raster<Float32Array>): ImageSource {
  const { height, width, channels } = image;
  return { height, width, channels, read: (box) => Promise.resolve(cut(image, box)) };
}

function cut(image: Raster<Float32Array>, box: Box): Raster<Float32Array> {
  const { channels } = image;
  if (box.height === image.height && box.width === image.width) return image;
  const data = new Float32Array(box.height * box.width * channels);
  for (let y = 0; y < box.height; y++) {
    const from = ((box.top + y) * image.width + box.left) * channels;
    data.set(image.data.subarray(from, from + box.width * channels), y * box.width * channels);
  }
  return { height: box.height, width: box.width, channels, data };
}

/**
 * Reads a rectangle that may reach outside of the image, where it is mirrored at the borders without repeating them.
 * @see https://arxiv.org/abs/1505.04597 (overlap-tile strategy: missing context is mirrored)
 */
export async function readMirrored(source: ImageSource, box: Box): Promise<Raster<Float32Array>> {
  const rows = indices(box.top, box.height, source.height);
  const columns = indices(box.left, box.width, source.width);
  const inside = {
    top: rows.first,
    left: columns.first,
    height: rows.count,
    width: columns.count,
  };
  const piece = await source.read(inside);
  if (rows.identity && columns.identity) return piece;
  const { channels } = piece;
  const data = new Float32Array(box.height * box.width * channels);
  for (let y = 0, to = 0; y < box.height; y++) {
    const row = (rows.at[y] as number) * inside.width;
    for (let x = 0; x < box.width; x++) {
      const from = (row + (columns.at[x] as number)) * channels;
      for (let c = 0; c < channels; c++) data[to++] = piece.data[from + c] as number;
    }
  }
  return { height: box.height, width: box.width, channels, data };
}

/** For positions `start..start+count-1` along an axis: which part of the image they show, and where in that part. */
function indices(start: number, count: number, length: number) {
  const mirrored = Int32Array.from({ length: count }, (_, i) => mirrorIndex(start + i, length));
  const first = mirrored.reduce((least, index) => Math.min(least, index), length - 1);
  const last = mirrored.reduce((most, index) => Math.max(most, index), 0);
  return {
    first,
    count: last - first + 1,
    at: mirrored.map((index) => index - first),
    identity: start >= 0 && start + count <= length,
  };
}
