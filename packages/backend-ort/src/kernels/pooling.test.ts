import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  integers,
  reals,
  startBackends,
  stopBackends,
  type TestTensor,
} from './compare-with-cpu.test-support.js';
import { enter, expectLikeCpu, layouts, runOn } from './like-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

type Pad = 'same' | 'valid' | number;
type Pool = (x: tf.Tensor4D) => tf.Tensor4D;

const rounding = (pad: Pad): 'floor' | undefined => (typeof pad === 'number' ? 'floor' : undefined);

/** A pooling of maps, and its gradient with a gradient of its result that differs everywhere. */
function withGradient(pool: Pool, maps: readonly TestTensor[]): Record<string, tf.Tensor> {
  return Object.fromEntries(
    maps.flatMap((map) => {
      const x = enter<tf.Rank.R4>(map);
      const y = pool(x);
      const values = Float32Array.from({ length: y.size }, (_, i) => Math.sin(1 + i * 1.3));
      const dx = tf.grad((image) => pool(image as tf.Tensor4D))(x, tf.tensor(values, y.shape));
      const name = map.shape.join();
      return [
        [`y of ${name}`, y],
        [`dx of ${name}`, dx],
      ];
    }),
  );
}

const windows: readonly (readonly [window: number, stride: number, pad: Pad])[] = [
  [2, 2, 'valid'],
  [2, 2, 'same'],
  [3, 2, 'same'],
  [3, 2, 'valid'],
  [3, 2, 1],
  [3, 3, 'valid'],
  [3, 1, 'same'],
  [2, 1, 'valid'],
  [1, 2, 'same'],
  [2, 3, 'valid'],
];
const sizes = [
  [8, 6],
  [7, 9],
] as const;
/** One channel, some, a block of 8, blocks of 16. */
const channels = [1, 5, 8, 32] as const;

const mapsOf = (make: (shape: readonly number[]) => TestTensor): TestTensor[] =>
  sizes.flatMap((size) => channels.map((count) => make([2, ...size, count])));

describe.each(windows)('window %i, stride %i, %s', (window, stride, pad) => {
  const largest: Pool = (x) => tf.maxPool(x, window, stride, pad, rounding(pad));
  const mean: Pool = (x) => tf.avgPool(x, window, stride, pad, rounding(pad));

  it('takes the largest number', async () => {
    const maps = mapsOf((shape) => reals(shape));
    await expectLikeCpu(() => withGradient(largest, maps));
  });

  it('gives the gradient to the first of equal numbers', async () => {
    const maps = mapsOf((shape) => ({ ...integers(shape, -1, 1), dtype: 'float32' }));
    await expectLikeCpu(() => withGradient(largest, maps));
  });

  it('takes the mean', async () => {
    const maps = mapsOf((shape) => reals(shape));
    await expectLikeCpu(() =>
      Object.fromEntries(maps.map((map) => [map.shape.join(), mean(enter(map))])),
    );
  });

  it('spreads the gradient of the mean', async () => {
    const maps = mapsOf((shape) => reals(shape));
    await expectLikeCpu(() => withGradient(mean, maps));
  });
});

it('takes windows of unlike sides and steps', async () => {
  const maps = mapsOf((shape) => reals(shape));
  await expectLikeCpu(() => withGradient((x) => tf.maxPool(x, [2, 3], [2, 1], 'same'), maps));
  await expectLikeCpu(() => withGradient((x) => tf.maxPool(x, [1, 3], [1, 2], 'same'), maps));
});

it('takes numbers far below zero, next to padding', async () => {
  const maps = mapsOf((shape) => reals(shape, -3e38, -2e38));
  await expectLikeCpu(() => withGradient((x) => tf.maxPool(x, 3, 2, 'same'), maps));
});

it('takes infinite numbers', async () => {
  const values = Float32Array.from({ length: 16 * 16 }, (_, i) =>
    i % 3 === 0 ? Infinity : -Infinity,
  );
  const map: TestTensor = { shape: [1, 4, 4, 16], dtype: 'float32', values };
  await expectLikeCpu(() => ({ y: tf.maxPool(enter<tf.Rank.R4>(map), 2, 2, 'valid') }));
});

// ONNX Runtime's kernels keep or drop it by its place; tfjs-backend-cpu drops it always.
describe.each([1, 16])('NaN among %i channels', (count) => {
  it.each([0, 1, 2, 3])('at place %i of a window is seen by no other', async (place) => {
    const pixels = [1, 2, 3].toSpliced(place, 0, NaN);
    // Beside it lies a window of 4, 5, 6, 7.
    const rows = [...pixels.slice(0, 2), 4, 5, ...pixels.slice(2), 6, 7];
    const values = Float32Array.from(rows.flatMap((pixel) => new Array<number>(count).fill(pixel)));
    const map: TestTensor = { shape: [1, 2, 4, count], dtype: 'float32', values };
    for (const layout of layouts) {
      const results = await runOn(layout, () => ({
        y: tf.maxPool(enter<tf.Rank.R4>(map), 2, 2, 'valid'),
      }));
      const maxima = Array.from(results.get('y')?.values ?? []);
      expect(maxima.slice(count)).toEqual(new Array<number>(count).fill(7));
      expect(maxima.slice(0, count).every((own) => own === 3 || Number.isNaN(own))).toBe(true);
    }
  });
});
