import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Computes a constant: no gradient flows through it, and nothing of it is recorded, so its intermediate tensors are
 * freed at once.
 */
export function stopGradient<T extends Tensor>(compute: () => T): T {
  return tf.customGrad<T>(() => ({ value: compute(), gradFunc: () => [] }))();
}

/**
 * Applies a function whose gradient is given in closed form: far fewer kernels than the chain rule over its parts.
 * @param x - The one input that is differentiated.
 * @param saved - What the gradient reads besides `dy`; made outside of `forward`, since all that it makes is disposed.
 * @param forward - The function's value at `x`.
 * @param gradient - Gradient with respect to `x`, shaped like `x`, from the gradient `dy` of the value.
 */
export function withGradient<T extends Tensor, const S extends readonly Tensor[]>(
  x: Tensor,
  saved: S,
  forward: () => T,
  gradient: (dy: T, saved: S) => Tensor,
): T {
  const op = tf.customGrad<T>((...inputs) => {
    const save = inputs[1] as (tensors: Tensor[]) => void;
    save([...saved]);
    return {
      value: forward(),
      gradFunc: (dy: T, kept: Tensor[]) => gradient(dy, kept as readonly Tensor[] as S),
    };
  });
  return op(x);
}
