import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { addBias } from './add-bias.js';
import { channelMean, channelSum } from './channel-mean.js';

test.each([
  [[2, 3, 4, 5]],
  [[1, 3, 4, 1]],
  [[1, 1, 4, 3]],
  [[1, 4, 1, 3]],
  [[3, 1, 1, 2]],
  [[1, 1, 1, 2]],
] as [[number, number, number, number]][])('means and sums of %o are those of tf.mean', (shape) => {
  const x = tf.randomNormal<tf.Rank.R4>(shape, 3, 1, 'float32', 1);
  const before = tf.memory().numTensors;
  const mean = channelMean(x);
  const sum = channelSum(x);
  expect(tf.memory().numTensors).toBe(before + 2);
  expect(mean.shape).toEqual([shape[3]]);
  expect(mean.dataSync()).toBeAllClose(tf.mean(x, [0, 1, 2]).dataSync());
  expect(sum.dataSync()).toBeAllClose(tf.sum(x, [0, 1, 2]).dataSync());
});

test('long sums keep their digits', () => {
  // 2^20 times 0.1: added up one by one in float32, the sum is off by 1e-2.
  const x = tf.fill<tf.Rank.R4>([1, 1024, 1024, 1], 0.1);
  expect(channelMean(x).dataSync()).toBeAllClose([0.1], { rtol: 1e-5 });
  x.dispose();
});

test('addBias names a bias of the wrong length', () => {
  const x = tf.zeros<tf.Rank.R4>([1, 2, 2, 3]);
  expect(() => addBias(x, tf.zeros([2]))).toThrow('addBias: bias must be 3, received 2');
});
