import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, it } from 'vitest';

import {
  blockedChannels,
  reals,
  startBackends,
  stopBackends,
} from './compare-with-cpu.test-support.js';
import { expectGradients, type SmoothFunction } from './finite-differences.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

/** Numbers away from 0, where many functions have a kink or a pole. */
function awayFromZero(shape: readonly number[]): ReturnType<typeof reals> {
  const { values, ...rest } = reals(shape);
  return { ...rest, values: Array.from(values, (x) => (x < 0 ? x - 0.3 : x + 0.3)) };
}

const ofOne: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  abs: tf.abs,
  atan: tf.atan,
  clipByValue: (x) => tf.clipByValue(x, -0.1, 5),
  cos: tf.cos,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  logOfSquare: (x) => tf.log(tf.square(x)),
  log1pOfSquare: (x) => tf.log1p(tf.square(x)),
  pow: (x) => tf.pow(tf.abs(x), 1.7),
  reciprocal: tf.reciprocal,
  relu: tf.relu,
  relu6: (x) => tf.relu6(tf.mul(x, 1.5)),
  rsqrt: (x) => tf.rsqrt(tf.abs(x)),
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sin: tf.sin,
  softplus: tf.softplus,
  sqrt: (x) => tf.sqrt(tf.abs(x)),
  tan: (x) => tf.tan(tf.mul(x, 0.3)),
  tanh: tf.tanh,
};

describe.each(Object.entries(ofOne))('%s', (_, f) => {
  it('of a vector and of a map in blocks', () => {
    expectGradients(f, [awayFromZero([5])]);
    expectGradients((x) => f(throughConvolution(x)), [awayFromZero([1, 2, 2, c])]);
  });
});

/** The same numbers, in the layout in which a convolution leaves them. */
function throughConvolution(x: tf.Tensor): tf.Tensor4D {
  const channels = x.shape[3] ?? 1;
  return tf.conv2d(
    x as tf.Tensor4D,
    tf.reshape(tf.eye(channels), [1, 1, channels, channels]),
    1,
    0,
  );
}

/** A mask of rank 4 or less, without a gradient. */
function everySecond(shape: readonly number[]): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  return tf.tensor(
    Uint8Array.from({ length: size }, (_, i) => i % 2),
    [...shape],
    'bool',
  );
}

const ofTwo: Readonly<Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>> = {
  add: tf.add,
  div: (a, b) => tf.div(a, tf.add(tf.square(b), 1)),
  mul: tf.mul,
  pow: (a, b) => tf.pow(tf.add(tf.square(a), 0.5), b),
  prelu: tf.prelu,
  sub: tf.sub,
  where: (a, b) => tf.where(everySecond(a.shape), tf.mul(a, b), tf.sub(a, b)),
};

describe.each(Object.entries(ofTwo))('%s', (_, f) => {
  it.each([
    [[3, 2], [2]],
    [[1, 2, 2, c], [c]],
    [
      [1, 2, 2, c],
      [1, 2, 2, 1],
    ],
  ])('of [%s] and [%s]', (a, b) => {
    const onMap: SmoothFunction = (x, y) => f(a.length === 4 ? throughConvolution(x) : x, y);
    expectGradients(onMap, [awayFromZero(a), awayFromZero(b)]);
  });
});

// tfjs's gradients of these broadcast no operand.
const ofTwoAlike: typeof ofTwo = {
  maximum: (a, b) => tf.maximum(a, tf.mul(b, 0.1)),
  minimum: (a, b) => tf.minimum(a, tf.mul(b, 0.1)),
  squaredDifference: tf.squaredDifference,
};

it.each(Object.entries(ofTwoAlike))('%s', (_, f) => {
  for (const shape of [[3], [1, 2, 2, c]]) {
    const onMap: SmoothFunction = (x, y) => f(shape.length === 4 ? throughConvolution(x) : x, y);
    expectGradients(onMap, [awayFromZero(shape), awayFromZero(shape)]);
  }
});

