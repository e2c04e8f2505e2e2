import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

const run = (
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, unknown>> = {},
): tf.Tensor[] => {
  const outputs: tf.Tensor | tf.Tensor[] = tf
    .engine()
    .runKernel(name, inputs, attributes as tf.NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
};

/** The tensors that a kernel makes, and no more. */
const expectOutputs = (count: number, make: () => tf.Tensor[]): tf.Tensor[] => {
  const before = [tf.memory().numTensors, tf.memory().numDataBuffers];
  const outputs = make();
  expect([tf.memory().numTensors, tf.memory().numDataBuffers]).toEqual(
    before.map((number) => number + count),
  );
  return outputs;
};

// By `npm run test:engine -- tfjs-node`: other engines have not these kernels.
describe.skipIf(process.env['SEGKIT_TEST_ENGINE'] !== 'tfjs-node')('kernels of TensorFlow', () => {
  beforeAll(() => tf.setBackend('tensorflow'));

  test('the gradient of a pooling goes to the first of equal values, once for every window', () => {
    // Two windows of 2x2; the right one is all zeros, as after a ReLU.
    const x = tf.tensor4d([1, 3, 0, 0, 3, 2, 0, 0], [1, 2, 4, 1]);
    const y = tf.maxPool(x, 2, 2, 'valid');
    const dy = tf.tensor4d([5, 7], [1, 1, 2, 1]);
    const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
    const [dx] = expectOutputs(1, () =>
      run('MaxPoolGrad', { dy, input: x, output: y }, attributes),
    );
    expect([...dx!.dataSync()]).toEqual([0, 5, 7, 0, 0, 0, 0, 0]);
    // Windows of 1x3 at stride 2 share the middle value, 9.
    const row = tf.tensor4d([1, 2, 9, 3, 4], [1, 1, 5, 1]);
    const pooled = tf.maxPool(row, [1, 3], [1, 2], 'valid');
    const overlapping = { filterSize: [1, 3], strides: [1, 2], pad: 'valid' };
    const [sum] = run('MaxPoolGrad', { dy, input: row, output: pooled }, overlapping);
    expect([...sum!.dataSync()]).toEqual([0, 0, 12, 0, 0]);
  });

  test('batch normalisation gives the biased variance, also beside a large mean', () => {
    // 1000 and 1002 are 1 from their mean; -1, 1, 3 and 5 have mean 2 and variance (9 + 1 + 1 + 9) / 4.
    const x = tf.tensor4d([1000, -1, 1002, 1, 1000, 3, 1002, 5], [1, 2, 2, 2]);
    const [gamma, beta] = [tf.tensor1d([1, 2]), tf.tensor1d([0, 1])];
    const attributes = { eps: 0 };
    const [y, mean, variance] = expectOutputs(3, () =>
      run('BatchNormTraining', { x, gamma, beta }, attributes),
    );
    const root = Math.sqrt(5);
    expect(mean!.dataSync()).toBeAllClose([1001, 2]);
    expect(variance!.dataSync()).toBeAllClose([1, 5]);
    const second = [-3, -1, 1, 3].map((number) => (2 * number) / root + 1);
    const first = [-1, 1, -1, 1];
    expect(y!.dataSync()).toBeAllClose(first.flatMap((number, i) => [number, second[i]!]));
    // With dy the normalised map itself, its product's mean is 1: dgamma counts the values, and no gradient is left.
    const dy = tf.div(tf.sub(x, mean!), tf.sqrt(variance!));
    const inputs = { dy, x, gamma, mean: mean!, variance: variance! };
    const [dx, dgamma, dbeta] = expectOutputs(3, () =>
      run('BatchNormTrainingGrad', inputs, attributes),
    );
    expect(dx!.dataSync()).toBeAllClose(Array.from({ length: 8 }, () => 0));
    expect(dgamma!.dataSync()).toBeAllClose([4, 4]);
    expect(dbeta!.dataSync()).toBeAllClose([0, 0]);
  });

  test('a strided 1x1 filter has the gradient of the pixels that it sees', () => {
    // Pixels 1, 3, 7 and 9 of a 3x3 map, each times its dy.
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const dy = tf.tensor4d([1, 10, 100, 1000], [1, 2, 2, 1]);
    const attributes = {
      strides: [2, 2],
      pad: 'valid',
      dataFormat: 'NHWC',
      filterShape: [1, 1, 1, 1],
    };
    const [gradient] = expectOutputs(1, () => run('Conv2DBackpropFilter', { x, dy }, attributes));
    expect([...gradient!.dataSync()]).toEqual([1 + 30 + 700 + 9000]);
    expect(gradient!.shape).toEqual([1, 1, 1, 1]);
  });

  test('running statistics move by the momentum, the variance by the unbiased one', () => {
    const vector = (number: number): tf.Tensor => tf.tensor1d([number]);
    const inputs = {
      ...{ runningMean: vector(1), runningVariance: vector(2) },
      ...{ mean: vector(3), variance: vector(4) },
    };
    const [mean, variance] = expectOutputs(2, () =>
      run('MoveStatistics', inputs, { momentum: 0.25, unbiased: 2 }),
    );
    expect(mean!.dataSync()).toBeAllClose([0.75 + 0.75]);
    expect(variance!.dataSync()).toBeAllClose([1.5 + 2]);
  });

  test("Adam's update leaves its inputs as they are", () => {
    const of = (number: number): tf.Tensor => tf.fill([3, 3], number);
    const inputs = {
      ...{ value0: of(1), gradient0: of(2), mean0: of(3), square0: of(4) },
      ...{ stepSize: tf.scalar(0.5), correction: tf.scalar(0.25) },
    };
    const attributes = { count: 1, beta1: 0.9, beta2: 0.99, eps: 1e-3 };
    const first = expectOutputs(3, () => run('AdamUpdate', inputs, attributes));
    const again = run('AdamUpdate', inputs, attributes);
    first.forEach((output, i) => {
      expect([...again[i]!.dataSync()]).toEqual([...output.dataSync()]);
    });
    expect([...inputs.value0.dataSync()]).toEqual(Array.from({ length: 9 }, () => 1));
    expect([...inputs.mean0.dataSync()]).toEqual(Array.from({ length: 9 }, () => 3));
  });
});
