import { createApp, silentLogger } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { engines } from '../index.js';
import { missingSoftwareGpu } from './software-gpu.test-support.js';

const missing = missingSoftwareGpu();
if (missing !== undefined) console.log(`webgpu kernels are not tested: ${missing}.`);

describe.skipIf(missing !== undefined)('on the GPU, small tensors too', () => {
  beforeAll(async () => {
    const app = createApp({ plugins: engines, logger: silentLogger });
    await app.startEngine({ name: 'webgpu', fallbackAdapter: true });
    tf.env().set('WEBGPU_CPU_FORWARD', false);
  });
  afterAll(async () => {
    tf.env().set('WEBGPU_CPU_FORWARD', true);
    await tf.setBackend('cpu');
  });

  /** Values of what is computed; every other tensor and all memory is given back. */
  function run(compute: () => tf.Tensor): number[] {
    const { numTensors } = tf.memory();
    const backend = tf.backend() as unknown as { numDataIds(): number };
    const before = backend.numDataIds();
    const values = tf.tidy(() => [...compute().dataSync<'float32'>()]);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(backend.numDataIds()).toBe(before);
    return values;
  }

  test.each([1, 2, 7, 8, 9, 40])('%i tensors are summed', (count) => {
    const sum = run(() => tf.addN(Array.from({ length: count }, (_, i) => tf.tensor1d([i, 1]))));
    expect(sum).toEqual([(count * (count - 1)) / 2, count]);
  });

  test('whole numbers become floats that every kernel can read', () => {
    const whole = (): tf.Tensor => tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32');
    expect(run(() => tf.transpose(tf.cast(whole(), 'float32')))).toEqual([1, 3, 2, 4]);
    expect(run(() => tf.transpose(tf.cast(tf.greater(whole(), 2), 'float32')))).toEqual([
      0, 1, 0, 1,
    ]);
    expect(run(() => tf.cast(tf.tensor1d([1.9, -1.9]), 'int32'))).toEqual([1, -1]);
  });

  test('cumulative sums and products from the end, of axes of several lengths', () => {
    expect(run(() => tf.cumsum(tf.tensor1d([1, 2, 3]), 0, false, true))).toEqual([6, 5, 3]);
    expect(run(() => tf.cumsum(tf.tensor1d([1, 2, 3, 4, 5]), 0, false, true))).toEqual([
      15, 14, 12, 9, 5,
    ]);
    expect(run(() => tf.cumsum(tf.tensor1d([1, 2, 3, 4]), 0, true, true))).toEqual([9, 7, 4, 0]);
    expect(run(() => tf.cumsum(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]), 0, false, true))).toEqual([
      9, 12, 8, 10, 5, 6,
    ]);
    expect(run(() => tf.cumprod(tf.tensor1d([2, 3]), 0, false, true))).toEqual([6, 3]);
  });

  test('a tensor that is disposed while it is read has been read', async () => {
    const tensor = tf.add(tf.tensor1d([1, 2]), 1);
    const values = tensor.data();
    tensor.dispose();
    expect([...(await values)]).toEqual([2, 3]);
  });
});
