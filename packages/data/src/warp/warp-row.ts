import type { Raster } from '@segkit/core';

import type { RowTaps } from './row-taps.js';

/**
 * Blends every pixel of a row of four source pixels.
 * @param source - Padded as the taps expect.
 * @param target - The output's values; channels as the source.
 * @param start - Index of the row's first value in `target`.
 */
export function blendRow(
  source: Raster<Float32Array>,
  target: Float32Array,
  start: number,
  taps: RowTaps,
): void {
  if (source.channels === 1) blendGray(source, target, start, taps);
  else if (source.channels === 3) blendColor(source, target, start, taps);
  else blendChannels(source, target, start, taps);
}

/** Values to the pixel at the right and to the pixel below, where there is one. */
function steps({ height, width, channels }: Raster<Float32Array>): [number, number] {
  return [width > 1 ? channels : 0, height > 1 ? width * channels : 0];
}

function blendGray(
  source: Raster<Float32Array>,
  target: Float32Array,
  start: number,
  { at, across, down }: RowTaps,
): void {
  const { data } = source;
  const [right, below] = steps(source);
  for (let x = 0; x < at.length; x++) {
    const i = at[x] as number;
    const a = across[x] as number;
    const upperLeft = data[i] as number;
    const lowerLeft = data[i + below] as number;
    const upper = upperLeft + ((data[i + right] as number) - upperLeft) * a;
    const lower = lowerLeft + ((data[i + below + right] as number) - lowerLeft) * a;
    target[start + x] = upper + (lower - upper) * (down[x] as number);
  }
}

function blendColor(
  source: Raster<Float32Array>,
  target: Float32Array,
  start: number,
  { at, across, down }: RowTaps,
): void {
  const { data } = source;
  const [right, below] = steps(source);
  for (let x = 0, to = start; x < at.length; x++, to += 3) {
    const i = 3 * (at[x] as number);
    const j = i + below;
    const a = across[x] as number;
    const d = down[x] as number;
    // The four pixels' shares: three channels use them, unlike in gray.
    const lowerRight = a * d;
    const lowerLeft = d - lowerRight;
    const upperRight = a - lowerRight;
    const upperLeft = 1 - a - lowerLeft;
    target[to] =
      upperLeft * (data[i] as number) +
      upperRight * (data[i + right] as number) +
      lowerLeft * (data[j] as number) +
      lowerRight * (data[j + right] as number);
    target[to + 1] =
      upperLeft * (data[i + 1] as number) +
      upperRight * (data[i + right + 1] as number) +
      lowerLeft * (data[j + 1] as number) +
      lowerRight * (data[j + right + 1] as number);
    target[to + 2] =
      upperLeft * (data[i + 2] as number) +
      upperRight * (data[i + right + 2] as number) +
      lowerLeft * (data[j + 2] as number) +
      lowerRight * (data[j + right + 2] as number);
  }
}

function blendChannels(
  source: Raster<Float32Array>,
  target: Float32Array,
  start: number,
  { at, across, down }: RowTaps,
): void {
  const { channels, data } = source;
  const [right, below] = steps(source);
  for (let x = 0, to = start; x < at.length; x++) {
    const first = channels * (at[x] as number);
    const a = across[x] as number;
    const d = down[x] as number;
    for (let i = first; i < first + channels; i++, to++) {
      const upperLeft = data[i] as number;
      const lowerLeft = data[i + below] as number;
      const upper = upperLeft + ((data[i + right] as number) - upperLeft) * a;
      const lower = lowerLeft + ((data[i + below + right] as number) - lowerLeft) * a;
      target[to] = upper + (lower - upper) * d;
    }
  }
}

/**
 * Picks the nearest pixel for every pixel of a row.
 * @param source - One channel, without padding.
 * @param start - Index of the row's first value in `target`.
 * @param outside - Value of pixels that come from outside.
 */
export function pickRow<T extends Int32Array | Float32Array>(
  source: T,
  target: T,
  start: number,
  { nearest }: RowTaps,
  outside: number,
): void {
  for (let x = 0; x < nearest.length; x++) {
    const from = nearest[x] as number;
    target[start + x] = from < 0 ? outside : (source[from] as number);
  }
}
