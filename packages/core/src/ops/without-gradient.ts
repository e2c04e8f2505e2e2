import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a computation that no gradient flows through, and of which the tape keeps nothing but the result.
 * @param compute - Makes one tensor; what else it makes is freed.
 */
export function withoutGradient<T extends tf.Tensor>(compute: () => T): T {
  // An op without inputs has nothing to hand a gradient to.
  return tf.customGrad<T>(() => ({ value: compute(), gradFunc: () => [] }))();
}
