import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { ortBackend, startBackends, stopBackends } from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const fallbacks = (): Readonly<Record<string, number>> => ortBackend().snapshot().fallbacks;

it('runs what has no lowering on recorded numbers, and records on', () => {
  const before = fallbacks()['Atan2'] ?? 0;
  tf.tidy(() => {
    const x = tf.atan2(tf.add(tf.tensor1d([0, 1]), 1), tf.tensor1d([1, 0]));
    expect(tf.mul(x, 4).dataSync()).toEqual(Float32Array.of(Math.PI, 2 * Math.PI));
  });
  expect(fallbacks()['Atan2']).toBe(before + 1);
});

it('counts nothing that is made of nothing', () => {
  const before = fallbacks();
  tf.tidy(() => {
    expect(tf.range(0, 3).dataSync()).toEqual(Float32Array.of(0, 1, 2));
    expect(tf.linspace(0, 1, 3).dataSync()).toEqual(Float32Array.of(0, 0.5, 1));
  });
  expect(fallbacks()).toEqual(before);
});

it('leaves no data behind, even if the kernel throws', () => {
  const backend = ortBackend();
  const before = backend.numDataIds();
  expect(() => {
    tf.tidy(() => tf.denseBincount(tf.tensor1d([-1], 'int32'), [], 3).dataSync());
  }).toThrow('non-negative');
  tf.tidy(() => tf.real(tf.complex([1, 2], [3, 4])).dataSync());
  expect(backend.numDataIds()).toBe(before);
});
