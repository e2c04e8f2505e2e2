import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { expectSameAsCpu, startBackends, stopBackends } from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

test.each([
  { kernel: 3, stride: 1, dilation: 1, multiplier: 1, pad: 'same' },
  { kernel: 3, stride: 2, dilation: 1, multiplier: 2, pad: 'same' },
  { kernel: 2, stride: 2, dilation: 1, multiplier: 3, pad: 'valid' },
  { kernel: 5, stride: 3, dilation: 1, multiplier: 1, pad: 2 },
] as const)('depthwise gradients equal the cpu backend: %o', (layer) => {
  const { kernel, stride, dilation, multiplier, pad } = layer;
  const x = [2, 9, 8, 3] as [number, number, number, number];
  const filter = [kernel, kernel, 3, multiplier] as [number, number, number, number];
  const info = tf.backend_util.computeConv2DInfo(x, filter, stride, dilation, pad, 'floor', true);
  const attributes = {
    strides: [stride, stride],
    dilations: [dilation, dilation],
    pad,
    dimRoundingMode: 'floor',
  };
  const dy = info.outShape;
  expectSameAsCpu(
    'DepthwiseConv2dNativeBackpropFilter',
    { x, dy },
    { ...attributes, filterShape: filter },
  );
  expectSameAsCpu(
    'DepthwiseConv2dNativeBackpropInput',
    { dy, filter },
    { ...attributes, inputShape: x },
  );
});

// tfjs-backend-cpu ignores the dilation in both gradients. The convolution is linear, so each gradient element is the dot
// product of dy with the forward pass of a one at that element.
test('gradients of a dilated depthwise convolution are the transpose of its forward pass', () => {
  tf.tidy(() => {
    const x = tf.randomUniform<tf.Rank.R4>([1, 6, 5, 2], -1, 1, 'float32', 1);
    const filter = tf.randomUniform<tf.Rank.R4>([3, 3, 2, 1], -1, 1, 'float32', 2);
    const dy = tf.randomUniform<tf.Rank.R4>([1, 6, 5, 2], -1, 1, 'float32', 3);
    const forward = (input: tf.Tensor, taps: tf.Tensor) =>
      tf.depthwiseConv2d(input as tf.Tensor4D, taps as tf.Tensor4D, 1, 'same', 'NHWC', 2);
    const along = (tensor: tf.Tensor, run: (one: tf.Tensor) => tf.Tensor) =>
      Array.from({ length: tensor.size }, (_, i) => {
        const one = new Float32Array(tensor.size);
        one[i] = 1;
        return tf.sum(tf.mul(run(tf.tensor(one, tensor.shape)), dy)).dataSync()[0] ?? Number.NaN;
      });
    const attributes = { strides: 1, dilations: 2, pad: 'same' };
    const run = (name: string, inputs: tf.NamedTensorMap, extra: tf.NamedAttrMap) =>
      tf
        .engine()
        .runKernel<tf.Tensor>(name, inputs, { ...attributes, ...extra })
        .dataSync();
    const dFilter = run(
      'DepthwiseConv2dNativeBackpropFilter',
      { x, dy },
      { filterShape: filter.shape },
    );
    const dx = run('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { inputShape: x.shape });
    expect(dFilter).toBeAllClose(along(filter, (one) => forward(x, one)));
    expect(dx).toBeAllClose(along(x, (one) => forward(one, filter)));
  });
});
