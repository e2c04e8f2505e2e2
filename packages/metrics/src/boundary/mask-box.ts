import type { Raster } from '@segkit/core';

/** A mask: one channel of 0 and 1. */
export type Mask = Raster<Uint8Array>;

/** Two masks of one class, cut to the smallest box that holds both. */
export interface MaskPair {
  readonly truth: Mask;
  readonly prediction: Mask;
}

/**
 * The pixels of a class in truth and prediction, cut to the smallest box around both; pixels ignored in the truth
 * belong to no class in either. Outside the box is nothing, so contours and distances between them are unchanged.
 * @returns `undefined` if the class is in neither.
 */
export function maskBox(
  truth: Raster<Int32Array>,
  prediction: Raster<Int32Array>,
  label: number,
  ignoreIndex: number,
): MaskPair | undefined {
  const { height, width } = truth;
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const t = truth.data[i];
      if (t === ignoreIndex || (t !== label && prediction.data[i] !== label)) continue;
      if (y < top) top = y;
      bottom = y;
      if (x < left) left = x;
      if (x > right) right = x;
    }
  }
  if (bottom < 0) return undefined;
  const size = { height: bottom - top + 1, width: right - left + 1, channels: 1 };
  const inside = {
    truth: new Uint8Array(size.height * size.width),
    prediction: new Uint8Array(size.height * size.width),
  };
  for (let y = top, to = 0; y <= bottom; y++) {
    for (let x = left; x <= right; x++, to++) {
      const i = y * width + x;
      if (truth.data[i] === ignoreIndex) continue;
      inside.truth[to] = truth.data[i] === label ? 1 : 0;
      inside.prediction[to] = prediction.data[i] === label ? 1 : 0;
    }
  }
  return {
    truth: { ...size, data: inside.truth },
    prediction: { ...size, data: inside.prediction },
  };
}