const ofMaps: Readonly<Record<string, (x: tf.Tensor4D) => tf.Tensor>> = {
  softmax: (x) => tf.softmax(x),
  logSoftmax: (x) => tf.logSoftmax(x),
  sumOfChannels: (x) => tf.sum(x, 3),
  sumOfPixels: (x) => tf.sum(x, [1, 2], true),
  sumOfAll: (x) => tf.square(tf.sum(x)),
  meanOfPixels: (x) => tf.mean(x, [1, 2]),
  max: (x) => tf.max(x, 3),
  cumsum: (x) => tf.cumsum(x, 3, false, true),
  transpose: (x) => tf.transpose(x, [0, 3, 1, 2]),
  concat: (x) => tf.concat([x, tf.square(x)], 3),
  concatOfRows: (x) => tf.concat([x, tf.square(x)], 1),
  stack: (x) => tf.stack([x, tf.square(x)], 1),
  unstack: (x) => tf.mul(tf.unstack(x, 1)[0] as tf.Tensor, tf.unstack(x, 1)[1] as tf.Tensor),
  split: (x) =>
    tf.sub(tf.split(x, 2, 3)[0] as tf.Tensor, tf.square(tf.split(x, 2, 3)[1] as tf.Tensor)),
  slice: (x) => tf.slice(x, [0, 1, 0, 2], [-1, 2, 3, 2]),
  pad: (x) =>
    tf.pad(x, [
      [0, 0],
      [1, 2],
      [0, 1],
      [0, 0],
    ]),
  reverse: (x) => tf.reverse(x, [1, 2]),
  tile: (x) => tf.tile(x, [1, 2, 1, 1]),
  gatherOfRows: (x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 1),
  gatherOfChannels: (x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 3),
  spaceToBatch: (x) =>
    tf.spaceToBatchND(
      x,
      [2, 2],
      [
        [1, 0],
        [0, 1],
      ],
    ),
  batchToSpace: (x) =>
    tf.batchToSpaceND(
      tf.concat([x, tf.square(x)], 0),
      [2, 1],
      [
        [1, 0],
        [0, 1],
      ],
    ),
  resizeBilinear: (x) => tf.image.resizeBilinear(x, [5, 4]),
  resizeBilinearOfCorners: (x) => tf.image.resizeBilinear(x, [6, 6], true),
  resizeBilinearTwice: (x) => tf.image.resizeBilinear(x, [6, 6], false, true),
  resizeBilinearThrice: (x) => tf.image.resizeBilinear(x, [9, 3], false, true),
  resizeBilinearFourfold: (x) => tf.image.resizeBilinear(x, [12, 6], false, true),
  resizeBilinearOfPixels: (x) => tf.image.resizeBilinear(x, [5, 2], false, true),
  resizeNearest: (x) => tf.image.resizeNearestNeighbor(x, [6, 9]),
  resizeNearestOfPixels: (x) => tf.image.resizeNearestNeighbor(x, [5, 4], false, true),
  localResponse: (x) => tf.localResponseNormalization(x, 2, 1, 0.5, 0.6),
};

describe.each(Object.entries(ofMaps))('%s of maps', (_, f) => {
  it.each([4, c])('with %i channels', (channels) => {
    // Squares, so that the second derivative is none too.
    const squared: SmoothFunction = (x) => f(throughConvolution(tf.square(x)));
    expectGradients(squared, [awayFromZero([1, 3, 3, channels])]);
  });
});

it('matMul', () => {
  expectGradients((a, b) => tf.matMul(a, b), [reals([3, 5]), reals([5, 2])]);
  expectGradients((a, b) => tf.matMul(a, b, true, true), [reals([2, 5, 3]), reals([2, 4, 5])]);
});

it('fused matMul', () => {
  const f: SmoothFunction = (a, b, bias) =>
    tf.fused.matMul({
      a: a,
      b: b,
      transposeA: false,
      transposeB: false,
      bias: tf.add(bias, 20),
      activation: 'relu',
    });
  expectGradients(f, [reals([3, 5]), reals([5, 2]), reals([2])]);
});

it('unsortedSegmentSum', () => {
  const ids = [1, 0, 1, 2];
  expectGradients((x) => tf.unsortedSegmentSum(x, tf.tensor1d(ids, 'int32'), 3), [reals([4, 2])]);
});
