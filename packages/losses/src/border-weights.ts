import { connectedComponents, formatSize, sameSize, ShapeError, type Raster } from '@segkit/core';

import { classBalance } from './class-balance.js';
import { nearestTwoObjects } from './nearest-two-objects.js';

/** Settings of the border weight map. */
export interface BorderWeightOptions {
  /** Height of the border term. */
  readonly w0: number;
  /** Its width in pixels. */
  readonly sigma: number;
  readonly classBalance: boolean;
  readonly ignoreIndex: number;
}

/** Border weights below this are nothing in float32 beside class weights of about 1. */
const negligible = 1e-8;

/** Object ids without ignored pixels; connected foreground where the data set knows no objects. */
function objectsOf(
  labels: Raster<Int32Array>,
  instances: Raster<Int32Array> | undefined,
  ignoreIndex: number,
): Raster<Int32Array> {
  const { height, width } = labels;
  if (instances === undefined) {
    const data = Uint8Array.from(labels.data, (label) =>
      Number(label !== 0 && label !== ignoreIndex),
    );
    return connectedComponents({ height, width, channels: 1, data });
  }
  if (!sameSize(labels, instances)) {
    throw new ShapeError(
      `weighted-border-ce: instances must be ${formatSize(labels)} like the labels, received ${formatSize(instances)}.`,
    );
  }
  const data = instances.data.map((id, i) => (labels.data[i] === ignoreIndex ? 0 : id));
  return { height, width, channels: 1, data };
}

/**
 * The U-Net paper's weight map of one image: `w(x) = w_c(x) + w0 * exp(-(d1 + d2)**2 / (2 * sigma**2))`, where d1 and
 * d2 are the Euclidean distances in pixels from x to the nearest pixel of the nearest and of the second-nearest object.
 *
 * - Objects are the positive instance ids or, without them, the connected components (over edges) of the foreground:
 *   pixels that are neither class 0 nor ignored.
 * - The border term stands on background pixels only, those of no object: it is the gap between two objects that the
 *   network shall learn. With fewer than two objects it is 0.
 * - `w_c` is `N / (K * n_k)`, see `classBalance`, or 1 without class balance.
 * - Ignored pixels weigh 0.
 * @param labels - Class indices or `ignoreIndex`, one channel.
 * @param instances - Object ids; 0 is background.
 * @returns One channel of float32 weights.
 * @throws ShapeError if labels and instances differ in size.
 * @see https://arxiv.org/abs/1505.04597
 */
export function borderWeights(
  labels: Raster<Int32Array>,
  instances: Raster<Int32Array> | undefined,
  { w0, sigma, classBalance: balanced, ignoreIndex }: BorderWeightOptions,
): Raster<Float32Array> {
  const { height, width } = labels;
  const data = balanced
    ? classBalance(labels, ignoreIndex)
    : Float32Array.from(labels.data, (label) => Number(label !== ignoreIndex));
  if (w0 > negligible) {
    const objects = objectsOf(labels, instances, ignoreIndex);
    const limit = sigma * Math.sqrt(2 * Math.log(w0 / negligible));
    const { first, second } = nearestTwoObjects(objects, limit);
    for (let i = 0; i < data.length; i++) {
      const distance = (first[i] as number) + (second[i] as number);
      if (distance === Infinity || labels.data[i] === ignoreIndex) continue;
      const border = w0 * Math.exp(-(distance * distance) / (2 * sigma * sigma));
      data[i] = (data[i] as number) + border;
    }
  }
  return { height, width, channels: 1, data };
}
