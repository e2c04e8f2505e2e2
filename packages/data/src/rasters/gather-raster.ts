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
  const result = { height: rows.length, width: columns.length, channels, data: gathered };
  const stride = columns.length * channels;
  const { lead, run } = longestRun(columns);
  const [before, after] = [columns.subarray(0, lead), columns.subarray(lead + run)];
  for (let y = 0; y < rows.length; y++) {
    const row = rows[y] as number;
    const to = y * stride;
    if (row < 0) {
      gathered.fill(fill, to, to + stride);
      continue;
    }
    // Neighbours that stay neighbours are copied at once, which is all of a crop and most of a padding.
    const from = (row * width + (columns[lead] ?? 0)) * channels;
    const start = to + lead * channels;
    if (run > 0) gathered.set(data.subarray(from, from + run * channels), start);
    gatherPixels(raster, result, { row, to }, before, fill);
    const rest = { row, to: start + run * channels };
    gatherPixels(raster, result, rest, after, fill);
  }
  return result;
}

/** Picks pixels of one row, one by one. */
function gatherPixels<T extends PixelArray>(
  { width, channels, data }: Raster<T>,
  { data: gathered }: Raster<T>,
  { row, to }: { readonly row: number; readonly to: number },
  columns: Int32Array,
  fill: number,
): void {
  const first = row * width;
  if (channels === 1) {
    for (let x = 0; x < columns.length; x++) {
      const column = columns[x] as number;
      gathered[to + x] = column < 0 ? fill : (data[first + column] as number);
    }
    return;
  }
  if (channels === 3) {
    for (let x = 0, next = to; x < columns.length; x++, next += 3) {
      const column = columns[x] as number;
      if (column < 0) {
        gathered.fill(fill, next, next + 3);
        continue;
      }
      const from = 3 * (first + column);
      gathered[next] = data[from] as number;
      gathered[next + 1] = data[from + 1] as number;
      gathered[next + 2] = data[from + 2] as number;
    }
    return;
  }
  for (let x = 0, next = to; x < columns.length; x++) {
    const column = columns[x] as number;
    const from = (first + column) * channels;
    for (let channel = 0; channel < channels; channel++) {
      gathered[next++] = column < 0 ? fill : (data[from + channel] as number);
    }
  }
}

/** The first run of ascending neighbours that is longer than half of the columns, if there is one. */
function longestRun(columns: Int32Array): { readonly lead: number; readonly run: number } {
  for (let start = 0; start < columns.length;) {
    let end = start + 1;
    while (end < columns.length && columns[end] === (columns[end - 1] as number) + 1) end++;
    const run = end - start;
    if ((columns[start] as number) >= 0 && 2 * run > columns.length) return { lead: start, run };
    start = end;
  }
  return { lead: 0, run: 0 };
}

/** The indices of an axis: `indexOf(0), …, indexOf(length - 1)`. */
export function axisIndices(length: number, indexOf: (position: number) => number): Int32Array {
  const indices = new Int32Array(length);
  for (let position = 0; position < length; position++) indices[position] = indexOf(position);
  return indices;
}
