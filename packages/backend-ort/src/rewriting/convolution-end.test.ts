import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { reals, startBackends, stopBackends } from '../kernels/compare-with-cpu.test-support.js';
import { enter, expectLikeCpu, type TestProgram } from '../kernels/like-cpu.test-support.js';
import { opsOf } from './simplified.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

// With the end in the convolution's own kernel (16), in kernels of its own (5), and with channels filled up (33).
describe.each([16, 5, 33])('%i channels', (channels) => {
  const inputs = {
    x: reals([2, 6, 4, 32]),
    filter: reals([3, 3, 32, channels]),
    vector: reals([channels]),
    variance: reals([channels], 0.2, 3),
    other: reals([2, 6, 4, channels]),
    image: reals([2, 3, 2, 32]),
    spreading: reals([2, 2, channels, 32]),
  };
  const convolved = (): tf.Tensor4D => tf.conv2d(enter(inputs.x), enter(inputs.filter), 1, 'same');
  const transposed = (): tf.Tensor4D =>
    tf.conv2dTranspose(
      enter(inputs.image),
      enter(inputs.spreading),
      [2, 6, 4, channels],
      2,
      'valid',
    );
  const bias = (): tf.Tensor1D => enter(inputs.vector);
  const other = (): tf.Tensor4D => enter(inputs.other);
  const normalized = (x: tf.Tensor4D): tf.Tensor4D =>
    tf.batchNorm4d(x, bias(), enter<tf.Rank.R1>(inputs.variance), tf.neg(bias()), bias(), 1e-3);

  /** What is left of a program, with everything that computes vectors and filters out of sight. */
  async function expectMapOps(ops: readonly string[], program: TestProgram): Promise<void> {
    const small = ['Fill', 'Rsqrt', 'Neg', 'Sub', 'Multiply', 'Reshape'];
    const run = await opsOf(program);
    const sums = run.filter((op) => op === 'Add').length;
    expect(run.filter((op) => !small.includes(op) && op !== 'Add')).toEqual(
      ops.filter((op) => op !== 'Add'),
    );
    // Folding a batch normalisation adds vectors twice.
    const folds = run.filter((op) => op === 'Rsqrt').length;
    expect(sums - 2 * folds).toBe(ops.filter((op) => op === 'Add').length);
    await expectLikeCpu(program);
  }

  it('fuses a bias, from either side', async () => {
    await expectMapOps(['Conv2D+bias'], () => ({ y: tf.add(convolved(), bias()) }));
    await expectMapOps(['Conv2D+bias'], () => ({ y: tf.add(bias(), convolved()) }));
    await expectMapOps(['Conv2DBackpropInput+bias'], () => ({ y: tf.add(transposed(), bias()) }));
  });

  it('fuses bias and ReLU', async () => {
    await expectMapOps(['Conv2D+bias+relu'], () => ({ y: tf.relu(tf.add(convolved(), bias())) }));
    await expectMapOps(['Conv2DBackpropInput+bias+relu'], () => ({
      y: tf.relu(tf.add(transposed(), bias())),
    }));
  });

  it('fuses a ReLU alone', async () => {
    await expectMapOps(['Conv2D+relu'], () => ({ y: tf.relu(convolved()) }));
    await expectMapOps(['Conv2DBackpropInput+relu'], () => ({ y: tf.relu(transposed()) }));
  });

  it('fuses a sum, and the ReLU after it', async () => {
    await expectMapOps(['Conv2D+sum'], () => ({ y: tf.add(convolved(), other()) }));
    await expectMapOps(['Conv2D+bias+sum+relu'], () => ({
      y: tf.relu(tf.add(other(), tf.add(convolved(), bias()))),
    }));
  });

  it('folds a batch normalisation into filter and bias', async () => {
    await expectMapOps(['Conv2D+bias'], () => ({ y: normalized(convolved()) }));
    await expectMapOps(['Conv2D+bias+relu'], () => ({
      y: tf.relu(normalized(tf.add<tf.Tensor4D>(convolved(), bias()))),
    }));
    await expectMapOps(['Conv2DBackpropInput+bias'], () => ({ y: normalized(transposed()) }));
  });

  it('ends a whole residual block in its last convolution', async () => {
    await expectMapOps(['Conv2D+bias+sum+relu'], () => ({
      y: tf.relu(tf.add(normalized(convolved()), other())),
    }));
  });

  it('does nothing of it after a ReLU', async () => {
    await expectMapOps(['Conv2D+relu', 'Add'], () => ({ y: tf.add(tf.relu(convolved()), bias()) }));
    await expectMapOps(['Conv2D+relu', 'FusedBatchNorm'], () => ({
      y: normalized(tf.relu(convolved())),
    }));
  });

  it('leaves a map that is wanted itself', async () => {
    await expectMapOps(['Conv2D', 'Add'], () => {
      const map = convolved();
      return { map, y: tf.add(map, bias()) };
    });
    await expectMapOps(['Conv2D', 'Relu'], () => {
      const map = convolved();
      return { map, y: tf.relu(map) };
    });
    await expectMapOps(['Conv2D', 'FusedBatchNorm'], () => {
      const map = convolved();
      return { map, y: normalized(map) };
    });
    await expectMapOps(['Conv2D', 'Add'], () => {
      const map = convolved();
      return { map, y: tf.add(map, other()) };
    });
  });

  it('leaves a map that is used twice', async () => {
    await expectMapOps(['Conv2D', 'Relu', 'Abs'], () => {
      const map = convolved();
      return { y: tf.relu(map), z: tf.abs(map) };
    });
    await expectMapOps(['Conv2D', 'Add'], () => {
      const map = convolved();
      return { y: tf.add(map, map) };
    });
  });

  it('adds two convolutions in one of them', async () => {
    const second = reals([1, 1, 32, channels]);
    await expectMapOps(['Conv2D', 'Conv2D+sum'], () => ({
      y: tf.add(convolved(), tf.conv2d(enter<tf.Rank.R4>(inputs.x), enter(second), 1, 'same')),
    }));
  });

  it('adds a number or a row that is no bias on its own', async () => {
    const row = reals([4, 1]);
    await expectMapOps(['Conv2D', 'Add'], () => ({ y: tf.add(convolved(), 0.3) }));
    await expectMapOps(['Conv2D', 'Add'], () => ({ y: tf.add(convolved(), enter(row)) }));
  });
});
