// The batch that a network trains on.
import * as tf from '@tensorflow/tfjs-core';

/** Noise `[batch, size, size, channels]` and random labels `[batch, size, size]`. */
export function randomBatch({ batch, size, imageChannels, classes }) {
  return tf.tidy(() => ({
    image: tf.randomNormal([batch, size, size, imageChannels], 0, 1, 'float32', 1),
    labels: tf.cast(tf.randomUniform([batch, size, size], 0, classes, 'float32', 2), 'int32'),
  }));
}
