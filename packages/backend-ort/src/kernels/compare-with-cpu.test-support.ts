import '@tensorflow/tfjs-backend-cpu';

import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

import { OrtBackend } from '../backend.js';
import type { Dtype } from '../graph/dtype.js';
import { sizeOf } from '../graph/shape.js';
import { registerOrtBackend } from '../register.js';

/** A tensor before it belongs to a backend. */
export interface TestTensor {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly values: ArrayLike<number>;
}

/** A kernel's inputs by name, or as a list. */
export type TestInputs = Readonly<Record<string, TestTensor>> | readonly TestTensor[];

/** What {@link expectSameAsCpu} allows. */
export interface CompareOptions {
  /** Relative difference. Default 1e-5. */
  readonly rtol?: number;
  /** Absolute difference. Default 1e-6. */
  readonly atol?: number;
}

/** A channel count that fills blocks of 8 and of 16. */
export const blockedChannels = 16;

/** The backend under test; under another name than in programs, which may be registered beside it. */
export const ort = 'ort-under-test';
/** The same without blocks: maps lie with channels first. */
export const channelsFirst = 'ort-channels-first';

/** Of the generator of the numbers that are compared. */
let state = 1;

/** Starts tfjs-backend-cpu, the backend under test, and the latter without blocks. */
export async function startBackends(): Promise<void> {
  // A file's numbers must not depend on which files came before: they could lie on the edge of a function then.
  state = 1;
  const isRegistered = ort in tf.engine().registryFactory;
  if (!isRegistered) {
    registerOrtBackend(ort, () => ({ threads: 2 }));
    registerOrtBackend(channelsFirst, () => ({ threads: 2, blockedLayout: false }));
  }
  for (const name of ['cpu', channelsFirst, ort]) await tf.setBackend(name);
  await tf.ready();
}

/** The backend under test, once it has started. */
export function ortBackend(): OrtBackend {
  const backend: unknown = tf.findBackend(ort);
  if (backend instanceof OrtBackend) return backend;
  throw new Error('the backend under test has not started');
}

/** Gives the next test file the backend it expects. */
export async function stopBackends(): Promise<void> {
  await tf.setBackend('cpu');
}

/** The next number of Park and Miller's generator, in [0, 1). */
function nextRandom(): number {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
}

/** Real numbers in [low, high). */
export function reals(shape: readonly number[], low = -2, high = 2): TestTensor {
  const values = Float32Array.from(
    { length: sizeOf(shape) },
    () => low + (high - low) * nextRandom(),
  );
  return { shape, dtype: 'float32', values };
}

/** Whole numbers in [low, high). */
export function integers(shape: readonly number[], low = -9, high = 10): TestTensor {
  const values = Int32Array.from({ length: sizeOf(shape) }, () =>
    Math.floor(low + (high - low) * nextRandom()),
  );
  return { shape, dtype: 'int32', values };
}

/** Zeros and ones. */
export function booleans(shape: readonly number[]): TestTensor {
  return { ...integers(shape, 0, 2), dtype: 'bool' };
}

/** Given numbers, as a vector if no shape is given. */
export function tensorOf(
  values: readonly number[],
  shape: readonly number[] = [values.length],
  dtype: Dtype = 'float32',
): TestTensor {
  return { shape, dtype, values };
}

/** Every number beside every other. */
export function pairsOf(
  numbers: readonly number[],
  dtype: Dtype = 'float32',
): Record<'a' | 'b', TestTensor> {
  const a = numbers.flatMap((number) => numbers.map(() => number));
  const b = numbers.flatMap(() => numbers);
  return { a: tensorOf(a, [a.length], dtype), b: tensorOf(b, [b.length], dtype) };
}

/** Real numbers that operators treat apart. */
export const specialReals = [NaN, Infinity, -Infinity, -0, 0, 1, -1, 2.5, -2.5, 3e38, -3e38, 1e-40];

/** Integers that operators treat apart. */
export const specialIntegers = [0, 1, -1, 7, -7, 65536, 2 ** 31 - 1, -(2 ** 31)];

/** Tensors as recorders see them. */
export function infosOf(...tensors: readonly TestTensor[]): tf.TensorInfo[] {
  return tensors.map(({ shape, dtype }) => ({ shape: [...shape], dtype, dataId: {} }));
}

function toArray({ dtype, values }: TestTensor): tf.TypedArray {
  if (dtype === 'float32') return Float32Array.from(values);
  return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
}

/** A map's numbers as they are, but in the layout in which a convolution leaves them. */
function throughConvolution(backend: OrtBackend, x: tf.TensorInfo): tf.TensorInfo {
  const channels = x.shape[3] ?? 1;
  const identity = Float32Array.from({ length: channels ** 2 }, (_, i) =>
    i % (channels + 1) === 0 ? 1 : 0,
  );
  const shape = [1, 1, channels, channels];
  const filter = { dataId: backend.write(identity, shape, 'float32'), shape, dtype: x.dtype };
  const attrs = { strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: 1 };
  const y = tf
    .getKernel('Conv2D', ort)
    .kernelFunc({ inputs: { x, filter }, attrs, backend }) as tf.TensorInfo;
  backend.disposeData(filter.dataId);
  backend.disposeData(x.dataId);
  return y;
}

