import * as tf from '@tensorflow/tfjs-core';

import type { Update } from './slot-optimizer.js';

/** `gradient + weightDecay * value`: the gradient with an L2 penalty on the parameter, as PyTorch adds it. */
export function penalizedGradient({
  gradient,
  value,
  weightDecay,
}: Pick<Update<never>, 'gradient' | 'value' | 'weightDecay'>): tf.Tensor {
  return weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(value, weightDecay));
}
