import type { Raster } from '@segkit/core';

import type { RawMask } from '../reading/raw-mask.js';

/** The known value nearest to one, the smaller of two equally near. */
function nearest(value: number, known: readonly number[]): number {
  return known.reduce((best, other) =>
    Math.abs(other - value) < Math.abs(best - value) ? other : best,
  );
}

/**
 * Undoes what lossy compression did to a mask as far as that can be: every pixel gets the nearest known value. At borders
 * it may be that of a third class, which lies between two others.
 * @param mask - 8 bits; of three channels the mean counts.
 * @param meaning - The known values, at least one.
 * @returns One channel of known values.
 */
export function nearestValues(
  { height, width, channels, data }: RawMask,
  meaning: ReadonlyMap<number, number>,
): Raster<Uint16Array> {
  const known = [...meaning.keys()].sort((a, b) => a - b);
  const table = Uint16Array.from({ length: 256 }, (_, value) => nearest(value, known));
  const values = new Uint16Array(height * width);
  for (let i = 0; i < values.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data[i * channels + c] as number;
    values[i] = table[Math.round(sum / channels)] as number;
  }
  return { height, width, channels: 1, data: values };
}
