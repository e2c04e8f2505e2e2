import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { adamUpdate } from './adam-update.js';

test('joined and single parameters take the same step, in their own shapes', () => {
  const constants = { beta1: 0.9, beta2: 0.99, eps: 1e-3 };
  const [stepSize, correction] = [0.5, 0.25];
  const start = {
    value: [1, -2, 3, 4],
    gradient: [2, 1, -1, 0.5],
    mean: [1, 0, 2, -1],
    square: [4, 1, 0, 9],
  };
  const kernel = adamUpdate.make(undefined);
  // Values 0 and 1 as a vector, 2 as another one, 3 as a matrix between them.
  const layout: readonly (readonly [from: number, to: number, shape: number[]])[] = [
    [0, 2, [2]],
    [3, 4, [1, 1]],
    [2, 3, [1]],
  ];
  const inputs: Record<string, tf.Tensor> = {
    stepSize: tf.scalar(stepSize),
    correction: tf.scalar(correction),
  };
  layout.forEach(([from, to, shape], i) => {
    for (const [part, numbers] of Object.entries(start)) {
      inputs[`${part}${String(i)}`] = tf.tensor(numbers.slice(from, to), shape);
    }
  });
  const before = tf.memory().numTensors;
  const outputs = kernel({
    inputs,
    backend: tf.backend(),
    attrs: { count: layout.length, ...constants },
  }) as tf.Tensor[];
  expect(tf.memory().numTensors - before).toBe(9);

  // m += (1 - b1)(g - m); v = b2 v + (1 - b2) g^2; p -= stepSize m / (sqrt(v) / correction + eps)
  const expected = start.value.map((value, i) => {
    const [g, m, v] = [start.gradient, start.mean, start.square].map((list) => list[i] ?? 0) as [
      number,
      number,
      number,
    ];
    const mean = m + 0.1 * (g - m);
    const square = 0.99 * v + 0.01 * g * g;
    return [value - (0.5 * mean) / (Math.sqrt(square) / 0.25 + 1e-3), mean, square] as const;
  });
  layout.forEach(([from, to, shape], i) => {
    for (const part of [0, 1, 2] as const) {
      const output = outputs[3 * i + part]!;
      expect(output.shape).toEqual(shape);
      const wanted = expected.slice(from, to).map((numbers) => numbers[part]);
      expect(output.dataSync()).toBeAllClose(wanted, { rtol: 1e-6, atol: 1e-6 });
    }
  });
});
