import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, it } from 'vitest';

import { reals, startBackends, stopBackends } from './compare-with-cpu.test-support.js';
import { gradientsOf } from './convolution-cases.test-support.js';
import { expectLikeCpu } from './like-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

// Few pixels and many channels: products of matrices instead of convolutions.
it.each([
  [[1, 8, 8, 128], 3, 'same', 128],
  [[1, 5, 7, 128], 3, 'same', 144],
  [[1, 6, 8, 128], 3, 'valid', 128],
  [[2, 4, 6, 128], 3, 'same', 128],
  [[1, 3, 3, 130], 5, 'same', 127],
  [[1, 1, 1, 128], 3, 'same', 128],
] as const)('gradients at %j, %i taps, %s, to %i channels', async (shape, taps, pad, to) => {
  const x = reals(shape);
  const filter = reals([taps, taps, shape[3], to]);
  await expectLikeCpu(() => {
    const [dx, dfilter] = gradientsOf((map, w) => tf.conv2d(map, w, 1, pad), x, filter);
    return { dx, dfilter };
  });
});

it('a bias and ReLU after a transposed 1x1 convolution are kept', async () => {
  const x = reals([2, 4, 3, 32]);
  const filter = reals([1, 1, 16, 32]);
  const bias = reals([16]);
  await expectLikeCpu(() => ({
    y: tf.relu(
      tf.add(
        tf.conv2dTranspose(
          tf.tensor4d(x.values as Float32Array, [2, 4, 3, 32]),
          tf.tensor4d(filter.values as Float32Array, [1, 1, 16, 32]),
          [2, 4, 3, 16],
          1,
          'same',
        ),
        tf.tensor1d(bias.values as Float32Array),
      ),
    ),
  }));
});
