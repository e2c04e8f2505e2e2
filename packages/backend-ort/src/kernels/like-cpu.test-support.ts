import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

import { OrtBackend } from '../backend.js';
import { channelsFirst, ort, type TestTensor } from './compare-with-cpu.test-support.js';

/** What a program makes, by a name that failures tell. Inputs are made inside, on the backend of the moment. */
export type TestProgram = () => Readonly<Record<string, tf.Tensor>>;

/** The backends under test: maps in blocks, and with channels first. */
export const layouts = [ort, channelsFirst] as const;

/** A tensor on the current backend. */
export function enter<R extends tf.Rank = tf.Rank>({
  values,
  shape,
  dtype,
}: TestTensor): tf.Tensor<R> {
  return tf.tensor(values, shape as tf.ShapeMap[R], dtype);
}

/** Runs a program on a backend; everything it makes is read after all of it is recorded. */
export async function runOn(
  backendName: string,
  program: TestProgram,
): Promise<ReadonlyMap<string, TestTensor>> {
  await tf.setBackend(backendName);
  const before = tf.memory().numTensors;
  const results = new Map<string, TestTensor>();
  tf.tidy(() => {
    for (const [name, tensor] of Object.entries(program())) {
      const { shape } = tensor;
      results.set(name, { shape, dtype: 'float32', values: tensor.dataSync() });
    }
  });
  expect(tf.memory().numTensors, 'tensors left').toBe(before);
  return results;
}

function fallbacksOf(backendName: string): Readonly<Record<string, number>> {
  const backend: unknown = tf.findBackend(backendName);
  if (backend instanceof OrtBackend) return backend.snapshot().fallbacks;
  throw new Error(`${backendName} has not started`);
}

/**
 * Largest difference against the largest number expected; not finite if any place that is not a number, or infinite,
 * differs.
 */
export function distance(received: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  let worst = received.length === expected.length ? 0 : Infinity;
  for (let i = 0; i < expected.length; i++) {
    const [a = NaN, b = NaN] = [received[i], expected[i]];
    if (Number.isFinite(b)) largest = Math.max(largest, Math.abs(b));
    if (Object.is(a, b) || a === b) continue;
    const difference = Math.abs(a - b);
    worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
  }
  return worst === 0 ? 0 : worst / largest;
}

/** Expects results to differ by at most `tolerance` times the largest number of each. */
export function expectClose(
  received: ReadonlyMap<string, TestTensor>,
  expected: ReadonlyMap<string, TestTensor>,
  tolerance: number,
  where: string,
): void {
  expect([...received.keys()]).toEqual([...expected.keys()]);
  for (const [name, { shape, values }] of expected) {
    const result = received.get(name);
    expect(result?.shape, `${name} on ${where}: shape`).toEqual(shape);
    const apart = distance(result?.values ?? [], values);
    expect(apart, `${name} on ${where}: difference`).toBeLessThanOrEqual(tolerance);
  }
}

/**
 * Runs a program on tfjs-backend-cpu, which sums in double precision, and on the backend in both layouts, and expects the
 * same but for `tolerance` times the largest number of each result: where a sum cancels, its own size tells nothing of its
 * rounding errors. Nothing may be left to a fallback.
 * @param tolerance - Default 1e-5: about 80 roundings of a float32.
 */
export async function expectLikeCpu(program: TestProgram, tolerance = 1e-5): Promise<void> {
  const expected = await runOn('cpu', program);
  for (const layout of layouts) {
    const before = fallbacksOf(layout);
    const received = await runOn(layout, program);
    expect(fallbacksOf(layout), `fallbacks on ${layout}`).toEqual(before);
    expectClose(received, expected, tolerance, layout);
  }
}
