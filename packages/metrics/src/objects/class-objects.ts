import { connectedComponents, type Raster } from '@segkit/core';

import type { LabelPair } from '../expect-labels.js';

/** Objects of one class, numbered 1, 2, … without gaps; 0 is no object. Row-major. */
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
  return { truth: renumbered(objects), prediction: renumbered(predicted) };
}

function maskOf({ data }: Raster<Int32Array>, label: number): Uint8Array {
  return Uint8Array.from(data, (value) => (value === label ? 1 : 0));
}

/** Closes gaps in the ids, in their order; 0 and below are no object. */
function renumbered(ids: Int32Array): Int32Array {
  const known = [...new Set(ids)].filter((id) => id > 0).sort((a, b) => a - b);
  const numbers = new Map(known.map((id, index) => [id, index + 1]));
  return ids.map((id) => numbers.get(id) ?? 0);
}
