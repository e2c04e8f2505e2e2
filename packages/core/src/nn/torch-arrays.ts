import * as tf from '@tensorflow/tfjs-core';

import type { Parameter } from './parameter.js';

/** Numbers of a parameter as PyTorch lays them out. */
export interface TorchArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Numbers that are laid out at once. */
const mostNumbers = 2 ** 24;

/**
 * The values of named parameters in PyTorch's layout, for files. They are laid out in groups: an engine that computes when
 * something is read does that in one go for a group, and not once for each parameter.
 */
export async function torchArrays(
  parameters: Iterable<readonly [name: string, parameter: Parameter]>,
): Promise<Map<string, TorchArray>> {
  const arrays = new Map<string, TorchArray>();
  for (const group of groupsOf(parameters)) {
    const tensors = group.map(([, { value, torchAxes }]) => tf.transpose(value, [...torchAxes]));
    try {
      for (const [index, [name, { torchShape }]] of group.entries()) {
        const data = await (tensors[index] as tf.Tensor).data<'float32'>();
        arrays.set(name, { shape: torchShape, data });
      }
    } finally {
      tf.dispose(tensors);
    }
  }
  return arrays;
}

function* groupsOf(
  parameters: Iterable<readonly [string, Parameter]>,
): Generator<(readonly [string, Parameter])[]> {
  let group: (readonly [string, Parameter])[] = [];
  let numbers = 0;
  for (const entry of parameters) {
    group.push(entry);
    numbers += entry[1].size;
    if (numbers < mostNumbers) continue;
    yield group;
    group = [];
    numbers = 0;
  }
  if (group.length > 0) yield group;
}
