import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  ort,
  ortBackend,
  startBackends,
  stopBackends,
} from './kernels/compare-with-cpu.test-support.js';
import { train } from './small-training.test-support.js';

// Tensors as a program holds them: that their numbers are computed late must not show.

beforeAll(async () => {
  await startBackends();
  await tf.setBackend(ort);
});
afterAll(stopBackends);

const numbersOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

describe('disposing', () => {
  it('inputs before the result is read', () => {
    const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([10, 20])];
    const sum = tf.add(a, b);
    tf.dispose([a, b]);
    // Memory that is free is taken for new tensors at once.
    const others = Array.from({ length: 4 }, () => tf.tensor1d([7, 7]));
    expect(numbersOf(sum)).toEqual([11, 22]);
    tf.dispose([sum, ...others]);
  });

  it('large inputs, whose memory is used again', () => {
    const x = tf.tensor1d(new Float32Array(5000).fill(2));
    const doubled = tf.mul(x, 2);
    x.dispose();
    const other = tf.square(tf.tensor1d(new Float32Array(5000).fill(5)));
    expect(numbersOf(other)[4999]).toBe(25);
    expect(numbersOf(doubled)[4999]).toBe(4);
    tf.dispose([doubled, other]);
  });

  it('a result in between, or one that is never read', () => {
    const x = tf.tensor1d([1, 2]);
    const between = tf.exp(x);
    const unread = tf.neg(between);
    const logarithm = tf.log(between);
    tf.dispose([between, x, unread]);
    expect(numbersOf(logarithm)).toBeAllClose([1, 2]);
    logarithm.dispose();
  });

  it('what another tensor shares', () => {
    const x = tf.tensor2d([[1, 2]]);
    const [copy, flat] = [tf.clone(x), tf.reshape(x, [2])];
    x.dispose();
    const negative = tf.neg(flat);
    flat.dispose();
    expect([numbersOf(copy), numbersOf(negative)]).toEqual([
      [1, 2],
      [-1, -2],
    ]);
    tf.dispose([copy, negative]);
  });

  it('makes reading an error, in the words of tfjs', async () => {
    for (const x of [tf.tensor1d([1]), tf.add(tf.tensor1d([1]), 1)]) {
      x.dispose();
      expect(() => x.dataSync()).toThrow('Tensor is disposed.');
      await expect(x.data()).rejects.toThrow('Tensor is disposed.');
      expect(() => tf.neg(x)).toThrow();
    }
  });

  it('leaves no tensor and no data, from step to step of a training', () => {
    const counts = Array.from({ length: 4 }, (_, i) => {
      train('smooth', 'adam', 2 + (i % 2));
      return [tf.memory().numTensors, tf.memory().numDataBuffers, ortBackend().numDataIds()];
    });
    for (const count of counts) expect(count).toEqual(counts[0]);
  });
});

