import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { expectSameAsCpu, startBackends, stopBackends } from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

type Padding = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];

const sizes = [
  [7, 9],
  [8, 8],
] as const;
const paddings: readonly Padding[] = [
  'same',
  'valid',
  1,
  2,
  [
    [0, 0],
    [1, 0],
    [0, 2],
    [0, 0],
  ],
];

/** Every combination that has an output: kernel, padding, size; odd and even, with and without leftover rows. */
function cases(stride: number, inChannels: number, outChannels: number) {
  return sizes.flatMap(([height, width]) =>
    [1, 2, 3, 4, 5, 7].flatMap((kernel) =>
      paddings.flatMap((pad) => {
        const x = [2, height, width, inChannels] as [number, number, number, number];
        const filter = [kernel, kernel, inChannels, outChannels] as [
          number,
          number,
          number,
          number,
        ];
        const info = tf.backend_util.computeConv2DInfo(x, filter, stride, 1, pad, 'floor');
        if (info.outHeight < 1 || info.outWidth < 1) return [];
        const attributes = {
          strides: [stride, stride],
          pad,
          dataFormat: 'NHWC',
          dimRoundingMode: 'floor',
        };
        return [{ x, filter, dy: info.outShape, attributes }];
      }),
    ),
  );
}

describe.each([1, 2, 3])('stride %i', (stride) => {
  const all = cases(stride, 3, 5);

  test('the input gradient equals the cpu backend for every kernel size, padding and map size', () => {
    expect(all.length).toBeGreaterThan(45);
    for (const { x, filter, dy, attributes } of all) {
      expectSameAsCpu('Conv2DBackpropInput', { dy, filter }, { ...attributes, inputShape: x });
    }
  });

  test('the filter gradient equals the cpu backend for every kernel size, padding and map size', () => {
    for (const { x, filter, dy, attributes } of all) {
      expectSameAsCpu('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: filter });
    }
  });
});

const common = { dataFormat: 'NHWC', dimRoundingMode: 'floor' };

test('rows and columns may have different kernels and strides', () => {
  const attributes = { ...common, strides: [2, 1], pad: 'same' };
  const filter = [5, 2, 4, 3];
  const x = [1, 9, 6, 4];
  const dy = [1, 5, 6, 3];
  expectSameAsCpu('Conv2DBackpropInput', { dy, filter }, { ...attributes, inputShape: x });
  expectSameAsCpu('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: filter });
});

test('a map of more positions than a strip holds is summed strip by strip', () => {
  // 70 x 130 = 9100 positions of one image exceed the 8192 of a strip; the second image starts a strip of its own.
  const x = [2, 70, 130, 1];
  for (const [strides, dy] of [
    [
      [1, 1],
      [2, 70, 130, 2],
    ],
    [
      [2, 2],
      [2, 35, 65, 2],
    ],
  ] as const) {
    expectSameAsCpu(
      'Conv2DBackpropFilter',
      { x, dy: [...dy] },
      { ...common, strides, pad: 'same', filterShape: [3, 3, 1, 2] },
      // Sums of 18200 products of numbers below 1.
      1e-3,
    );
  }
});

test('many channels on a small map take a copy per filter tap', () => {
  const filterShape = [3, 3, 40, 96];
  const inputs = { x: [2, 4, 4, 40], dy: [2, 4, 4, 96] };
  expectSameAsCpu('Conv2DBackpropFilter', inputs, {
    ...common,
    strides: [1, 1],
    pad: 'same',
    filterShape,
  });
});

test('channels-first data is refused, as by the forward convolution', () => {
  const filterShape = [1, 1, 1, 1];
  const attributes = { strides: 1, pad: 'valid', dataFormat: 'NCHW', filterShape };
  expect(() => {
    expectSameAsCpu('Conv2DBackpropFilter', { x: [1, 1, 2, 2], dy: [1, 1, 2, 2] }, attributes);
  }).toThrow(/expected dataFormat NHWC, received NCHW/);
});
