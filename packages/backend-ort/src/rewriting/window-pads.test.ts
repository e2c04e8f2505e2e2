import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { reals, startBackends, stopBackends } from '../kernels/compare-with-cpu.test-support.js';
import { enter, expectLikeCpu, type TestProgram } from '../kernels/like-cpu.test-support.js';
import { opsOf } from './simplified.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const lowest = -3.4028234663852886e38;

async function expectOps(program: TestProgram, ops: readonly string[]): Promise<void> {
  expect(await opsOf(program)).toEqual(ops);
  await expectLikeCpu(program);
}

type Sides = [top: number, bottom: number, left: number, right: number];

function padded(x: tf.Tensor4D, [top, bottom, left, right]: Sides, value = 0): tf.Tensor4D {
  return tf.pad(
    x,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    value,
  );
}

describe.each([16, 3])('maps of %i channels', (channels) => {
  const x = reals([2, 6, 8, channels]);
  const filter = reals([3, 3, channels, 16]);
  const convolve = (map: tf.Tensor4D, stride = 1): tf.Tensor4D =>
    tf.conv2d(map, enter(filter), stride, 'valid');

  it('pad in the convolution', async () => {
    await expectOps(() => ({ y: convolve(padded(enter(x), [1, 1, 1, 1])) }), ['Conv2D']);
    await expectOps(() => ({ y: convolve(padded(enter(x), [2, 0, 0, 3]), 2) }), ['Conv2D']);
  });

  it('pad in both of its gradients, whose crop is gone as well', async () => {
    const program: TestProgram = () => {
      const network = (map: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor4D =>
        tf.conv2d(padded(map, [1, 1, 1, 1]), w, 2, 'valid');
      const inputs = [enter<tf.Rank.R4>(x), enter<tf.Rank.R4>(filter)];
      const gradients = tf.grads((a, b) => tf.square(network(a as tf.Tensor4D, b as tf.Tensor4D)));
      const [dx, dfilter] = gradients(inputs);
      return { dx: dx!, dfilter: dfilter! };
    };
    const ops = await opsOf(program);
    expect(ops).not.toContain('PadV2');
    expect(ops).not.toContain('Slice');
    expect(ops.filter((op) => op.startsWith('Conv2D')).toSorted()).toEqual([
      'Conv2D',
      'Conv2DBackpropFilter',
      'Conv2DBackpropInput',
    ]);
    await expectLikeCpu(program);
  });

  it('pad in the maximum, and in its gradient', async () => {
    const pool = (map: tf.Tensor4D): tf.Tensor4D =>
      tf.maxPool(padded(map, [1, 1, 1, 1], lowest), 3, 2, 'valid');
    await expectOps(() => ({ y: pool(enter(x)) }), ['MaxPool']);
    const program: TestProgram = () => ({
      dx: tf.grad((map) => tf.square(pool(map as tf.Tensor4D)))(enter(x)),
    });
    const ops = await opsOf(program);
    expect(ops.filter((op) => ['PadV2', 'Slice'].includes(op))).toEqual([]);
    expect(ops).toContain('MaxPoolGrad');
    await expectLikeCpu(program);
  });

  it('stay padded with a number that counts', async () => {
    await expectOps(
      () => ({ y: convolve(padded(enter(x), [1, 1, 1, 1], 1)) }),
      ['PadV2', 'Conv2D'],
    );
    await expectOps(
      () => ({ y: tf.maxPool(padded(enter(x), [1, 1, 1, 1], 0), 3, 2, 'valid') }),
      ['PadV2', 'MaxPool'],
    );
  });

  it('stay padded where a window would see nothing else', async () => {
    await expectOps(
      () => ({ y: tf.maxPool(padded(enter(x), [2, 0, 0, 0], lowest), 2, 2, 'valid') }),
      ['PadV2', 'MaxPool'],
    );
  });

  it('stay padded if that is wanted itself, and are convolved without', async () => {
    const program: TestProgram = () => {
      const map = padded(enter(x), [1, 1, 1, 1]);
      return { map, y: convolve(map) };
    };
    await expectOps(program, ['PadV2', 'Conv2D']);
  });

  it('stay padded along batch or channels', async () => {
    const wide = reals([3, 3, channels + 1, 16]);
    const program: TestProgram = () => {
      const map = tf.pad(enter(x), [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 1],
      ]);
      return { y: tf.conv2d(map as tf.Tensor4D, enter(wide), 1, 'same') };
    };
    await expectOps(program, ['PadV2', 'Conv2D']);
  });

  it('are padded less where the padding is cropped', async () => {
    const crop = (map: tf.Tensor4D, size: [number, number], begin: [number, number]): tf.Tensor =>
      tf.slice(map, [0, ...begin, 0], [2, ...size, channels]);
    const all = (): tf.Tensor4D => padded(tf.neg(enter(x)), [1, 2, 3, 4]);
    await expectOps(() => ({ y: crop(all(), [8, 11], [0, 2]) }), ['Neg', 'PadV2']);
    await expectOps(() => ({ y: crop(all(), [6, 8], [1, 3]) }), ['Neg']);
    await expectOps(() => ({ y: crop(all(), [5, 8], [2, 3]) }), ['Neg', 'PadV2', 'Slice']);
  });
});

describe.each([16, 3])('a transposed convolution to %i channels', (channels) => {
  const dy = reals([2, 4, 3, 16]);
  const filter = reals([3, 3, channels, 16]);
  const transposed = (): tf.Tensor4D =>
    tf.conv2dTranspose(enter(dy), enter(filter), [2, 9, 7, channels], 2, 'valid');
  const crop = (
    map: tf.Tensor4D,
    top: number,
    left: number,
    rows: number,
    columns: number,
  ): tf.Tensor => tf.slice(map, [0, top, left, 0], [2, rows, columns, channels]);

  it('is cropped by its own padding', async () => {
    await expectOps(() => ({ y: crop(transposed(), 1, 1, 8, 6) }), ['Conv2DBackpropInput']);
    await expectOps(() => ({ y: crop(transposed(), 1, 0, 7, 5) }), ['Conv2DBackpropInput']);
  });

  it('may grow by zeros first', async () => {
    const program: TestProgram = () => ({
      y: crop(padded(transposed(), [0, 1, 0, 1]), 1, 1, 8, 6),
    });
    await expectOps(program, ['Conv2DBackpropInput']);
  });

  it('stays whole if it is wanted itself', async () => {
    const program: TestProgram = () => {
      const map = transposed();
      return { map, y: crop(map, 1, 1, 8, 6) };
    };
    await expectOps(program, ['Conv2DBackpropInput', 'Slice']);
  });
});