describe('arrays', () => {
  it('may be written to after a tensor was made of them', () => {
    const array = Float32Array.of(1, 2, 3);
    const x = tf.tensor1d(array);
    const y = tf.neg(x);
    array.fill(9);
    expect([numbersOf(x), numbersOf(y)]).toEqual([
      [1, 2, 3],
      [-1, -2, -3],
    ]);
    tf.dispose([x, y]);
  });

  it('may be written to after they were read', async () => {
    const x = tf.mul(tf.tensor1d([1, 2, 3]), 2);
    const y = tf.neg(x);
    x.dataSync().fill(9);
    (await x.data()).fill(9);
    expect([numbersOf(x), numbersOf(y)]).toEqual([
      [2, 4, 6],
      [-2, -4, -6],
    ]);
    tf.dispose([x, y]);
  });

  it('stay as they were read while later steps use their memory', () => {
    let x: tf.Tensor = tf.tensor1d(new Float32Array(1000));
    const read = Array.from({ length: 5 }, () => {
      const next = tf.add(x, 1);
      x.dispose();
      x = next;
      return x.dataSync();
    });
    x.dispose();
    expect(read.map((array) => [array[0], array[999]])).toEqual([1, 2, 3, 4, 5].map((n) => [n, n]));
  });

  it('are read into an array that is there', () => {
    const x = tf.mul(tf.tensor1d([1, 2, 3]), 2);
    const target = new Float32Array(3);
    ortBackend().readInto(x.dataId, target);
    expect([...target]).toEqual([2, 4, 6]);
    target.fill(9);
    expect(numbersOf(x)).toEqual([2, 4, 6]);
    x.dispose();
  });

  it('of a complex tensor are not read into an array', () => {
    tf.tidy(() => {
      const z = tf.complex(tf.tensor1d([1]), tf.tensor1d([2]));
      expect(() => {
        ortBackend().readInto(z.dataId, new Float32Array(1));
      }).toThrow(/real numbers, received one of dtype complex64/);
    });
  });

  it('move to another backend and back', async () => {
    const before = { tensors: tf.memory().numTensors, ids: ortBackend().numDataIds() };
    const x = tf.tidy(() => tf.mul(tf.tensor1d([1, 2, 3]), 2));
    for (const [backend, sum] of [
      ['cpu', 13],
      [ort, 13],
      ['cpu', 13],
      [ort, 13],
    ] as const) {
      await tf.setBackend(backend);
      expect(tf.tidy(() => numbersOf(tf.add(tf.sum(x), 1)))).toEqual([sum]);
    }
    x.dispose();
    expect({ tensors: tf.memory().numTensors, ids: ortBackend().numDataIds() }).toEqual(before);
  });

  it('of every type come back as they went in', async () => {
    const reals = [0, -0, 1.5, NaN, -Infinity, 1e-40];
    expect(numbersOf(tf.tensor1d(reals))).toEqual([...Float32Array.from(reals)]);
    expect(numbersOf(tf.tensor1d([2 ** 31 - 1, -(2 ** 31)], 'int32'))).toEqual([
      2 ** 31 - 1,
      -(2 ** 31),
    ]);
    expect(numbersOf(tf.tensor1d([1, 0], 'bool'))).toEqual([1, 0]);
    expect(await tf.tensor1d(['a', 'ü']).array()).toEqual(['a', 'ü']);
    const [real, imag] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
    expect([...tf.complex(real, imag).dataSync()]).toEqual([1, 3, 2, 4]);
  });
});

describe('variables', () => {
  it('change in place, and what read them before keeps the old numbers', () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const before = tf.mul(weight, 10);
    weight.assign(tf.add<tf.Tensor1D>(weight, 1));
    const after = tf.mul(weight, 10);
    expect([numbersOf(after), numbersOf(before)]).toEqual([
      [20, 30],
      [10, 20],
    ]);
    tf.dispose([weight, before, after]);
  });

  it('keep their numbers when only a later use is read', () => {
    const weight = tf.variable(tf.tensor1d(new Float32Array(512).fill(1)));
    for (let step = 0; step < 5; step++) {
      tf.tidy(() => {
        weight.assign(tf.mul<tf.Tensor1D>(weight, 2));
        expect(tf.sum(weight).dataSync()[0]).toBe(512 * 2 ** (step + 1));
      });
    }
    expect(numbersOf(weight)[7]).toBe(32);
    weight.dispose();
  });
});

it('a loop that never reads is run from time to time', () => {
  const { flushes } = ortBackend().snapshot();
  let x: tf.Tensor = tf.tensor1d([0]);
  for (let step = 0; step < 6_500; step++) {
    const next = tf.add(x, 1);
    x.dispose();
    x = next;
  }
  expect(ortBackend().snapshot().flushes).toBe(flushes + 1);
  expect(numbersOf(x)).toEqual([6_500]);
  x.dispose();
});

it('tf.time waits for what was recorded', async () => {
  const { flushes } = ortBackend().snapshot();
  let y: tf.Tensor | undefined;
  const { kernelMs } = (await tf.time(() => {
    y = tf.neg(tf.ones([100, 100]));
  })) as { kernelMs: number };
  expect(kernelMs).toBeGreaterThan(0);
  expect(ortBackend().snapshot().flushes).toBe(flushes + 1);
  tf.dispose(y);
});
