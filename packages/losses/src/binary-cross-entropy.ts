import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';

import { stopGradient, withGradient } from './custom-gradient.js';
import { sumAll } from './pixel-sums.js';
import { ratio } from './ratio.js';
import type { PixelTruth } from './valid-pixels.js';

/** `log(1 + exp(-x))` without overflow. */
function softplusOfNegative(x: Tensor4D): Tensor4D {
  return tf.add(tf.relu(tf.neg(x)), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
}

/**
 * Binary cross entropy of logits, the mean over counted pixels and channels of
 * `(1 - t) * x + (1 + (posWeight - 1) * t) * log(1 + exp(-x))`; 0 where all pixels are ignored.
 * @param logits - `[batch, height, width, channels]` float32.
 * @param pixels - Truth of every channel.
 * @param posWeight - Weight of the positive pixels, one per channel; none means 1.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 */
export function binaryCrossEntropy(
  logits: Tensor4D,
  { truth, valid }: PixelTruth,
  posWeight?: readonly number[],
): Scalar {
  const negative = tf.sub<Tensor4D>(valid, truth);
  const factor = stopGradient(() => {
    if (posWeight === undefined) return tf.add<Tensor4D>(negative, truth);
    return tf.add<Tensor4D>(negative, tf.mul(truth, tf.tensor1d([...posWeight])));
  });
  const norm = tf.mul<Scalar>(sumAll(valid), logits.shape[3]);
  return withGradient(
    logits,
    [logits, negative, factor, norm],
    () => {
      const losses = tf.add(tf.mul(negative, logits), tf.mul(factor, softplusOfNegative(logits)));
      return ratio(sumAll(losses), norm, 0);
    },
    (dy, [x, absent, weight, n]) => {
      const slope = tf.sub(absent, tf.mul(weight, tf.sigmoid(tf.neg(x))));
      return tf.mul(slope, ratio(dy, n, 0));
    },
  );
}
