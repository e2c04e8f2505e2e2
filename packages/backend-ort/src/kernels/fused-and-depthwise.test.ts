import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, it } from 'vitest';

import { reals, startBackends, stopBackends } from './compare-with-cpu.test-support.js';
import { enter, expectLikeCpu } from './like-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

it.each([
  [16, 1, 1, 'same', 1],
  [32, 1, 2, 'same', 1],
  [5, 1, 1, 'valid', 1],
  [16, 3, 1, 'same', 1],
  [16, 1, 1, 'same', 2],
] as const)(
  'depthwise: %i channels, multiplier %i, stride %i, %s, dilation %i',
  async (channels, multiplier, stride, pad, dilation) => {
    const x = reals([2, 7, 9, channels]);
    const filter = reals([3, 3, channels, multiplier]);
    await expectLikeCpu(() => ({
      y: tf.depthwiseConv2d<tf.Tensor4D>(
        enter<tf.Rank.R4>(x),
        enter<tf.Rank.R4>(filter),
        stride,
        pad,
        'NHWC',
        dilation,
      ),
    }));
  },
);

it.each([
  ['linear', 16],
  ['relu', 16],
  ['relu', 5],
  ['relu', 3],
] as const)('fused convolution ending in %s, %i channels', async (activation, channels) => {
  const x = reals([2, 6, 8, 16]);
  const filter = reals([3, 3, 16, channels]);
  const bias = reals([channels]);
  await expectLikeCpu(() => ({
    y: tf.fused.conv2d<tf.Tensor4D>({
      x: enter<tf.Rank.R4>(x),
      filter: enter<tf.Rank.R4>(filter),
      strides: 1,
      pad: 'same',
      bias: enter(bias),
      activation,
    }),
  }));
});
