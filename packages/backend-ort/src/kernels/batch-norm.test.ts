import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  reals,
  startBackends,
  stopBackends,
  type TestTensor,
} from './compare-with-cpu.test-support.js';
import { batchNormByDefinition } from './batch-norm-definition.test-support.js';
import { distance, enter, expectLikeCpu, layouts, runOn } from './like-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const eps = 1e-5;

interface BatchNormInputs {
  readonly x: TestTensor;
  readonly dy: TestTensor;
  readonly gamma: TestTensor;
  readonly beta: TestTensor;
}

function inputsOf(shape: readonly number[], mean = 0.5, deviation = 2): BatchNormInputs {
  const channels = shape.slice(-1);
  const spread = deviation * Math.sqrt(3);
  return {
    x: reals(shape, mean - spread, mean + spread),
    dy: reals(shape),
    gamma: reals(channels, 0.5, 2),
    beta: reals(channels),
  };
}

/** The map as a convolution leaves it: in blocks, where its channels fill them. */
function throughConvolution(x: tf.Tensor4D): tf.Tensor4D {
  const channels = x.shape[3];
  return tf.conv2d(x, tf.reshape(tf.eye(channels), [1, 1, channels, channels]), 1, 'valid');
}

/** The kernels' results: forward, gradient, and the sum over pixels. */
async function received(
  layout: string,
  { x, dy, gamma, beta }: BatchNormInputs,
  convolved: boolean,
): Promise<ReadonlyMap<string, TestTensor>> {
  const run = (name: string, inputs: tf.NamedTensorMap): tf.Tensor[] =>
    tf.engine().runKernel(name, inputs, { eps });
  return runOn(layout, () => {
    const place = (map: TestTensor): tf.Tensor4D => {
      const entered = enter<tf.Rank.R4>(map);
      return convolved ? throughConvolution(entered) : entered;
    };
    const [map, scale] = [place(x), enter(gamma)];
    const [y, mean, variance] = run('BatchNormTraining', {
      x: map,
      gamma: scale,
      beta: enter(beta),
    });
    const statistics = { mean: mean!, variance: variance! };
    const given = { dy: place(dy), x: map, gamma: scale, ...statistics };
    const [dx, dgamma, dbeta] = run('BatchNormTrainingGrad', given);
    const sum: tf.Tensor = tf.engine().runKernel('ChannelSum', { x: map });
    return { y: y!, ...statistics, dx: dx!, dgamma: dgamma!, dbeta: dbeta!, sum };
  });
}

const shapes = [
  [2, 8, 6, 16],
  [3, 7, 5, 48],
  [1, 1, 5, 16],
  [17, 3, 3, 32],
  [2, 9, 11, 3],
  [1, 5, 4, 24],
  [4, 1, 1, 8],
  [1, 130, 126, 16],
  [2, 64, 96, 1],
];

describe.each(shapes)('a map of %i x %i x %i x %i', (...shape) => {
  it.each(layouts)('is as the definition says, on %s', async (layout) => {
    const inputs = inputsOf(shape);
    const expected = batchNormByDefinition(inputs, eps);
    for (const convolved of [false, true]) {
      const results = await received(layout, inputs, convolved);
      for (const [name, values] of Object.entries(expected)) {
        const apart = distance(results.get(name)?.values ?? [], values);
        expect(apart, name).toBeLessThan(2e-5);
      }
    }
  });
});

// A float32 of 1000 has steps of 6e-5; the mean of the squares, 1e6, would have steps of 0.06.
describe.each(layouts)('a mean of 1000 deviations, on %s', (layout) => {
  it.each([1, 16, 24])('leaves the variance its digits, %i channels', async (channels) => {
    const inputs = inputsOf([2, 32, 33, channels], 1000, 1);
    const results = await received(layout, inputs, true);
    const { mean, variance, y } = batchNormByDefinition(inputs, eps);
    expect(distance(results.get('mean')?.values ?? [], mean)).toBeLessThan(3e-6);
    expect(results.get('variance')?.values ?? []).toBeAllClose(variance, { rtol: 1e-4, atol: 0 });
    // The mean, a float32 sum of 2112 numbers, is known to a millionth of itself: a thousandth of a deviation.
    expect(distance(results.get('y')?.values ?? [], y)).toBeLessThan(1e-3);
  });
});

// One float32 sum of all 16,383 numbers is off by 4.5e-6 of the mean; in 43 parts of 381 numbers, by a twentieth of that.
it('adds an odd number of pixels in parts, too', async () => {
  const inputs = inputsOf([1, 129, 127, 16], 1000, 1);
  const results = await received(layouts[0], inputs, true);
  const { mean } = batchNormByDefinition(inputs, eps);
  expect(distance(results.get('mean')?.values ?? [], mean)).toBeLessThan(5e-7);
});

it('a map of equal numbers has no variance, and its gradient is finite', async () => {
  const inputs = { ...inputsOf([2, 4, 4, 16]), x: reals([2, 4, 4, 16], 3, 3) };
  for (const layout of layouts) {
    const results = await received(layout, inputs, true);
    expect(results.get('variance')?.values).toEqual(new Float32Array(16));
    const dx = Array.from(results.get('dx')?.values ?? []);
    expect(dx.every((value) => Number.isFinite(value))).toBe(true);
  }
});

describe.each([16, 24, 5])('given statistics, %i channels', (channels) => {
  const vectors = {
    mean: reals([channels]),
    variance: reals([channels], 0.1, 3),
    offset: reals([channels]),
    scale: reals([channels]),
  };
  const x = reals([2, 5, 4, channels]);

  it.each([
    ['with offset and scale', true, true],
    ['with an offset', true, false],
    ['with a scale', false, true],
    ['alone', false, false],
  ])('%s', async (_, hasOffset, hasScale) => {
    await expectLikeCpu(() => {
      const normalize = (map: tf.Tensor4D): tf.Tensor =>
        tf.batchNorm(
          map,
          enter<tf.Rank.R1>(vectors.mean),
          enter<tf.Rank.R1>(vectors.variance),
          hasOffset ? enter<tf.Rank.R1>(vectors.offset) : undefined,
          hasScale ? enter<tf.Rank.R1>(vectors.scale) : undefined,
          1e-3,
        );
      const map = enter<tf.Rank.R4>(x);
      return { plain: normalize(map), convolved: normalize(tf.relu(throughConvolution(map))) };
    });
  });
});

it.each(layouts)('running statistics move towards those of the batch, on %s', async (layout) => {
  const results = await runOn(layout, () => {
    const inputs = {
      runningMean: tf.tensor1d([1, 2]),
      runningVariance: tf.tensor1d([4, 8]),
      mean: tf.tensor1d([11, -8]),
      variance: tf.tensor1d([2, 0]),
    };
    const attributes = { momentum: 0.25, unbiased: 1.5 };
    const [mean, variance]: tf.Tensor[] = tf
      .engine()
      .runKernel('MoveStatistics', inputs, attributes);
    return { mean: mean!, variance: variance! };
  });
  // 0.75 * 1 + 0.25 * 11, 0.75 * 2 - 0.25 * 8; 0.75 * 4 + 0.25 * 1.5 * 2, 0.75 * 8.
  expect(Array.from(results.get('mean')?.values ?? [])).toEqual([3.5, -0.5]);
  expect(Array.from(results.get('variance')?.values ?? [])).toEqual([3.75, 6]);
});
