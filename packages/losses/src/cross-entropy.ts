import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';

import { stopGradient, withGradient } from './custom-gradient.js';
import { sumAll } from './pixel-sums.js';
import { ratio } from './ratio.js';

/**
 * Cross entropy against any per-pixel masses: `-sum(q * logSoftmax(logits)) / norm`, and 0 where `norm` is 0. Its
 * gradient is `(softmax(logits) * sum_c(q) - q) / norm`.
 * @param logits - `[batch, height, width, classes]` float32.
 * @param masses - `q`, the same shape: class weights times target probabilities, 0 at ignored pixels.
 * @param norm - Float32 scalar.
 */
export function crossEntropy(logits: Tensor4D, masses: Tensor4D, norm: Scalar): Scalar {
  const logProbabilities = stopGradient(() => tf.logSoftmax(logits));
  return withGradient(
    logits,
    [masses, logProbabilities, norm],
    () => ratio(tf.neg(sumAll(tf.mul(masses, logProbabilities))), norm, 0),
    (dy, [q, logP, n]) => {
      const slope = tf.sub(tf.mul(tf.exp(logP), tf.sum(q, -1, true)), q);
      return tf.mul(slope, ratio(dy, n, 0));
    },
  );
}
