import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { ShapeError } from '../errors.js';
import { checkGradients } from '../testing/finite-difference.js';
import { randomStream } from '../tensor/random-stream.js';
import { BatchNorm2d, type BatchNorm2dOptions } from './batch-norm2d.js';
import {
  expectSameAsTorch,
  loadParameters,
  readFixture,
  type FixtureCase,
  type FixtureTensor,
} from '../ops/torch-fixtures.test-support.js';
import { evalMode, type Mode } from './module.js';

interface BatchNormStep extends FixtureCase<never> {
  readonly training: boolean;
  readonly running_mean: FixtureTensor;
  readonly running_var: FixtureTensor;
}

interface BatchNormRun {
  readonly options: BatchNorm2dOptions;
  readonly parameters: Readonly<Record<string, FixtureTensor>>;
  readonly steps: readonly BatchNormStep[];
}

const trainMode: Mode = { training: true, random: randomStream(0) };
const runs = readFixture('batch-norm2d') as BatchNormRun[];

test.each(runs)('equals PyTorch over two training steps and inference: %#', (run) => {
  const norm = new BatchNorm2d(run.options);
  norm.initialize(randomStream(0));
  loadParameters(norm, run.parameters);
  for (const step of run.steps) {
    const mode = step.training ? trainMode : evalMode;
    expectSameAsTorch(norm, (x) => norm.forward(x, mode), step);
    expect(norm.runningMean.value.dataSync()).toBeAllClose(step.running_mean.data);
    expect(norm.runningVariance.value.dataSync()).toBeAllClose(step.running_var.data);
  }
  norm.dispose();
});

test.each([
  ['training', trainMode],
  ['inference', evalMode],
] as const)('gradients agree with finite differences in %s', (_, mode) => {
  const norm = new BatchNorm2d({ channels: 3, momentum: 0 });
  norm.initialize(randomStream(0));
  norm.weight.assign(Float32Array.of(0.5, -1, 2));
  const x = tf.randomNormal([2, 3, 4, 3], 1, 2, 'float32', 5);
  const variables = [norm.weight.value, norm.bias.value];
  checkGradients((input) => norm.forward(input as tf.Tensor4D, mode), [x], { variables });
  norm.dispose();
});

test('running statistics are buffers, not trained', () => {
  const norm = new BatchNorm2d({ channels: 4 });
  const names = [...norm.namedParameters()].map(([name, { trainable }]) => [name, trainable]);
  expect(names).toEqual([
    ['weight', true],
    ['bias', true],
    ['running_mean', false],
    ['running_var', false],
  ]);
  expect(norm.parameterCount).toBe(8);
});

test('training steps leave no tensors behind', () => {
  const norm = new BatchNorm2d({ channels: 2 });
  norm.initialize(randomStream(0));
  const x = tf.randomNormal<tf.Rank.R4>([1, 4, 4, 2], 0, 1, 'float32', 6);
  const step = () => {
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(norm.forward(x, trainMode))));
    tf.dispose([value, grads]);
    norm.forward(x, trainMode).dispose();
    norm.forward(x, evalMode).dispose();
    return tf.memory().numTensors;
  };
  const first = step();
  expect([step(), step()]).toEqual([first, first]);
  norm.dispose();
});

test('refuses what it cannot normalise', () => {
  const norm = new BatchNorm2d({ channels: 2 });
  norm.initialize(randomStream(0));
  const one = tf.zeros<tf.Rank.R4>([1, 1, 1, 2]);
  expect(() => norm.forward(one, trainMode)).toThrow(ShapeError);
  expect(() => norm.forward(one, trainMode)).toThrow('more than 1 value per channel');
  expect(norm.forward(one, evalMode).shape).toEqual([1, 1, 1, 2]);
  const other = tf.zeros<tf.Rank.R4>([1, 4, 4, 3]);
  expect(() => norm.forward(other, trainMode)).toThrow(
    'batchNorm: input must be ?x?x?x2, received 1x4x4x3',
  );
  expect(() => norm.forward(other, evalMode)).toThrow(ShapeError);
  norm.dispose();
});
