import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { reals, startBackends, stopBackends } from './compare-with-cpu.test-support.js';
import { gradientsOf } from './convolution-cases.test-support.js';
import { distance, enter, expectClose, layouts, runOn } from './like-cpu.test-support.js';

// The gradients of filters are sums over all pixels; those of large maps are divided. The oracle of these sizes is the
// definition, for some pairs of channels: tfjs-backend-cpu takes half a minute.

beforeAll(startBackends);
afterAll(stopBackends);

const channels = 16;
const pairs = [
  [0, 0],
  [3, 14],
  [15, 2],
] as const;

interface LargeMap {
  readonly batch: number;
  readonly size: readonly [rows: number, columns: number];
  readonly taps: number;
  readonly stride: number;
}

/** `sum over images and pixels of x[pixel * stride + tap - pad] * dy[pixel]`, in double precision. */
function definition(
  { batch, size: [rows, columns], taps, stride }: LargeMap,
  x: ArrayLike<number>,
  dy: (i: number) => number,
): number[] {
  const [height, width] = [Math.ceil(rows / stride), Math.ceil(columns / stride)];
  const padOf = (length: number, count: number): number =>
    Math.floor(Math.max(0, (count - 1) * stride + taps - length) / 2);
  const [top, left] = [padOf(rows, height), padOf(columns, width)];
  const sumOf = (row: number, column: number, from: number, to: number): number => {
    let sum = 0;
    for (let n = 0; n < batch; n++) {
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++) {
          const [r, c] = [i * stride + row - top, j * stride + column - left];
          if (r < 0 || r >= rows || c < 0 || c >= columns) continue;
          const pixel = x[((n * rows + r) * columns + c) * channels + from] ?? 0;
          sum += pixel * dy(((n * height + i) * width + j) * channels + to);
        }
      }
    }
    return sum;
  };
  const places = Array.from({ length: taps }, (_, i) => i);
  return places.flatMap((row) =>
    places.flatMap((column) => pairs.map(([from, to]) => sumOf(row, column, from, to))),
  );
}

/** The same numbers of a whole `[taps, taps, channels, channels]`. */
function sampled(gradient: ArrayLike<number>, taps: number): number[] {
  return Array.from({ length: taps ** 2 }, (_, tap) =>
    pairs.map(([from, to]) => gradient[(tap * channels + from) * channels + to] ?? NaN),
  ).flat();
}

// 1280 pixels are summed image by image, 16,896 in two strips, 33,792 in four; 17 rows cannot be halved.
describe.each<LargeMap>([
  { batch: 2, size: [32, 40], taps: 3, stride: 1 },
  { batch: 2, size: [64, 80], taps: 3, stride: 2 },
  { batch: 1, size: [132, 128], taps: 3, stride: 1 },
  { batch: 3, size: [132, 128], taps: 3, stride: 1 },
  { batch: 1, size: [256, 128], taps: 3, stride: 1 },
  { batch: 1, size: [264, 260], taps: 3, stride: 2 },
  { batch: 1, size: [264, 128], taps: 1, stride: 1 },
  { batch: 7, size: [132, 128], taps: 1, stride: 1 },
  { batch: 1, size: [17, 1000], taps: 5, stride: 1 },
])('$batch x $size pixels, $taps taps a side, stride $stride', (map) => {
  it.each(layouts)('gives the gradient of the filter on %s', async (layout) => {
    const { batch, size, taps, stride } = map;
    const x = reals([batch, ...size, channels]);
    const filter = reals([taps, taps, channels, channels]);
    const results = await runOn(layout, () => {
      const convolve = (image: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor4D =>
        tf.conv2d(image, w, stride, 'same');
      return { gradient: gradientsOf(convolve, x, filter)[1] };
    });
    const expected = definition(map, x.values, (i) => Math.sin(1 + i * 1.3));
    const received = sampled(results.get('gradient')?.values ?? [], taps);
    expect(distance(received, expected)).toBeLessThan(1e-5);
  });
});

it('convolves a large map, and gives its gradient, the same in either layout', async () => {
  const x = reals([1, 132, 128, channels]);
  const filter = reals([3, 3, channels, channels]);
  const program = (): Record<string, tf.Tensor> => {
    const convolve = (image: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor4D =>
      tf.conv2d(image, w, 1, 'same');
    const y = convolve(enter(x), enter(filter));
    return { y, dx: gradientsOf(convolve, x, filter)[0] };
  };
  const plain = await runOn(layouts[1], program);
  expectClose(await runOn(layouts[0], program), plain, 1e-5, layouts[0]);
});
