import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { ConfigError } from '../errors.js';
import { checkGradients } from '../testing/finite-difference.js';
import { randomStream } from '../tensor/random-stream.js';
import { Dropout2d } from './dropout2d.js';
import { evalMode, type Mode } from './module.js';

const trainMode = (seed: number): Mode => ({ training: true, random: randomStream(seed) });

test('drops whole channels of every sample and scales the rest', () => {
  const dropout = new Dropout2d({ rate: 0.2 });
  const [batch, channels] = [40, 50];
  const y = dropout.forward(tf.ones([batch, 2, 3, channels]), trainMode(1));
  const planes = tf.transpose(y, [0, 3, 1, 2]).dataSync();
  let dropped = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    const pixels = [...planes.subarray(plane * 6, plane * 6 + 6)];
    const [first = Number.NaN] = pixels;
    expect(new Set(pixels).size).toBe(1);
    if (first === 0) dropped += 1;
    else expect(first).toBeCloseTo(1 / 0.8, 6);
  }
  // 2000 draws of rate 0.2: standard error 0.009; five of them are allowed.
  expect(Math.abs(dropped / (batch * channels) - 0.2)).toBeLessThan(0.045);
});

test('the mask depends on the random stream alone', () => {
  const dropout = new Dropout2d({ rate: 0.5 });
  const x = tf.ones<tf.Rank.R4>([2, 1, 1, 20]);
  const draw = (seed: number) => [...dropout.forward(x, trainMode(seed)).dataSync()];
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  // Two layers of one step drop different channels.
  const mode = trainMode(7);
  dropout.forward(x, mode);
  expect([...dropout.forward(x, mode).dataSync()]).not.toEqual(draw(7));
});

test('inference and rate 0 change nothing', () => {
  const x = tf.ones<tf.Rank.R4>([1, 2, 2, 3]);
  expect(new Dropout2d({ rate: 0.5 }).forward(x, evalMode)).toBe(x);
  expect(new Dropout2d({ rate: 0 }).forward(x, trainMode(0))).toBe(x);
});

test('gradients agree with finite differences', () => {
  const dropout = new Dropout2d({ rate: 0.5 });
  const x = tf.randomNormal([2, 2, 2, 4], 0, 1, 'float32', 3);
  checkGradients((input) => dropout.forward(input as tf.Tensor4D, trainMode(4)), [x], {
    samples: 32,
  });
});

test.each([-0.1, 1, Number.NaN])('refuses a rate of %d', (rate) => {
  expect(() => new Dropout2d({ rate })).toThrow(ConfigError);
  expect(() => new Dropout2d({ rate })).toThrow('dropout2d: rate must be in [0, 1)');
});
