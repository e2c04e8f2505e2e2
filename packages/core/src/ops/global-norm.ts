import * as tf from '@tensorflow/tfjs-core';

import { runEngineKernel } from './engine-kernel.js';

/**
 * The norm of many tensors taken for one vector: `sqrt(sum of the squares of all numbers)`. It is not finite if any
 * number is not (or if the squares overflow float32).
 * @param tensors - float32 of any shapes.
 * @returns Scalar.
 */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  if (tensors.length === 0) return tf.scalar(0);
  const inputs = Object.fromEntries(tensors.map((tensor, i) => [String(i), tensor]));
  const fused = runEngineKernel('GlobalNorm', inputs);
  if (fused !== undefined) return fused[0] as tf.Scalar;
  return tf.tidy(() => {
    const squares = tensors.map((tensor) => tf.sum(tf.square(tensor)));
    return tf.sqrt(tf.addN(squares)) as tf.Scalar;
  });
}
