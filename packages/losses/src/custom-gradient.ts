import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** An op's result and the tensors that its gradient needs. */
export interface Computed<T extends Tensor, S extends readonly Tensor[]> {
  readonly value: T;
  readonly saved: S;
}

/**
 * Applies a function whose gradient is given in closed form: far fewer kernels than the chain rule over its parts.
 * @param x - The one input that is differentiated.
 * @param forward - The function; everything the gradient reads must be in `saved`, since all else is disposed.
 * @param gradient - Gradient with respect to `x`, shaped like `x`, from the gradient `dy` of the result.
 */
export function withGradient<T extends Tensor, const S extends readonly Tensor[]>(
  x: Tensor,
  forward: () => Computed<T, S>,
  gradient: (dy: T, saved: S) => Tensor,
): T {
  const op = tf.customGrad<T>((...inputs) => {
    const { value, saved } = forward();
    const save = inputs[1] as (tensors: Tensor[]) => void;
    save([...saved]);
    return {
      value,
      gradFunc: (dy: T, kept: Tensor[]) => gradient(dy, kept as readonly Tensor[] as S),
    };
  });
  return op(x);
}
