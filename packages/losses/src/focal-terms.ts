import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';

import { stopGradient, withGradient } from './custom-gradient.js';
import { sumAll } from './pixel-sums.js';
import { ratio } from './ratio.js';
import type { PixelTruth } from './valid-pixels.js';

/**
 * `d(-(u ** gamma) * log p) / d(log p) = -(u ** gamma) + gamma * u ** (gamma - 1) * p * log p`, where `u = 1 - p`. The
 * second term is written as `u ** gamma * p * (log p / u)`, which stays finite as u goes to 0.
 */
function focalSlope<T extends Tensor>(p: T, u: T, logP: T, gamma: number): T {
  const slowed = tf.mul<T>(p, tf.div<T>(logP, tf.maximum<T>(u, 1e-30)));
  return tf.mul(tf.pow(u, gamma), tf.sub(tf.mul(slowed, gamma), 1));
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
  const logAll = stopGradient(() => tf.logSoftmax(logits));
  const weight = stopGradient(() => {
    if (alpha === undefined) return tf.clone(valid);
    return tf.sum<Tensor4D>(tf.mul(truth, tf.tensor1d([...alpha])), -1, true);
  });
  const norm = sumAll(valid);
  // Of the true class: log p, and the other classes' sum, since 1 - p would lose the digits of a small remainder.
  const ofTruth = (all: Tensor, t: Tensor): [Tensor, Tensor] => [
    tf.sum(tf.mul(all, t), -1, true),
    tf.sum(tf.mul(tf.exp(all), tf.sub(1, t)), -1, true),
  ];
  return withGradient(
    logits,
    [logAll, truth, weight, norm],
    () => {
      const [logP, u] = ofTruth(logAll, truth);
      const losses = tf.neg(tf.mul(tf.mul(tf.pow(u, gamma), logP), weight));
      return ratio(sumAll(losses), norm, 0);
    },
    (dy, [all, t, w, n]) => {
      const [logP, u] = ofTruth(all, t);
      const slope = tf.mul(focalSlope(tf.exp(logP), u, logP, gamma), w);
      return tf.mul(tf.mul(tf.sub(t, tf.exp(all)), slope), ratio(dy, n, 0));
    },
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
  const sign = stopGradient(() => tf.sub<Tensor4D>(tf.mul(truth, 2), 1));
  const weight = stopGradient(() => {
    if (alpha === undefined) return tf.clone(valid);
    return tf.add<Tensor4D>(tf.mul(truth, alpha), tf.mul(tf.sub(valid, truth), 1 - alpha));
  });
  const norm = tf.mul<Scalar>(sumAll(valid), logits.shape[3]);
  return withGradient(
    logits,
    [logits, sign, weight, norm],
    () => {
      const x = tf.mul(logits, sign);
      const modulation = tf.pow(tf.sigmoid(tf.neg(x)), gamma);
      const losses = tf.neg(tf.mul(tf.mul(modulation, tf.logSigmoid(x)), weight));
      return ratio(sumAll(losses), norm, 0);
    },
    (dy, [z, s, w, n]) => {
      const x = tf.mul(z, s);
      const u = tf.sigmoid(tf.neg(x));
      // d(log p) / dx = 1 - p = u.
      const slope = tf.mul(focalSlope(tf.sigmoid(x), u, tf.logSigmoid(x), gamma), u);
      return tf.mul(tf.mul(slope, tf.mul(w, s)), ratio(dy, n, 0));
    },
  );
}
