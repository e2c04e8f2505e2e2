import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  ort,
  ortBackend,
  startBackends,
  stopBackends,
} from '../kernels/compare-with-cpu.test-support.js';

beforeAll(async () => {
  await startBackends();
  await tf.setBackend(ort);
});
afterAll(stopBackends);

const compiles = (): number => ortBackend().snapshot().compiles;

/** Graphs built by a computation that is made once for each number. */
function compilesOf(f: (number: number) => void, numbers: readonly number[]): number {
  const before = compiles();
  for (const number of numbers)
    tf.tidy(() => {
      f(number);
    });
  return compiles() - before;
}

describe('graphs built', () => {
  it('one, for a learning rate that changes in every step', () => {
    let weights = [1, 2, 3];
    const step = (rate: number): void => {
      const w = tf.tensor1d(weights);
      weights = [...tf.sub(w, tf.mul(tf.tanh(w), rate)).dataSync()];
    };
    const rates = Array.from({ length: 9 }, (_, i) => 0.1 / (i + 1));
    const expected = rates.reduce(
      (w, rate) => w.map((value) => value - Math.tanh(value) * rate),
      [1, 2, 3],
    );
    expect(compilesOf(step, rates)).toBe(1);
    expect(weights).toBeAllClose(expected, { rtol: 1e-5 });
  });

  it('two at most, for one that starts or comes by at a round number', () => {
    const step = (rate: number): void => {
      const [y] = tf.mul(tf.tensor2d([[1.5]]), rate).dataSync();
      expect(y).toBeCloseTo(1.5 * rate, 6);
    };
    expect(compilesOf(step, [1, 0.9, 0.5, 0.3, 1, 2, 0.1])).toBeLessThanOrEqual(2);
  });

  it('two at most, for two numbers of other meanings that are equal now and then', () => {
    const f = (number: number): void => {
      const x = tf.add(tf.mul(tf.tensor1d([1, 2, 4, 8]), 0.3), number);
      expect([...x.dataSync()]).toBeAllClose([1, 2, 4, 8].map((value) => value * 0.3 + number));
    };
    expect(compilesOf(f, [0.3, 0.7, 0.3, 0.1, 0.3])).toBeLessThanOrEqual(2);
  });

  it('few, for two numbers of one meaning that are equal now and then', () => {
    const f = (number: number): void => {
      const x = tf.tensor1d([1, 2, 4, 8, 16]);
      const y = tf.add(tf.mul(x, 0.3), tf.mul(tf.sin(x), number));
      const wanted = [1, 2, 4, 8, 16].map((value) => 0.3 * value + number * Math.sin(value));
      expect([...y.dataSync()]).toBeAllClose(wanted, { rtol: 1e-5 });
    };
    expect(compilesOf(f, [0.3, 0.7, 0.3, 0.1, 0.2, 0.3])).toBeLessThanOrEqual(2);
  });

  it('one for each shape', () => {
    const f = (length: number): void => {
      expect(tf.neg(tf.ones([length, 7])).dataSync()).toHaveLength(7 * length);
    };
    expect(compilesOf(f, [1, 2, 3, 1, 2, 3])).toBe(3);
  });
});
