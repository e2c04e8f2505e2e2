import type { PixelArray, Raster } from '@segkit/core';

/** A new array of the same type as `like`, filled with zeros. */
export function allocateLike<T extends PixelArray>(like: T, length: number): T {
  const Type = like.constructor as new (length: number) => T;
  return new Type(length);
}

/**
 * Picks rows and columns: `out(y, x) = in(rows[y], columns[x])`. Crops, flips, paddings and nearest-neighbour
 * resizing are all index maps of this kind.
 * @param rows - Source row of every output row; -1 makes a row of `fill`.
 * @param columns - Source column of every output column; -1 makes a column of `fill`.
 * @param fill - Value of pixels that have no source.
 * @returns A new raster of `rows.length` x `columns.length`.
 */
export function gatherRaster<T extends PixelArray>(
  raster: Raster<T>,
  rows: Int32Array,
  columns: Int32Array,
  fill = 0,
): Raster<T> {
  const { width, channels, data } = raster;
  const gathered = allocateLike(data, rows.length * columns.length * channels);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = row < 0 || column < 0 ? -1 : (row * width + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        gathered[to++] = from < 0 ? fill : (data[from + channel] as number);
      }
    }
  }
  return { height: rows.length, width: columns.length, channels, data: gathered };
}

/** The indices of an axis: `indexOf(0), …, indexOf(length - 1)`. */
export function axisIndices(length: number, indexOf: (position: number) => number): Int32Array {
  return Int32Array.from({ length }, (_, position) => indexOf(position));
}
