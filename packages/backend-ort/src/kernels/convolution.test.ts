import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, it } from 'vitest';

import { reals, startBackends, stopBackends } from './compare-with-cpu.test-support.js';
import {
  channelCases,
  convolutionCases,
  convolutionInputs,
} from './convolution-cases.test-support.js';
import { enter, expectLikeCpu } from './like-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

describe.each(convolutionCases)('$name', (geometry) => {
  it('convolves maps of any channels', async () => {
    const cases = channelCases.map((channels) => {
      return [channels.join(), convolutionInputs(geometry, channels)] as const;
    });
    await expectLikeCpu(() =>
      Object.fromEntries(
        cases.map(([name, { x, filter }]) => {
          const result = tf.conv2d(
            enter<tf.Rank.R4>(x),
            enter<tf.Rank.R4>(filter),
            geometry.stride,
            geometry.pad,
            'NHWC',
            1,
            typeof geometry.pad === 'number' ? 'floor' : undefined,
          );
          return [name, result];
        }),
      ),
    );
  });
});

// 48 channels fill blocks of 8 and 16 alike, 8 and 24 blocks of 8 alone, 5 none.
describe.each([
  [16, 16],
  [3, 16],
  [48, 5],
  [24, 8],
  [5, 5],
])('dilated, %i to %i channels', (from, to) => {
  it.each(['same', 'valid'] as const)('%s', async (pad) => {
    const x = reals([2, 9, 11, from]);
    const filter = reals([3, 3, from, to]);
    await expectLikeCpu(() => {
      const dilated = (dilations: number | [number, number]): tf.Tensor =>
        tf.conv2d(enter<tf.Rank.R4>(x), enter<tf.Rank.R4>(filter), 1, pad, 'NHWC', dilations);
      return { two: dilated(2), four: dilated(4), mixed: dilated([1, 3]) };
    });
  });
});

it('pads unlike sides as given', async () => {
  const x = reals([2, 5, 6, 16]);
  const filter = reals([3, 3, 16, 16]);
  await expectLikeCpu(() => {
    const sides = (top: number, bottom: number, left: number, right: number): tf.Tensor =>
      tf.conv2d(enter<tf.Rank.R4>(x), enter<tf.Rank.R4>(filter), 1, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
    return { a: sides(0, 1, 2, 0), b: sides(2, 0, 0, 1) };
  });
});

it('convolves a map of one pixel, and of one row', async () => {
  const filter = reals([3, 3, 16, 16]);
  const maps = [reals([1, 1, 1, 16]), reals([1, 1, 9, 16]), reals([1, 9, 1, 16])];
  await expectLikeCpu(() =>
    Object.fromEntries(
      maps.map((x) => [
        x.shape.join(),
        tf.conv2d(enter<tf.Rank.R4>(x), enter<tf.Rank.R4>(filter), 1, 'same'),
      ]),
    ),
  );
});

it.each([
  [1, 1],
  [16, 16],
])('spreads NaN over the pixels whose window saw it, %i to %i channels', async (from, to) => {
  const x = {
    ...reals([1, 5, 5, from]),
    values: new Float32Array(25 * from).fill(NaN, 12 * from, 13 * from),
  };
  await expectLikeCpu(() => ({
    y: tf.conv2d(enter<tf.Rank.R4>(x), tf.ones([3, 3, from, to]), 1, 'same'),
  }));
});
