import * as tf from '@tensorflow/tfjs-core';

/**
 * A small computation that reads a tensor in every step, as a training loop does.
 * @returns The 144 weights of a 3x3 filter after some steps; the same numbers at every call.
 */
export async function iterate(steps: number): Promise<Float32Array> {
  const pattern = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i));
  const images = tf.tensor4d(pattern(2 * 8 * 8 * 4), [2, 8, 8, 4]);
  let filter = tf.tensor4d(pattern(3 * 3 * 4 * 4), [3, 3, 4, 4]);
  for (let step = 0; step < steps; step++) {
    const next = tf.tidy(() => {
      const activity = tf.mean(tf.relu(tf.conv2d(images, filter, 1, 'same')), [0, 1, 2]);
      return tf.sub<tf.Tensor4D>(filter, tf.mul(tf.tanh(filter), tf.mul(activity, 0.1)));
    });
    filter.dispose();
    filter = next;
    await filter.data();
    // Lets messages of other threads come in.
    await new Promise(setImmediate);
  }
  const result = filter.dataSync<'float32'>();
  tf.dispose([images, filter]);
  return result;
}
