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
  if (fill !== 0) gathered.fill(fill);
  // Counted loops without calls: this is most of what augmentation costs.
  for (let y = 0, to = 0; y < rows.length; y++) {
    const row = rows[y] as number;
    for (let x = 0; x < columns.length; x++, to += channels) {
      const column = columns[x] as number;
      if (row < 0 || column < 0) continue;
      const from = (row * width + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        gathered[to + channel] = data[from + channel] as number;
      }
    }
  }
  return { height: rows.length, width: columns.length, channels, data: gathered };
}

/** The indices of an axis: `indexOf(0), …, indexOf(length - 1)`. */
export function axisIndices(length: number, indexOf: (position: number) => number): Int32Array {
  return Int32Array.from({ length }, (_, position) => indexOf(position));
}
