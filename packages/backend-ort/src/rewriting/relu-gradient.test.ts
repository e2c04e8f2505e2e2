import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { reals, startBackends, stopBackends } from '../kernels/compare-with-cpu.test-support.js';
import { enter, expectLikeCpu, type TestProgram } from '../kernels/like-cpu.test-support.js';
import { opsOf } from './simplified.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const [map, gradient] = [reals([1, 4, 4, 16]), reals([1, 4, 4, 16])];

async function expectOps(program: TestProgram, ops: readonly string[]): Promise<void> {
  expect(await opsOf(program)).toEqual(ops);
  await expectLikeCpu(program);
}

describe('the gradient of ReLU', () => {
  it('is one kernel, of the result alone', async () => {
    const program: TestProgram = () => {
      const [x, dy] = [tf.neg(enter(map)), enter(gradient)];
      return { y: tf.relu(x), dx: tf.mul(dy, tf.step(x)) };
    };
    await expectOps(program, ['Neg', 'Relu', 'ReluGrad']);
  });

  it('as tfjs differentiates', async () => {
    // tfjs's own formula, whatever gradient is registered in this process: the cast is its, too.
    const program: TestProgram = () => {
      const x = tf.neg(enter(map));
      return { dx: tf.mul(enter(gradient), tf.cast(tf.step(x), 'float32')) };
    };
    await expectOps(program, ['Neg', 'ReluGrad']);
  });

  it('with the factors in the other order', async () => {
    const program: TestProgram = () => ({ dx: tf.mul(tf.step(enter(map)), enter(gradient)) });
    await expectOps(program, ['ReluGrad']);
  });

  it('leaves the step where something else wants it', async () => {
    const program: TestProgram = () => {
      const step = tf.step(enter(map));
      return { step, dx: tf.mul(enter(gradient), step) };
    };
    await expectOps(program, ['Step', 'ReluGrad']);
  });

  it('is zero where the map is zero or below, and where it is -0', async () => {
    const x = { shape: [5], dtype: 'float32', values: [-1, -0, 0, 1e-38, 2] } as const;
    await expectLikeCpu(() => ({ dx: tf.grad((y) => tf.relu(y))(enter(x), tf.fill([5], 3)) }));
  });
});

describe('is not made', () => {
  it('of a step with another slope', async () => {
    const program: TestProgram = () => ({ y: tf.mul(enter(gradient), tf.step(enter(map), 0.5)) });
    await expectOps(program, ['Step', 'Multiply']);
  });

  it('of a gradient that is repeated', async () => {
    const row = reals([16]);
    const program: TestProgram = () => ({ y: tf.mul(enter(row), tf.step(enter(map))) });
    await expectOps(program, ['Step', 'Multiply']);
  });

  it('of a mask squared, whose factors are one', async () => {
    const program: TestProgram = () => {
      const step = tf.step(enter(map));
      return { y: tf.mul(step, step) };
    };
    await expectLikeCpu(program);
  });
});
