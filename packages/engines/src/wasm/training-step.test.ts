import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startBackends, stopBackends } from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);
const shapes = [
  [3, 3, 3, 8],
  [3, 3, 8, 16],
  [2, 2, 8, 16],
  [3, 3, 16, 8],
  [1, 1, 8, 2],
];

/** One level of a U-Net on `[2, 8, 8, 3]`: loss, then the gradients of all filters, on the current backend. */
function lossAndGradients(): Float32Array[] {
  const filters = shapes.map((shape, i) => tf.randomNormal(shape, 0, 0.2, 'float32', i + 1));
  const image = tf.randomNormal<tf.Rank.R4>([2, 8, 8, 3], 0, 1, 'float32', 9);
  const labels = tf.cast(tf.randomUniform([2, 8, 8], 0, 2, 'float32', 10), 'int32');
  const block = (x: tf.Tensor4D, filter: tf.Tensor | undefined) => {
    const y = tf.conv2d(x, filter as tf.Tensor4D, 1, 'same');
    const { mean, variance } = tf.moments(y, [0, 1, 2]);
    return tf.relu(
      tf.batchNorm(y, mean, variance, tf.zerosLike(mean), tf.onesLike(mean), 1e-5),
    ) as tf.Tensor4D;
  };
  const { value, grads } = tf.valueAndGrads((...inputs) => {
    const [first, deep, up, joined, head] = inputs;
    const skip = block(image, first);
    const center = block(tf.maxPool(skip, 2, 2, 'valid'), deep);
    const raised = tf.conv2dTranspose(center, up as tf.Tensor4D, skip.shape, 2, 'same');
    const features = block(tf.concat([skip, raised], 3), joined);
    const logits = tf.conv2d(features, head as tf.Tensor4D, 1, 'same');
    const likelihood = tf.sum(tf.mul(tf.oneHot(labels, 2), tf.logSoftmax(logits)), -1);
    return tf.neg(tf.mean(likelihood));
  })(filters);
  return [value, ...grads].map((tensor) => tensor.dataSync() as Float32Array);
}

test('the gradients of a small U-Net equal those of the cpu backend', async () => {
  const received = tf.tidy(lossAndGradients);
  await tf.setBackend('cpu');
  const expected = tf.tidy(lossAndGradients);
  await tf.setBackend('wasm');
  expect(received).toHaveLength(6);
  received.forEach((values, i) => {
    // Batch normalisation over 128 values amplifies float32 differences.
    expect(values).toBeAllClose(expected[i] ?? [], { rtol: 1e-3, atol: 1e-5 });
  });
});

test('a step leaves no tensors and no data behind', () => {
  const backend = tf.backend() as unknown as { numDataIds(): number };
  tf.tidy(lossAndGradients);
  const before = { tensors: tf.memory().numTensors, data: backend.numDataIds() };
  tf.tidy(lossAndGradients);
  expect({ tensors: tf.memory().numTensors, data: backend.numDataIds() }).toEqual(before);
});
