import { connectedComponents, type Raster } from '@segkit/core';

import type { LabelPair } from '../expect-labels.js';

/** Ids of the objects of one class, row-major; 0 and below are no object. */
export interface ClassObjects {
  readonly truth: Int32Array;
  readonly prediction: Int32Array;
}

/** What decides which pixels make an object. */
export interface ObjectOptions {
  readonly ignoreIndex: number;
  readonly connectivity: 4 | 8;
}

/**
 * The objects of a class: true ones by instance id or, where the data set knows none, the connected components of the
 * class; predicted ones are connected components. Ignored pixels are taken out afterwards, so they split nothing.
 */
export function classObjects(
  { truth, prediction, instances }: LabelPair,
  label: number,
  { ignoreIndex, connectivity }: ObjectOptions,
): ClassObjects {
  const components = (labels: Raster<Int32Array>) =>
    connectedComponents({ ...labels, data: maskOf(labels, label) }, { connectivity }).data;
  const predicted = components(prediction).map((id, i) => (truth.data[i] === ignoreIndex ? 0 : id));
  const objects =
    instances === undefined
      ? components(truth)
      : instances.data.map((id, i) => (truth.data[i] === label ? id : 0));
  return { truth: objects, prediction: predicted };
}

function maskOf({ data }: Raster<Int32Array>, label: number): Uint8Array {
  return Uint8Array.from(data, (value) => (value === label ? 1 : 0));
}
