import { readInto } from '../tensor/read-into.js';
import { permuteAxes } from './permute-axes.js';
import type { Parameter } from './parameter.js';

/** Numbers of a parameter as PyTorch lays them out. */
export interface TorchArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * The values of named parameters in PyTorch's layout, for files: copies, which training does not change any more. They are
 * laid out here and not by the engine, which would compile a graph for it and make a second copy.
 */
export async function torchArrays(
  parameters: Iterable<readonly [name: string, parameter: Parameter]>,
): Promise<Map<string, TorchArray>> {
  const list = [...parameters];
  const numbers = new Float32Array(Math.max(0, ...list.map(([, { size }]) => size)));
  const arrays = new Map<string, TorchArray>();
  for (const [name, { value, shape, size, torchAxes, torchShape }] of list) {
    const given = numbers.subarray(0, size);
    await readInto(value, given);
    arrays.set(name, { shape: torchShape, data: permuteAxes(given, shape, torchAxes) });
  }
  return arrays;
}
