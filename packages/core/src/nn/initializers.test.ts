import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { ShapeError } from '../errors.js';
import { convTranspose2d } from '../ops/conv-transpose2d.js';
import { resizeBilinear } from '../ops/resize-bilinear.js';
import { randomStream } from '../tensor/random-stream.js';
import { Conv2d } from './conv2d.js';
import { ConvTranspose2d } from './conv-transpose2d.js';
import {
  bilinearKernel,
  constant,
  fanOf,
  heNormal,
  torchBiasUniform,
  torchUniform,
  xavierNormal,
  zeros,
} from './initializers.js';
import { readFixture, type FixtureTensor } from '../ops/torch-fixtures.test-support.js';

interface Fixture {
  readonly bilinearKernels: readonly { readonly stride: number; readonly kernel: FixtureTensor }[];
  readonly fans: readonly {
    readonly kind: 'conv2d' | 'convTranspose2d';
    readonly inChannels: number;
    readonly outChannels: number;
    readonly kernelSize: number;
    readonly fanIn: number;
    readonly fanOut: number;
    readonly largestWeight: number;
    readonly largestBias: number;
  }[];
}

const { bilinearKernels, fans } = readFixture('initializers') as Fixture;
const moment = (values: Float32Array, power: number): number =>
  values.reduce((sum, value) => sum + value ** power, 0) / values.length;

test('constants', () => {
  expect([...zeros()([2, 2], randomStream(0))]).toEqual([0, 0, 0, 0]);
  expect([...constant(0.5)([3], randomStream(0))]).toEqual([0.5, 0.5, 0.5]);
});

test.each([
  // fanIn = 3 * 3 * 16 = 144, fanOut = 3 * 3 * 32 = 288.
  ['heNormal', heNormal(), Math.sqrt(2 / 144)],
  ['xavierNormal', xavierNormal(), Math.sqrt(2 / (144 + 288))],
])('%s has mean 0 and the right deviation', (_, initializer, std) => {
  const values = initializer([3, 3, 16, 32], randomStream(1));
  expect(values.length).toBe(4608);
  // Standard errors: std / sqrt(4608) = 0.015 std of the mean, std / sqrt(2 * 4608) = 0.010 std of the deviation.
  expect(Math.abs(moment(values, 1))).toBeLessThan(0.075 * std);
  expect(Math.abs(Math.sqrt(moment(values, 2)) / std - 1)).toBeLessThan(0.05);
});

test.each(fans)("the defaults of $kind are PyTorch's", (torch) => {
  const { kind, inChannels, outChannels, kernelSize, fanIn, fanOut } = torch;
  const options = { inChannels, outChannels, kernelSize, stride: 1 };
  const layer = kind === 'conv2d' ? new Conv2d(options) : new ConvTranspose2d(options);
  expect(fanOf(layer.weight.shape)).toEqual({ fanIn, fanOut });
  const bound = 1 / Math.sqrt(fanIn);
  let largestBias = 0;
  for (let seed = 0; seed < 100; seed++) {
    layer.initialize(randomStream(seed));
    const bias = layer.bias?.value.dataSync() ?? [];
    largestBias = Math.max(largestBias, ...bias.map(Math.abs));
  }
  const weights = layer.weight.value.dataSync() as Float32Array;
  const largestWeight = Math.max(...weights.map(Math.abs));
  // Both PyTorch's largest draws and ours approach the bound from below.
  for (const largest of [largestWeight, torch.largestWeight, largestBias, torch.largestBias]) {
    expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6));
    expect(largest).toBeGreaterThan(0.97 * bound);
  }
  // Uniform in +-b has variance b^2 / 3; 735 draws leave a standard error of 3.3 % of it.
  expect(Math.abs(moment(weights, 2) / (bound ** 2 / 3) - 1)).toBeLessThan(0.17);
  layer.dispose();
});

test('torch initialisers are uniform in +-1 / sqrt(fanIn)', () => {
  const weights = torchUniform()([2, 2, 4, 8], randomStream(0)); // fanIn = 2 * 2 * 4 = 16
  const bias = torchBiasUniform(16)([64], randomStream(0));
  for (const values of [weights, bias]) {
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.25);
    expect(Math.max(...values)).toBeGreaterThan(0.22);
    expect(Math.min(...values)).toBeLessThan(-0.22);
  }
});

test.each(bilinearKernels)(
  "bilinearKernel is what PyTorch's interpolation spreads a pixel to: x$stride",
  ({ kernel }) => {
    const [size] = kernel.shape as [number, number];
    const channels = 3;
    const values = bilinearKernel()([size, size, channels, channels], randomStream(0));
    const filter = tf.tensor4d(values, [size, size, channels, channels]);
    for (let to = 0; to < channels; to++) {
      for (let from = 0; from < channels; from++) {
        const plane = tf.slice4d(filter, [0, 0, to, from], [size, size, 1, 1]).dataSync();
        expect(plane).toBeAllClose(to === from ? kernel.data : kernel.data.map(() => 0));
      }
    }
  },
);

test('a transposed convolution with the bilinear kernel doubles an image, save for its frame', () => {
  const x = tf.randomUniform<tf.Rank.R4>([1, 5, 6, 2], 0, 1, 'float32', 1);
  const values = bilinearKernel()([4, 4, 2, 2], randomStream(0));
  const doubled = convTranspose2d(x, tf.tensor4d(values, [4, 4, 2, 2]), { stride: 2, padding: 1 });
  const resized = resizeBilinear(x, { height: 10, width: 12 });
  const inside = (map: tf.Tensor4D) => tf.slice4d(map, [0, 1, 1, 0], [1, 8, 10, 2]).dataSync();
  expect(inside(doubled)).toBeAllClose(inside(resized));
});

test('filters of the wrong shape are refused', () => {
  expect(() => heNormal()([16], randomStream(0))).toThrow(ShapeError);
  expect(() => bilinearKernel()([4, 4, 3, 2], randomStream(0))).toThrow(
    'bilinearKernel: filter must be kxkxcxc, received 4x4x3x2',
  );
});
