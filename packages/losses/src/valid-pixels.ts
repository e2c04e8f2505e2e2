import * as tf from '@tensorflow/tfjs-core';
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/** What the labels say, in the form that losses compute with. */
export interface PixelTruth {
  /** `[batch, height, width, channels]` float32: 1 where the pixel has the channel's class; ignored pixels all 0. */
  readonly truth: Tensor4D;
  /** `[batch, height, width, 1]` float32: 1 where the pixel counts, 0 where it is ignored. */
  readonly valid: Tensor4D;
}

/**
 * Labels as masks. A label that is neither a class nor `ignoreIndex` matches no channel yet counts; data sets refuse
 * such labels before they come here, and looking for them in every batch would stall the device.
 * @param labels - `[batch, height, width]` int32 class indices or `ignoreIndex`.
 * @param classes - The class of every channel, in order.
 */
export function pixelTruth(
  labels: Tensor3D,
  classes: readonly number[],
  ignoreIndex: number,
): PixelTruth {
  const column = tf.expandDims<Tensor4D>(labels, 3);
  const valid = tf.cast(tf.notEqual<Tensor4D>(column, tf.scalar(ignoreIndex, 'int32')), 'float32');
  const wanted = tf.tensor1d([...classes], 'int32');
  const truth = tf.cast(tf.equal<Tensor4D>(column, wanted), 'float32');
  // An ignored label that is no class matches no channel, so its row is 0 already.
  return { truth: classes.includes(ignoreIndex) ? tf.mul(truth, valid) : truth, valid };
}
