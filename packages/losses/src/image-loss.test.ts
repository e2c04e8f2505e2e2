import { ShapeError, type Spec } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { createLoss, schemaOf, valueAndGradient } from './losses.test-support.js';

// Differences: 0, 0.5, -2, 1.
const output = tf.tensor4d([1, 1.5, 0, 3], [1, 2, 2, 1]);
const image = tf.tensor4d([1, 1, 2, 2], [1, 2, 2, 1]);

describe('image-to-image losses', () => {
  it.each([
    ['l1', 3.5 / 4, [0, 0.25, -0.25, 0.25]],
    ['mse', 5.25 / 4, [0, 0.25, -1, 0.5]],
    // sqrt(d^2 + 1): 1, sqrt 1.25, sqrt 5, sqrt 2; its slope is d / sqrt(d^2 + 1).
    [
      { name: 'charbonnier', epsilon: 1 },
      (1 + Math.sqrt(1.25) + Math.sqrt(5) + Math.sqrt(2)) / 4,
      [0, 0.125 / Math.sqrt(1.25), -0.5 / Math.sqrt(5), 0.25 / Math.sqrt(2)],
    ],
  ] satisfies [Spec<'loss'>, number, number[]][])('%o', (spec, value, gradient) => {
    const result = valueAndGradient(createLoss(spec, schemaOf(1)), output, { image });
    expect(result.value).toBeCloseTo(value, 6);
    expect(result.gradient).toBeAllClose(gradient);
  });

  it('wants an output like the target', () => {
    const forward = (): unknown =>
      createLoss('l1', schemaOf(1)).forward(tf.zeros([1, 2, 3, 1]), { image });
    expect(forward).toThrow(ShapeError);
    expect(forward).toThrow('l1: target image must be 1x2x3x1, received 1x2x2x1');
  });
});
