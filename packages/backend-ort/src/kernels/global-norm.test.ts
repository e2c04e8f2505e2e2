import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  reals,
  startBackends,
  stopBackends,
  type TestTensor,
} from './compare-with-cpu.test-support.js';
import { enter, layouts, runOn } from './like-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

function norm(...tensors: readonly tf.Tensor[]): tf.Tensor {
  const inputs = Object.fromEntries(tensors.map((tensor, i) => [String(i), tensor]));
  return tf.engine().runKernel('GlobalNorm', inputs);
}

/** In double precision. */
function byDefinition(tensors: readonly TestTensor[]): number {
  let sum = 0;
  for (const { values } of tensors) for (const value of Array.from(values)) sum += value ** 2;
  return Math.sqrt(sum);
}

const tensors = [[3, 3, 16, 32], [1], [], [7, 5], [2, 8, 8, 16]].map((shape) => reals(shape));

it.each(layouts)('is the root of the sum of all squares, on %s', async (layout) => {
  const results = await runOn(layout, () => ({ norm: norm(...tensors.map((x) => enter(x))) }));
  expect(results.get('norm')?.shape).toEqual([]);
  expect(results.get('norm')?.values[0]).toBeCloseTo(byDefinition(tensors), 4);
});

it.each(layouts)(
  'counts repeated and constant numbers as often as they occur, on %s',
  async (layout) => {
    const results = await runOn(layout, () => {
      const row = tf.tensor1d([1, 2]);
      const rows = tf.broadcastTo(row, [3, 2]);
      // 3 * (1 + 4) + 10 * 2^2 = 55
      return { norm: norm(rows, tf.fill([2, 5], 2)) };
    });
    expect(results.get('norm')?.values[0]).toBeCloseTo(Math.sqrt(55), 5);
  },
);

it.each(layouts)('is not finite if one number is not, on %s', async (layout) => {
  const results = await runOn(layout, () => ({
    nan: norm(tf.tensor1d([1, NaN, 2]), tf.tensor1d([3])),
    infinite: norm(tf.tensor2d([[1, -Infinity]]), tf.tensor1d([3])),
  }));
  expect(results.get('nan')?.values[0]).toBeNaN();
  expect(results.get('infinite')?.values[0]).toBe(Infinity);
});

it.each(layouts)('reads maps where convolutions left them, on %s', async (layout) => {
  const image = reals([2, 16, 16, 8]);
  const filter = reals([3, 3, 8, 16]);
  const results = await runOn(layout, () => {
    const map = tf.conv2d(enter<tf.Rank.R4>(image), enter<tf.Rank.R4>(filter), 1, 'same');
    return { map, norm: norm(map) };
  });
  const map = results.get('map') as TestTensor;
  expect(results.get('norm')?.values[0]).toBeCloseTo(byDefinition([map]), 2);
});
