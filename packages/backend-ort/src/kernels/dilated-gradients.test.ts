import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  reals,
  startBackends,
  stopBackends,
  type TestTensor,
} from './compare-with-cpu.test-support.js';
import { enter, expectClose, layouts, runOn, type TestProgram } from './like-cpu.test-support.js';

// A dilated filter is a larger one with zeros between its taps; tfjs's kernels, on tfjs-backend-cpu, take that one.

beforeAll(startBackends);
afterAll(stopBackends);

interface DilatedCase {
  readonly x: TestTensor;
  readonly filter: TestTensor;
  readonly dilations: number;
  readonly strides: number;
  readonly pad: 'same' | 'valid';
}

/** Zeros between the taps. */
function spread(filter: TestTensor, dilation: number): tf.Tensor4D {
  const [height = 1, width = 1, from = 1, to = 1] = filter.shape;
  const apart = tf.reshape(enter(filter), [height, 1, width, 1, from * to]);
  const padded = tf.pad(apart, [
    [0, 0],
    [0, dilation - 1],
    [0, 0],
    [0, dilation - 1],
    [0, 0],
  ]);
  const whole = tf.reshape<tf.Rank.R4>(padded, [height * dilation, width * dilation, from, to]);
  return tf.slice(whole, 0, [(height - 1) * dilation + 1, (width - 1) * dilation + 1, from, to]);
}

function gradientOf({ x, filter, dilations, strides, pad }: DilatedCase): tf.Tensor4D {
  const { outShape } = tf.backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number, number],
    strides,
    dilations,
    pad,
  );
  const values = Float32Array.from({ length: tf.util.sizeFromShape(outShape) }, (_, i) =>
    Math.sin(i),
  );
  return tf.tensor4d(values, outShape);
}

function runKernel(
  name: string,
  inputs: tf.NamedTensorMap,
  attributes: tf.NamedAttrMap,
): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes);
}

const byOwnKernels =
  (given: DilatedCase): TestProgram =>
  () => {
    const { x, filter, dilations, strides, pad } = given;
    const [dy, shared] = [gradientOf(given), { strides, pad, dilations, dataFormat: 'NHWC' }];
    const toInput = { ...shared, inputShape: [...x.shape] };
    const toFilter = { ...shared, filterShape: [...filter.shape] };
    return {
      dx: runKernel('DilatedConv2DBackpropInput', { dy, filter: enter(filter) }, toInput),
      dfilter: runKernel('DilatedConv2DBackpropFilter', { x: enter(x), dy }, toFilter),
    };
  };

const bySpreadFilter =
  (given: DilatedCase): TestProgram =>
  () => {
    const { x, filter, dilations, strides, pad } = given;
    const [dy, wide] = [gradientOf(given), spread(filter, dilations)];
    const shared = { strides, pad, dataFormat: 'NHWC' };
    const toInput = { ...shared, inputShape: [...x.shape] };
    const toFilter = { ...shared, filterShape: wide.shape };
    const dwide = runKernel('Conv2DBackpropFilter', { x: enter(x), dy }, toFilter);
    return {
      dx: runKernel('Conv2DBackpropInput', { dy, filter: wide }, toInput),
      dfilter: tf.stridedSlice(dwide, [0, 0, 0, 0], dwide.shape, [dilations, dilations, 1, 1]),
    };
  };

describe.each([
  [2, 1, 'same'],
  [2, 1, 'valid'],
  [4, 1, 'same'],
  [8, 1, 'same'],
  [2, 2, 'same'],
] as const)('dilation %i, stride %i, %s', (dilations, strides, pad) => {
  it.each([
    [1, 16, 16],
    [2, 16, 32],
    [3, 3, 16],
    [1, 48, 5],
    [2, 8, 24],
    [2, 5, 3],
  ])('a batch of %i, %i to %i channels', async (batch, from, to) => {
    const sizes = { x: reals([batch, 7, 6, from]), filter: reals([3, 3, from, to]) };
    const given = { ...sizes, dilations, strides, pad };
    const expected = await runOn('cpu', bySpreadFilter(given));
    for (const layout of layouts) {
      expectClose(await runOn(layout, byOwnKernels(given)), expected, 1e-5, layout);
    }
  });
});

it('takes more images than a block has channels', async () => {
  const sizes = { x: reals([17, 5, 6, 16]), filter: reals([3, 3, 16, 16]) };
  const given: DilatedCase = { ...sizes, dilations: 2, strides: 1, pad: 'same' };
  const expected = await runOn('cpu', bySpreadFilter(given));
  for (const layout of layouts) {
    expectClose(await runOn(layout, byOwnKernels(given)), expected, 1e-5, layout);
  }
});

it('is refused, by name, for empty maps', async () => {
  await tf.setBackend(layouts[0]);
  const attributes = { strides: 1, pad: 'same', dilations: 2, inputShape: [0, 4, 4, 1] };
  const refused = (): void => {
    tf.tidy(() => {
      const [dy, filter] = [tf.zeros([0, 4, 4, 1]), tf.ones([3, 3, 1, 1])];
      runKernel('DilatedConv2DBackpropInput', { dy, filter }, attributes);
    });
  };
  expect(refused).toThrow('DilatedConv2DBackpropInput takes non-empty float32 maps of rank 4');
});
