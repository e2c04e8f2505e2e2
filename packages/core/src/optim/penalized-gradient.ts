import * as tf from '@tensorflow/tfjs-core';

/** `gradient + weightDecay * value`: the gradient with an L2 penalty on the parameter, as PyTorch adds it. */
export function penalizedGradient(
  gradient: tf.Tensor,
  value: tf.Tensor,
  weightDecay: number,
): tf.Tensor {
  return weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(value, weightDecay));
}
