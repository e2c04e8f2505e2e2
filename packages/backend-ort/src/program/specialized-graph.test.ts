import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  channelsFirst,
  ort,
  startBackends,
  stopBackends,
} from '../kernels/compare-with-cpu.test-support.js';
import { distance, layouts } from '../kernels/like-cpu.test-support.js';

// Weights that stay the same for three steps become constants: from then on filters lie ready in blocks, or, of large maps,
// transformed for Winograd's algorithm.

beforeAll(startBackends);
afterAll(stopBackends);

const wave = (shape: number[], phase: number, gain = 1): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
      Math.fround(gain * Math.sin(phase + i + 0.01 * i * i)),
    ),
    shape,
  );

interface Network {
  readonly name: string;
  readonly image: [number, number, number, number];
  /** Makes the weights of a generation. */
  readonly weights: (generation: number) => tf.Tensor[];
  readonly predict: (x: tf.Tensor4D, weights: readonly tf.Tensor[]) => tf.Tensor;
}

const filters =
  (taps: number, from: number, to: number): Network['weights'] =>
  (generation) => [wave([taps, taps, from, to], generation), wave([to], generation + 0.5)];

const convolve = (x: tf.Tensor4D, [filter, bias]: readonly tf.Tensor[]): tf.Tensor4D =>
  tf.relu(tf.add<tf.Tensor4D>(tf.conv2d(x, filter as tf.Tensor4D, 1, 'same'), bias!));

const networks: readonly Network[] = [
  { name: '16 channels', image: [1, 4, 6, 16], weights: filters(3, 16, 16), predict: convolve },
  { name: '5 channels', image: [2, 4, 5, 5], weights: filters(3, 5, 3), predict: convolve },
  { name: '64 channels', image: [2, 6, 8, 64], weights: filters(3, 64, 64), predict: convolve },
  { name: '64 to 128', image: [1, 2, 2, 64], weights: filters(3, 64, 128), predict: convolve },
  { name: '64, odd size', image: [1, 7, 6, 64], weights: filters(3, 64, 64), predict: convolve },
  { name: '64, 5 taps', image: [1, 6, 6, 64], weights: filters(5, 64, 64), predict: convolve },
  {
    name: 'batch normalisation of 64 channels',
    image: [1, 6, 6, 64],
    weights: (generation) => [
      ...filters(3, 64, 64)(generation),
      tf.add(wave([64], generation, 0.5), 1),
    ],
    predict: (x, [filter, mean, variance]) => {
      const y = tf.conv2d(x, filter as tf.Tensor4D, 1, 'same');
      return tf.batchNorm(y, mean as tf.Tensor1D, variance as tf.Tensor1D, mean as tf.Tensor1D);
    },
  },
  {
    name: 'a sum after 64 channels',
    image: [1, 4, 4, 64],
    weights: filters(3, 64, 64),
    predict: (x, [filter]) => tf.add(tf.conv2d(x, filter as tf.Tensor4D, 1, 'same'), x),
  },
  {
    name: 'the end of a residual block of 64 channels',
    image: [2, 6, 4, 64],
    weights: filters(3, 64, 64),
    predict: (x, [filter, bias]) => {
      const y = tf.conv2d(x, filter as tf.Tensor4D, 1, 'same');
      return tf.relu(tf.add(tf.add(y, bias!), x));
    },
  },
];

/** Predictions of seven images by each generation of weights, and of one by a generation that was there before. */
async function predictions(
  backend: string,
  network: Network,
  generations: readonly number[] = [0, 1, 2, 0],
): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  return generations.flatMap((generation, turn) => {
    const weights = tf.tidy(() => network.weights(generation));
    const results = Array.from({ length: turn === 3 ? 1 : 7 }, (_, image) =>
      tf.tidy(() => {
        const x = wave(network.image, image + 10 * turn) as tf.Tensor4D;
        return network.predict(x, weights).dataSync<'float32'>();
      }),
    );
    tf.dispose(weights);
    return results;
  });
}

describe.each(networks)('$name', (network) => {
  it.each(layouts)(
    'is the same before and after, and follows new weights at once, on %s',
    async (layout) => {
      const expected = await predictions('cpu', network);
      const received = await predictions(layout, network);
      expect(received).toHaveLength(22);
      received.forEach((result, i) => {
        expect(distance(result, expected[i]!), `prediction ${i}`).toBeLessThan(1e-5);
      });
    },
  );
});

// As large as Winograd's algorithm asks for; too large for tfjs-backend-cpu, so they are compared with the layout that has none.
const largeNetworks: readonly Network[] = [
  {
    name: 'a convolution',
    image: [1, 64, 64, 128],
    weights: filters(3, 128, 128),
    predict: convolve,
  },
  {
    name: 'more channels',
    image: [2, 32, 64, 128],
    weights: filters(3, 128, 160),
    predict: convolve,
  },
  {
    name: 'fewer channels',
    image: [1, 62, 70, 144],
    weights: filters(3, 144, 128),
    predict: convolve,
  },
  {
    name: 'the end of a residual block',
    image: [4, 32, 32, 128],
    weights: filters(3, 128, 128),
    predict: (x, [filter, bias]) => {
      const y = tf.conv2d(x, filter as tf.Tensor4D, 1, 'same');
      return tf.relu(tf.add(tf.add(y, bias!), x));
    },
  },
];

it.each(largeNetworks)("Winograd's algorithm computes $name", async ({ image, ...network }) => {
  // Filters of about unit gain, so that distances are relative.
  const gain = 1 / Math.sqrt(9 * image[3]);
  const weights = (generation: number): tf.Tensor[] =>
    network.weights(generation).map((weight) => tf.mul(weight, weight.rank === 4 ? gain : 1));
  const expected = await predictions(channelsFirst, { ...network, image, weights }, [0]);
  const received = await predictions(ort, { ...network, image, weights }, [0]);
  received.forEach((result, i) => {
    expect(distance(result, expected[i]!), `prediction ${i}`).toBeLessThan(1e-5);
  });
});

it('weights that are assigned to a variable in place are followed, too', async () => {
  await tf.setBackend(layouts[0]);
  const weight = tf.variable(tf.ones([300]));
  const results = Array.from({ length: 12 }, (_, step) =>
    tf.tidy(() => {
      if (step % 6 === 5) weight.assign(tf.add(weight, 1));
      return tf.sum(tf.mul(tf.fill([300], step), tf.square(weight))).dataSync()[0];
    }),
  );
  weight.dispose();
  const gains = [1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 4, 9];
  expect(results).toEqual(gains.map((gain, step) => 300 * gain * step));
});
