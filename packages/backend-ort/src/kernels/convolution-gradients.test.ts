import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, it } from 'vitest';

import { reals, startBackends, stopBackends } from './compare-with-cpu.test-support.js';
import {
  channelCases,
  convolutionCases,
  convolutionInputs,
  gradientsOf,
} from './convolution-cases.test-support.js';
import { expectLikeCpu } from './like-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

describe.each(convolutionCases)('$name', ({ stride, pad, ...geometry }) => {
  it('gives the gradients of map and filter', async () => {
    // tfjs-backend-cpu takes seconds for the products of many taps, channels and images.
    const few = channelCases.filter(([batch, from]) => batch * from <= 64);
    const cases = (geometry.kernel[1] > 3 ? few : channelCases).map((channels) => {
      return [channels.join(), convolutionInputs({ stride, pad, ...geometry }, channels)] as const;
    });
    const rounding = typeof pad === 'number' ? 'floor' : undefined;
    await expectLikeCpu(() =>
      Object.fromEntries(
        cases.flatMap(([name, { x, filter }]) => {
          const [dx, dfilter] = gradientsOf(
            (map, taps) => tf.conv2d(map, taps, stride, pad, 'NHWC', 1, rounding),
            x,
            filter,
          );
          return [
            [`${name}: input`, dx],
            [`${name}: filter`, dfilter],
          ];
        }),
      ),
    );
  });
});

// From a map of `to` channels to one of `from`: the filter's channels are the other way round.
describe.each([
  [2, 2, 'valid'],
  [3, 2, 'same'],
  [4, 2, 'same'],
  [2, 2, 'same'],
] as const)('transposed, %i taps a side, stride %i, %s', (taps, stride, pad) => {
  it.each([
    [16, 32],
    [5, 16],
    [1, 48],
    [8, 24],
    [3, 5],
  ])('to %i from %i channels, with its gradients', async (to, from) => {
    const x = reals([2, 4, 3, from]);
    const filter = reals([taps, taps, to, from]);
    const size = [stride * 4, stride * 3] as const;
    await expectLikeCpu(() => {
      const transposed = (map: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor4D =>
        tf.conv2dTranspose(map, w, [2, ...size, to], stride, pad);
      const [dx, dfilter] = gradientsOf(transposed, x, filter);
      const y = transposed(
        tf.tensor4d(x.values as Float32Array, [2, 4, 3, from]),
        tf.tensor4d(filter.values as Float32Array, [taps, taps, to, from]),
      );
      return { y, dx, dfilter };
    });
  });
});
