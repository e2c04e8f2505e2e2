import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';

import { withGradient } from './custom-gradient.js';
import { sumAll } from './pixel-sums.js';
import { ratio } from './ratio.js';
import type { PixelTruth } from './valid-pixels.js';

/**
 * `u ** gamma` and `d(-(u ** gamma) * log p) / d(log p) = -(u ** gamma) + gamma * u ** (gamma - 1) * p * log p`,
 * where `u = 1 - p`. The second term is written as `u ** gamma * (log p / u)`, which stays finite as u goes to 0.
 */
function focalTerms(p: Tensor, u: Tensor, logP: Tensor, gamma: number): [Tensor, Tensor] {
  const modulation = tf.pow(u, gamma);
  const slowed = tf.mul(p, tf.div(logP, tf.maximum(u, 1e-30)));
  return [modulation, tf.mul(modulation, tf.sub(tf.mul(slowed, gamma), 1))];
}

/**
 * Multi-class focal loss: the mean over counted pixels of `-alpha_y * (1 - p_y) ** gamma * log(p_y)`, p = softmax.
 * @param logits - `[batch, height, width, classes]` float32.
 * @param alpha - One weight per class; none means 1.
 */
export function softmaxFocal(
  logits: Tensor4D,
  { truth, valid }: PixelTruth,
  gamma: number,
  alpha?: readonly number[],
): Scalar {
  return withGradient(
    logits,
    () => {
      const logAll = tf.logSoftmax(logits);
      const logP = tf.sum(tf.mul(logAll, truth), -1, true);
      const all = tf.exp(logAll);
      // The other classes' probabilities, summed: 1 - p would lose the digits of a small remainder.
      const u = tf.sum(tf.mul(all, tf.sub(1, truth)), -1, true);
      const weighted = alpha === undefined ? truth : tf.mul(truth, tf.tensor1d([...alpha]));
      const weight = alpha === undefined ? valid : tf.sum(weighted, -1, true);
      const [modulation, slope] = focalTerms(tf.exp(logP), u, logP, gamma);
      const losses = tf.neg(tf.mul(tf.mul(modulation, logP), weight));
      const norm = sumAll(valid);
      const value = ratio(sumAll(losses), norm, 0);
      return { value, saved: [all, truth, tf.mul(slope, weight), norm] };
    },
    (dy: Scalar, [all, t, slope, norm]) =>
      tf.mul(tf.mul(tf.sub(t, all), slope), ratio(dy, norm, 0)),
  );
}

/**
 * Binary focal loss per channel: the mean over counted pixels and channels of
 * `-alpha_t * (1 - p_t) ** gamma * log(p_t)`, where p_t = p and alpha_t = alpha for positive pixels, 1 - p and
 * 1 - alpha for negative ones, p = sigmoid.
 * @param logits - `[batch, height, width, channels]` float32.
 * @param alpha - In [0, 1]; none means weight 1 for both.
 */
export function sigmoidFocal(
  logits: Tensor4D,
  { truth, valid }: PixelTruth,
  gamma: number,
  alpha?: number,
): Scalar {
  return withGradient(
    logits,
    () => {
      const sign = tf.sub(tf.mul(truth, 2), 1);
      const x = tf.mul(logits, sign);
      const logP = tf.logSigmoid(x);
      const u = tf.sigmoid(tf.neg(x));
      const [modulation, slope] = focalTerms(tf.sigmoid(x), u, logP, gamma);
      const weight =
        alpha === undefined
          ? valid
          : tf.add(tf.mul(truth, alpha), tf.mul(tf.sub(valid, truth), 1 - alpha));
      const losses = tf.neg(tf.mul(tf.mul(modulation, logP), weight));
      const norm = tf.mul<Scalar>(sumAll(valid), logits.shape[3]);
      const value = ratio(sumAll(losses), norm, 0);
      return { value, saved: [tf.mul(tf.mul(slope, u), tf.mul(weight, sign)), norm] };
    },
    (dy: Scalar, [slope, norm]) => tf.mul(slope, ratio(dy, norm, 0)),
  );
}
