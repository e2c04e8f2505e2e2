import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { ConfigError } from '../errors.js';
import { checkGradients } from '../testing/finite-difference.js';
import { randomStream } from '../tensor/random-stream.js';
import { Dropout } from './dropout.js';
import { evalMode, type Mode } from './module.js';

const trainMode = (seed: number): Mode => ({ training: true, random: randomStream(seed) });

test('drops single values and scales the rest', () => {
  const dropout = new Dropout({ rate: 0.2 });
  const values = dropout.forward(tf.ones([4, 5, 10, 50]), trainMode(1)).dataSync();
  const dropped = values.filter((value) => value === 0).length;
  expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.8)]));
  // 10,000 draws of rate 0.2: standard error 0.004; five of them are allowed.
  expect(Math.abs(dropped / values.length - 0.2)).toBeLessThan(0.02);
});

test('the mask depends on the random stream alone', () => {
  const dropout = new Dropout({ rate: 0.5 });
  const x = tf.ones<tf.Rank.R4>([2, 1, 1, 20]);
  const draw = (seed: number) => [...dropout.forward(x, trainMode(seed)).dataSync()];
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  // Two layers of one step drop different values.
  const mode = trainMode(7);
  dropout.forward(x, mode);
  expect([...dropout.forward(x, mode).dataSync()]).not.toEqual(draw(7));
});

test('inference and rate 0 change nothing', () => {
  const x = tf.ones<tf.Rank.R4>([1, 2, 2, 3]);
  expect(new Dropout({ rate: 0.5 }).forward(x, evalMode)).toBe(x);
  expect(new Dropout({ rate: 0 }).forward(x, trainMode(0))).toBe(x);
});

test('gradients agree with finite differences', () => {
  const dropout = new Dropout({ rate: 0.5 });
  const x = tf.randomNormal([2, 2, 2, 4], 0, 1, 'float32', 3);
  checkGradients((input) => dropout.forward(input as tf.Tensor4D, trainMode(4)), [x], {
    samples: 32,
  });
});

test.each([-0.1, 1, Number.NaN])('refuses a rate of %d', (rate) => {
  expect(() => new Dropout({ rate })).toThrow(ConfigError);
  expect(() => new Dropout({ rate })).toThrow('dropout: rate must be in [0, 1)');
});
