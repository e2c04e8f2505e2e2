import * as tf from '@tensorflow/tfjs-core';

import { expectShape } from '../tensor/expect-shape.js';
import { channelSum } from './channel-mean.js';

/** The statistics that a batch normalisation uses in inference. */
export interface BatchNormStatistics {
  /** `[channels]` float32. */
  readonly mean: tf.Tensor1D;
  /** `[channels]` float32. */
  readonly variance: tf.Tensor1D;
  /** Added to the variance. */
  readonly eps: number;
}

/**
 * Batch normalisation by given statistics: `y = (x - mean) / sqrt(variance + eps) * gamma + beta`. The statistics
 * receive no gradient.
 * @param x - `[batch, height, width, channels]` float32.
 * @param gamma - `[channels]` float32.
 * @param beta - `[channels]` float32.
 * @returns `[batch, height, width, channels]` float32.
 * @throws ShapeError if the channels differ.
 * @see https://arxiv.org/abs/1502.03167
 */
export function batchNormEval(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  { mean, variance, eps }: BatchNormStatistics,
): tf.Tensor4D {
  expectShape(x, [null, null, null, gamma.shape[0]], 'batchNorm: input');
  for (const vector of [beta, mean, variance]) {
    expectShape(vector, gamma.shape, 'batchNorm: beta, mean and variance');
  }
  const normalize = tf.customGrad<tf.Tensor4D>((...inputs) => {
    const [map, scale, shift, save] = inputs as [
      tf.Tensor4D,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.GradSaveFunc,
    ];
    save([map, scale, mean, variance]);
    return {
      value: tf.batchNorm4d(map, mean, variance, shift, scale, eps),
      gradFunc: (dy: tf.Tensor4D, saved: tf.Tensor[]) => batchNormGradient(dy, saved, eps),
    };
  });
  return normalize(x, gamma, beta);
}

function batchNormGradient(dy: tf.Tensor4D, saved: tf.Tensor[], eps: number): tf.Tensor[] {
  const [x, gamma, mean, variance] = saved as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  return tf.tidy(() => {
    const inverse = tf.rsqrt(tf.add(variance, eps));
    const product = channelSum(tf.mul(dy, tf.sub(x, mean)));
    return [tf.mul(dy, tf.mul(inverse, gamma)), tf.mul(product, inverse), channelSum(dy)];
  });
}
