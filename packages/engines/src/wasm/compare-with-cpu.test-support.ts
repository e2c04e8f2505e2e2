import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';

import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

import { registerWasmTrainingKernels } from './register.js';

/** An int32 input, with its values. */
interface IntegerInput {
  readonly shape: number[];
  readonly integers: Int32Array;
}

/** A kernel's inputs as shapes (filled with the same numbers in [-1, 1) for both backends) or as given values. */
export type TestInputs = Readonly<Record<string, readonly number[] | IntegerInput>>;

/** Part of the backends' interface that the comparison uses. */
interface TestBackend {
  write(values: tf.TypedArray, shape: number[], dtype: tf.DataType): object;
  readSync(dataId: object): tf.TypedArray;
  disposeData(dataId: object): boolean;
  numDataIds(): number;
}

/** Starts both backends and registers the kernels under test. */
export async function startBackends(): Promise<void> {
  registerWasmTrainingKernels();
  await tf.setBackend('cpu');
  await tf.setBackend('wasm');
  await tf.ready();
}

/** Gives the next test file the backend it expects. */
export async function stopBackends(): Promise<void> {
  await tf.setBackend('cpu');
}

/**
 * Runs a kernel on wasm and on tfjs-backend-cpu, an independent implementation, and expects equal shapes, equal values
 * and no data left behind.
 * @param tolerance - Absolute, for sums of numbers below 1 in magnitude; float32 sums of hundreds of terms differ by 1e-5.
 */
export function expectSameAsCpu(
  name: string,
  inputs: TestInputs,
  attributes: object,
  tolerance = 1e-4,
): void {
  const stream = pseudoRandom();
  const tensors = Object.entries(inputs).map(([key, input]) => {
    if ('integers' in input) {
      return { key, shape: input.shape, values: input.integers, dtype: 'int32' as const };
    }
    const shape = [...input];
    const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, stream);
    return { key, shape, values, dtype: 'float32' as const };
  });
  const run = (backendName: string) => {
    const backend = tf.findBackend(backendName) as unknown as TestBackend;
    const before = backend.numDataIds();
    const infos = tensors.map(({ key, shape, values, dtype }) => {
      const info = { dataId: backend.write(values, shape, dtype), shape, dtype };
      return [key, info] as const;
    });
    const call = {
      // Concat takes an array, whose indices are its inputs' names.
      inputs: (name === 'Concat'
        ? infos.map(([, info]) => info)
        : Object.fromEntries(infos)) as tf.NamedTensorInfoMap,
      backend,
      attrs: attributes as tf.NamedAttrMap,
    };
    const result = tf.getKernel(name, backendName).kernelFunc(call);
    const outputs = Array.isArray(result) ? result : [result];
    const values = outputs.map(({ dataId }) => [...backend.readSync(dataId)]);
    for (const { dataId } of [...outputs, ...infos.map(([, info]) => info)]) {
      backend.disposeData(dataId);
    }
    const left = backend.numDataIds() - before;
    return { shapes: outputs.map(({ shape }) => shape), values, left };
  };
  const received = run('wasm');
  const expected = run('cpu');
  const label = `${name} ${JSON.stringify(inputs)} ${JSON.stringify(attributes)}`;
  expect(received.shapes, label).toEqual(expected.shapes);
  expect(received.left, `${label}: data ids left`).toBe(0);
  received.values.forEach((values, i) => {
    const wanted = expected.values[i] ?? [];
    const error = values.reduce((worst, value, j) => {
      const difference = Math.abs(value - (wanted[j] ?? Number.NaN));
      return difference <= worst ? worst : difference;
    }, 0);
    expect(error, label).toBeLessThan(tolerance);
  });
}

/** Park and Miller's generator, scaled to [-1, 1). */
function pseudoRandom(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647) * 2 - 1;
  };
}
