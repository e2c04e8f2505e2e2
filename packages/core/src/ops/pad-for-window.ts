import * as tf from '@tensorflow/tfjs-core';

import type { Window } from './windowed-size.js';

/** A map ready for a window op, and the padding mode to tell the op. */
export interface PaddedMap {
  readonly map: tf.Tensor4D;
  readonly mode: 'same' | 'valid';
}

/**
 * Surrounds a map with `padding` zeros, or lets the op do it where TensorFlow's 'same' means the very same thing:
 * at stride 1 and `2 * padding = dilation * (k - 1)`. (tfjs's own symmetric padding, a number, has no backward kernel
 * on some engines.)
 */
export function padForWindow(x: tf.Tensor4D, window: Window): PaddedMap {
  const { kernel, stride, padding, dilation } = window;
  if (padding === 0) return { map: x, mode: 'valid' };
  const keeps = (taps: number): boolean => 2 * padding === dilation * (taps - 1);
  if (stride === 1 && keeps(kernel.height) && keeps(kernel.width)) return { map: x, mode: 'same' };
  return { map: padSpace(x, padding), mode: 'valid' };
}

/** Surrounds a map with `padding` rows and columns of `value`. */
export function padSpace(x: tf.Tensor4D, padding: number, value = 0): tf.Tensor4D {
  const sides: [number, number] = [padding, padding];
  return tf.pad4d(x, [[0, 0], sides, sides, [0, 0]], value);
}