type AnyBackend = Pick<OrtBackend, 'write' | 'readSync' | 'disposeData' | 'numDataIds'>;

interface Run {
  readonly outputs: readonly TestTensor[];
  readonly left: number;
  readonly fallbacks: Readonly<Record<string, number>>;
}

function runOn(
  backendName: string,
  kernel: string,
  inputs: TestInputs,
  attributes: object,
  convolved: boolean,
): Run {
  const backend = tf.findBackend(backendName) as unknown as AnyBackend;
  const before = backend.numDataIds();
  const fallbacksBefore = backend instanceof OrtBackend ? backend.snapshot().fallbacks : {};
  const enter = (input: TestTensor): tf.TensorInfo => {
    const shape = [...input.shape];
    const dataId = backend.write(toArray(input), shape, input.dtype);
    const info = { dataId, shape, dtype: input.dtype };
    const turn = convolved && shape.length === 4 && input.dtype === 'float32';
    return turn && backend instanceof OrtBackend ? throughConvolution(backend, info) : info;
  };
  const entered = Object.entries(inputs).map(([name, input]: [string, TestTensor]) => {
    return [name, enter(input)] as const;
  });
  const given = Array.isArray(inputs)
    ? entered.map(([, info]) => info)
    : Object.fromEntries(entered);
  const made = tf.getKernel(kernel, backendName).kernelFunc({
    inputs: given as tf.NamedTensorInfoMap,
    attrs: attributes as tf.NamedAttrMap,
    backend,
  });
  const results = Array.isArray(made) ? made : [made];
  const outputs = results.map(({ dataId, shape, dtype }) => ({
    shape,
    dtype: dtype as Dtype,
    values: backend.readSync(dataId) as tf.TypedArray,
  }));
  const fallbacks = backend instanceof OrtBackend ? backend.snapshot().fallbacks : {};
  const fresh = Object.entries(fallbacks).filter(([name, n]) => n !== (fallbacksBefore[name] ?? 0));
  for (const { dataId } of results) backend.disposeData(dataId);
  for (const [, { dataId }] of entered) backend.disposeData(dataId);
  return { outputs, left: backend.numDataIds() - before, fallbacks: Object.fromEntries(fresh) };
}

function describeInputs(inputs: TestInputs): string {
  return Object.values(inputs)
    .map(({ shape, dtype }: TestTensor) => `${dtype}[${shape.join()}]`)
    .join(' ');
}

function expectClose(
  received: TestTensor,
  expected: TestTensor,
  label: string,
  { rtol = 1e-5, atol = 1e-6 }: CompareOptions,
): void {
  expect(received.shape, `${label}: shape`).toEqual(expected.shape);
  expect(received.dtype, `${label}: dtype`).toBe(expected.dtype);
  expect(received.values.length, `${label}: length`).toBe(expected.values.length);
  const wrong = Array.from(expected.values).flatMap((wanted, i) => {
    const value = received.values[i] ?? 0;
    if (Object.is(value, wanted) || value === wanted) return [];
    const isClose = Math.abs(value - wanted) <= atol + rtol * Math.abs(wanted);
    return isClose ? [] : [`number ${String(i)} is ${String(value)}, not ${String(wanted)}`];
  });
  expect(wrong.slice(0, 3), label).toEqual([]);
}

/**
 * Runs a kernel on the backend and on tfjs-backend-cpu, an independent implementation, and expects equal dtypes, shapes and
 * numbers, no data left behind, and that no fallback computed it. Maps of real numbers are tried as they come, with
 * channels first and, if their channels allow it, in blocks.
 */
export function expectSameAsCpu(
  kernel: string,
  inputs: TestInputs,
  attributes: object = {},
  options: CompareOptions = {},
): void {
  const expected = runOn('cpu', kernel, inputs, attributes, false);
  const hasMap = Object.values(inputs).some(
    ({ shape, dtype }: TestTensor) => shape.length === 4 && dtype === 'float32',
  );
  const runs = [
    [ort, false],
    ...(hasMap
      ? ([
          [ort, true],
          [channelsFirst, true],
        ] as const)
      : []),
  ] as const;
  for (const [backend, convolved] of runs) {
    const { outputs, left, fallbacks } = runOn(backend, kernel, inputs, attributes, convolved);
    const layout = convolved ? ` through a convolution on ${backend}` : '';
    const label = `${kernel} ${describeInputs(inputs)} ${JSON.stringify(attributes)}${layout}`;
    expect(fallbacks, `${label}: run by tfjs-backend-cpu`).toEqual({});
    expect(left, `${label}: data ids left`).toBe(0);
    expect(outputs.length, `${label}: outputs`).toBe(expected.outputs.length);
    outputs.forEach((output, i) => {
      expectClose(output, expected.outputs[i] ?? tensorOf([]), label, options);
    });
  }
}
