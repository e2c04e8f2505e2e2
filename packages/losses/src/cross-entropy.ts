import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';

import { withGradient } from './custom-gradient.js';
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
  return withGradient(
    logits,
    () => {
      const logProbabilities = tf.logSoftmax(logits);
      const sum = sumAll(tf.mul(masses, logProbabilities));
      return { value: ratio(tf.neg(sum), norm, 0), saved: [masses, logProbabilities, norm] };
    },
    (dy: Scalar, [q, logProbabilities, n]) => {
      const pixelMass = tf.sum(q, -1, true);
      const slope = tf.sub(tf.mul(tf.exp(logProbabilities), pixelMass), q);
      return tf.mul(slope, ratio(dy, n, 0));
    },
  );
}
