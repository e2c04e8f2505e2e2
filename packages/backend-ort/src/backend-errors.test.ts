import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { GraphError, OutOfMemoryError } from './errors.js';
import { ort, startBackends, stopBackends } from './kernels/compare-with-cpu.test-support.js';

beforeAll(async () => {
  await startBackends();
  await tf.setBackend(ort);
});
afterAll(stopBackends);

const numbersOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

/** Rows 4 and 9 of 4. That there are none is found only when the graph runs. */
function outOfRange(): tf.Tensor {
  return tf.tidy(() => {
    const rows = tf.add(tf.tensor1d([3, 8], 'int32'), tf.scalar(1, 'int32'));
    return tf.gather(tf.neg(tf.ones([4, 5])), rows);
  });
}

/** Sums of 2^40 numbers, four terabytes. */
function huge(): tf.Tensor {
  return tf.tidy(() => {
    const column = tf.tensor2d(new Float32Array(2 ** 20).fill(1), [2 ** 20, 1]);
    return tf.add(column, tf.reshape(column, [1, 2 ** 20]));
  });
}

/** As {@link huge}, but only their tanh's largest is to be known. */
function hugeInside(): tf.Tensor {
  return tf.tidy(() => tf.max(tf.tanh(huge())));
}

describe('a graph that does not run', () => {
  it('names the kernel and its shapes', () => {
    const rows = outOfRange();
    expect(() => rows.dataSync()).toThrow(GraphError);
    expect(() => rows.dataSync()).toThrow(
      /at the tfjs kernel GatherV2 \[4x5\], \[2\]\. .*idx=4 must be/,
    );
    rows.dispose();
  });

  it('rejects what is read later', async () => {
    const rows = outOfRange();
    await expect(rows.data()).rejects.toThrow(GraphError);
    rows.dispose();
  });
});

describe.each([
  ['a kernel that fails', outOfRange, GraphError],
  ['a result that is too large', huge, OutOfMemoryError],
  ['a number on the way that is too large', hugeInside, OutOfMemoryError],
] as const)('%s', (_, make, type) => {
  it('is an error each time it is read', () => {
    const bad = make();
    expect(() => bad.dataSync()).toThrow(type);
    expect(() => bad.dataSync()).toThrow(type);
    bad.dispose();
  });

  it('leaves what was recorded before and after it, and what lies there already', () => {
    const known = tf.tensor1d([1, 2]);
    const before = tf.mul(known, 3);
    const bad = make();
    const after = tf.add(before, 1);
    expect(() => bad.dataSync()).toThrow(type);
    expect([numbersOf(after), numbersOf(before), numbersOf(known)]).toEqual([
      [4, 7],
      [3, 6],
      [1, 2],
    ]);
    expect(() => bad.dataSync()).toThrow(type);
    const later = tf.neg(after);
    expect(numbersOf(later)).toEqual([-4, -7]);
    bad.dispose();
    expect(numbersOf(tf.tidy(() => tf.neg(before)))).toEqual([-3, -6]);
    tf.dispose([known, before, after, later]);
  });

  it('does not keep another tensor from being read first', () => {
    const good = tf.mul(tf.tensor1d([1, 2]), 3);
    const bad = make();
    expect(numbersOf(good)).toEqual([3, 6]);
    expect(() => bad.dataSync()).toThrow(type);
    tf.dispose([good, bad]);
  });

  it('leaves no data behind', () => {
    const { numTensors, numBytes } = tf.memory();
    const bad = make();
    expect(() => bad.dataSync()).toThrow(type);
    bad.dispose();
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  });
});

it('a failure within an update of weights leaves these, or says that they are lost', () => {
  const weights = tf.variable(tf.tensor1d(new Float32Array(300).fill(2)));
  const bad = tf.tidy(() => {
    weights.assign(tf.mul<tf.Tensor1D>(weights, 3));
    return outOfRange();
  });
  expect(() => bad.dataSync()).toThrow(GraphError);
  bad.dispose();
  let message = '';
  try {
    expect(numbersOf(weights)[299]).toBe(6);
  } catch (error) {
    message = String(error);
  }
  expect(['', expect.stringContaining('were lost when an earlier run failed')]).toContainEqual(
    message,
  );
  weights.dispose();
});
