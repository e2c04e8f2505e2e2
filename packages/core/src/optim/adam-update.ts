import * as tf from '@tensorflow/tfjs-core';

import { runEngineKernel } from '../ops/engine-kernel.js';
import type { Update } from './slot-optimizer.js';

/** Adam's running averages, by PyTorch's names. */
export type AdamSlot = 'exp_avg' | 'exp_avg_sq';

/** Adam's constants. */
export interface AdamConstants {
  readonly betas: readonly [number, number];
  readonly eps: number;
}

/**
 * Adam's update: `m += (1 - b1) * (g - m)`, `v = b2 * v + (1 - b2) * g^2`,
 * `p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)`. The operations come in PyTorch's order, so that
 * the roundings agree; the bias corrections are scalars.
 * @see https://arxiv.org/abs/1412.6980
 */
export function adamUpdate(
  { value, gradient, slots, step, learningRate }: Update<AdamSlot>,
  { betas: [beta1, beta2], eps }: AdamConstants,
): { value: tf.Tensor; slots: Record<AdamSlot, tf.Tensor> } {
  const stepSize = learningRate / (1 - beta1 ** step);
  const correction = Math.sqrt(1 - beta2 ** step);
  const fused = runEngineKernel(
    'AdamUpdate',
    {
      value,
      gradient,
      mean: slots.exp_avg,
      square: slots.exp_avg_sq,
      stepSize: tf.scalar(stepSize),
      correction: tf.scalar(correction),
    },
    { beta1, beta2, eps },
  ) as [tf.Tensor, tf.Tensor, tf.Tensor] | undefined;
  if (fused !== undefined) {
    const [next, nextMean, nextSquare] = fused;
    return { value: next, slots: { exp_avg: nextMean, exp_avg_sq: nextSquare } };
  }
  const mean = tf.add(slots.exp_avg, tf.mul(tf.sub(gradient, slots.exp_avg), 1 - beta1));
  const square = tf.add(
    tf.mul(slots.exp_avg_sq, beta2),
    tf.mul(tf.mul(gradient, 1 - beta2), gradient),
  );
  const denominator = tf.add(tf.div(tf.sqrt(square), correction), eps);
  return {
    value: tf.sub(value, tf.div(tf.mul(mean, stepSize), denominator)),
    slots: { exp_avg: mean, exp_avg_sq: square },
  };
}
