import type { Mask } from './mask-box.js';

/**
 * Squared Euclidean distance of every pixel to the nearest pixel of a mask, exact, in two passes: to the nearest of
 * its column, then the lower envelope of parabolas along its row. The time grows with the pixels alone.
 * @returns Row-major; `Infinity` everywhere if the mask is empty.
 * @see https://doi.org/10.4086/toc.2012.v008a019
 */
export function squaredDistances({ height, width, data }: Mask): Float64Array {
  const squares = columnSquares(data, height, width);
  const row = new Float64Array(width);
  const corners = new Int32Array(width);
  const starts = new Float64Array(width + 1);
  for (let y = 0; y < height; y++) {
    row.set(squares.subarray(y * width, (y + 1) * width));
    const last = lowerEnvelope(row, corners, starts);
    for (let x = 0, k = 0; x < width && last >= 0; x++) {
      while (k < last && (starts[k + 1] as number) < x) k += 1;
      const corner = corners[k] as number;
      squares[y * width + x] = (x - corner) * (x - corner) + (row[corner] as number);
    }
  }
  return squares;
}

/** Squared distances within columns. */
function columnSquares(data: Uint8Array, height: number, width: number): Float64Array {
  const squares = new Float64Array(height * width).fill(Infinity);
  for (const upwards of [false, true]) {
    const distances = new Float64Array(width).fill(Infinity);
    for (let step = 0; step < height; step++) {
      const y = upwards ? height - 1 - step : step;
      for (let x = 0, i = y * width; x < width; x++, i++) {
        const distance = data[i] === 0 ? (distances[x] as number) + 1 : 0;
        distances[x] = distance;
        squares[i] = Math.min(squares[i] as number, distance * distance);
      }
    }
  }
  return squares;
}

/**
 * The parabolas `(x - c)^2 + row[c]` that are lowest somewhere.
 * @param corners - Their `c`, ascending.
 * @param starts - Where each becomes the lowest.
 * @returns Index of the last; -1 if all are infinite.
 */
function lowerEnvelope(row: Float64Array, corners: Int32Array, starts: Float64Array): number {
  let last = -1;
  for (let c = 0; c < row.length; c++) {
    const height = row[c] as number;
    if (height === Infinity) continue;
    let start = -Infinity;
    while (last >= 0) {
      const before = corners[last] as number;
      start = (height + c * c - (row[before] as number) - before * before) / (2 * (c - before));
      if (start > (starts[last] as number)) break;
      last -= 1;
      start = -Infinity;
    }
    last += 1;
    corners[last] = c;
    starts[last] = start;
  }
  return last;
}
