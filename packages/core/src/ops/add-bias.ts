import * as tf from '@tensorflow/tfjs-core';

import { expectShape } from '../tensor/expect-shape.js';
import { channelSum } from './channel-mean.js';

/**
 * Adds one number per channel; the bias's gradient is summed faster than by tfjs's own `add`.
 * @param x - `[batch, height, width, channels]` float32.
 * @param bias - `[channels]` float32.
 * @returns `[batch, height, width, channels]` float32.
 * @throws ShapeError if the channels differ.
 */
export function addBias(x: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  expectShape(bias, [x.shape[3]], 'addBias: bias', 'one value per channel of the map');
  const add = tf.customGrad<tf.Tensor4D>((...inputs) => {
    const [map, shift] = inputs as [tf.Tensor4D, tf.Tensor1D];
    return {
      value: tf.add<tf.Tensor4D>(map, shift),
      gradFunc: (dy: tf.Tensor4D) => [tf.clone(dy), channelSum(dy)],
    };
  });
  return add(x, bias);
}
