import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { capture, OrtBackendError, type CapturedModel, type CapturedResult } from './index.js';

beforeAll(async () => {
  await tf.setBackend('ort');
});
afterAll(async () => {
  await tf.setBackend('cpu');
});

const waves = (shape: number[], phase = 0): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i + phase)),
    shape,
  );

type Inputs = Readonly<Record<string, tf.Tensor>>;

/** Runs a model in a fresh session of the public API. */
async function run(
  { model }: CapturedModel,
  inputs: Inputs,
): Promise<InferenceSession.OnnxValueMapType> {
  const session = await InferenceSession.create(model);
  const feeds = session.inputNames.map((name) => {
    const { dtype, shape } = inputs[name]!;
    return [
      name,
      new Tensor(dtype as 'float32', inputs[name]!.dataSync<'float32'>(), shape),
    ] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return results;
}

/** Captures a computation and runs its model on other numbers than it was captured with. */
async function expectModel(
  compute: (inputs: Inputs) => CapturedResult,
  shapes: Readonly<Record<string, number[]>>,
): Promise<CapturedModel> {
  const make = (phase: number): Record<string, tf.Tensor> =>
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape], i) => [name, waves(shape, phase + i)]),
    );
  const [given, fresh] = [make(0), make(5)];
  const before = tf.memory().numTensors;
  const captured = capture(() => compute(given), given);
  expect(tf.memory().numTensors).toBe(before);
  const received = await run(captured, fresh);
  tf.tidy(() => {
    const made = compute(fresh);
    const expected = made instanceof tf.Tensor ? { output: made } : made;
    expect(captured.outputs).toEqual(Object.keys(expected));
    for (const [name, tensor] of Object.entries(expected)) {
      expect(received[name]?.dims, name).toEqual(tensor.shape);
      const values = received[name]?.data as Float32Array;
      expect(values, name).toBeAllClose(tensor.dataSync<'float32'>(), { rtol: 1e-5, atol: 1e-6 });
    }
  });
  tf.dispose([given, fresh]);
  return captured;
}

describe('a model computes what was captured', () => {
  it('element by element', async () => {
    const { inputs, outputs } = await expectModel(
      ({ a, b }) => tf.tanh(tf.add(tf.mul(a!, 0.3), b!)),
      { a: [2, 3], b: [3] },
    );
    expect([inputs, outputs]).toEqual([['a', 'b'], ['output']]);
  });

  it('a network, whose weights are its constants', async () => {
    const [w1, w2] = [waves([3, 3, 3, 16]), waves([1, 1, 16, 2], 1)] as [tf.Tensor4D, tf.Tensor4D];
    const vectors = [1, 2, 3, 4].map((phase) => waves([16], phase)) as tf.Tensor1D[];
    const [mean, variance, offset, scale] = vectors.map((v, i) => (i === 1 ? tf.square(v) : v));
    const network = ({ image }: Inputs): tf.Tensor => {
      const x = tf.conv2d(image as tf.Tensor4D, w1, 1, 'same');
      const features = tf.relu(tf.batchNorm(x, mean!, variance!, offset, scale, 1e-3));
      const small = tf.maxPool(features, 3, 2, 'same');
      return tf.softmax(tf.conv2d(tf.image.resizeBilinear(small, [8, 8]), w2, 1, 'same'));
    };
    const { inputs } = await expectModel(network, { image: [1, 8, 8, 3] });
    expect(inputs).toEqual(['image']);
    tf.dispose([w1, w2, ...vectors, mean!, variance!, offset!, scale!]);
  });

  it('several results, by name and in order', async () => {
    const { outputs } = await expectModel(
      ({ x }) => ({ squares: tf.square(x!), sum: tf.sum(x!), largest: tf.max(x!, 0) }),
      { x: [3, 4] },
    );
    expect(outputs).toEqual(['squares', 'sum', 'largest']);
  });

  it('of an input that is used twice, and of one under two names', async () => {
    await expectModel(({ x }) => tf.sub(tf.mul(x!, x!), tf.transpose(x!)), { x: [3, 3] });
    const x = waves([2]);
    const { inputs } = capture(() => tf.add(x, x), { first: x, second: x });
    expect(inputs).toHaveLength(1);
    x.dispose();
  });

  it('of numbers without axes', async () => {
    const { inputs } = await expectModel(({ x, gain }) => tf.mul(x!, tf.add(gain!, 1)), {
      x: [4],
      gain: [],
    });
    expect(inputs).toEqual(['x', 'gain']);
  });

  it('of an input of another shape than it is used in', async () => {
    await expectModel(({ x }) => tf.matMul(tf.reshape(x!, [2, 6]), tf.ones([6, 1])), { x: [3, 4] });
  });

  it('of whole numbers', async () => {
    const ids = tf.tensor1d([2, 0], 'int32');
    const table = waves([3, 2]);
    const captured = capture(() => tf.gather(table, ids), { ids });
    const other = tf.tensor1d([1, 1], 'int32');
    const session = await InferenceSession.create(captured.model);
    const { output } = await session.run({ ids: new Tensor('int32', other.dataSync(), [2]) });
    expect(Array.from(output?.data as Float32Array)).toBeAllClose(
      tf.tidy(() => [...tf.gather(table, other).dataSync()]),
    );
    await session.release();
    tf.dispose([ids, table, other]);
  });

  it.each([
    [2, 2, 'valid'],
    [3, 2, 'same'],
    [3, 2, 1],
    [2, 1, 'valid'],
    [2, 3, 'valid'],
  ] as const)(
    'of the gradient of a maximum over windows: %i, stride %i, %s',
    async (window, stride, pad) => {
      const pool = (x: tf.Tensor): tf.Tensor =>
        tf.maxPool(x as tf.Tensor4D, window, stride, pad, pad === 1 ? 'floor' : undefined);
      // Many equal numbers: the first of them takes the gradient.
      const map = (x: tf.Tensor): tf.Tensor => tf.round(tf.mul(x, 2));
      await expectModel(
        ({ x, weight }) =>
          tf.grad((image) => tf.sum(tf.mul(tf.square(pool(image)), tf.slice(weight!, 0, 1))))(
            map(x!),
          ),
        { x: [2, 6, 8, 3], weight: [3] },
      );
    },
  );

  it('of no input at all', async () => {
    expect((await expectModel(() => tf.mul(tf.ones([2]), 3), {})).inputs).toEqual([]);
  });
});

describe('capture refuses', () => {
  it('a computation that reads', () => {
    const x = waves([3]);
    const reading = (): tf.Tensor => tf.mul(x, tf.sum(tf.square(x)).dataSync()[0]!);
    expect(() => capture(reading, { x })).toThrow(OrtBackendError);
    expect(() => capture(reading, { x })).toThrow('dataSync(), data() or the like was called');
    x.dispose();
  });

  it('a kernel without a lowering, by name', () => {
    const x = waves([3]);
    const compute = (): tf.Tensor => tf.atan2(tf.square(x), tf.neg(x));
    expect(() => capture(compute, { x })).toThrow('the kernels Atan2 have no lowering');
    x.dispose();
  });

  it('to work for another backend', async () => {
    await tf.setBackend('cpu');
    expect(() => capture(() => tf.ones([2]))).toThrow(
      'needs the backend "ort" to be current, but it is "cpu"',
    );
    await tf.setBackend('ort');
  });

  it('and leaves no tensor behind', () => {
    const x = waves([3]);
    const before = tf.memory().numTensors;
    expect(() => capture(() => tf.mul(x, tf.square(x).dataSync()[0]!), { x })).toThrow();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});
