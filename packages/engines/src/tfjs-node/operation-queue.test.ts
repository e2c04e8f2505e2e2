import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

import type { OpAttribute, OpOutput, TensorflowBackend } from './kernels/tensorflow-kernel.js';
import { queueOperations } from './operation-queue.js';

/** A backend whose operations give float32 of given shapes, and the names by which they were called. */
function fakeBackend() {
  const called: string[] = [];
  const types = { TF_FLOAT: 1, TF_INT32: 3, TF_INT64: 9, TF_ATTR_TYPE: 1 };
  let last = 0;
  let next: Partial<OpOutput>[] = [];
  const binding = {
    ...types,
    createTensor: () => last++,
    deleteTensor: () => undefined,
    tensorDataSync: () => new Float32Array(1),
    executeOp: (name: string, _: unknown, __: unknown, count: number) => {
      called.push(name);
      return Array.from({ length: count }, (_, i) => ({
        ...{ id: last++, dtype: 1, shape: [] },
        ...next[i],
      }));
    },
  };
  const backend = {
    binding,
    time: (run: () => void) => {
      called.push('start');
      run();
      called.push('end');
      return Promise.resolve({ kernelMs: 0 });
    },
  } as unknown as TensorflowBackend;
  queueOperations(backend);
  const run = (
    name: string,
    inputs: readonly number[],
    shapes: readonly number[][],
    { attributes = [], dtype = 1 }: { attributes?: readonly OpAttribute[]; dtype?: number } = {},
  ): number[] => {
    next = shapes.map((shape) => ({ shape, dtype }));
    return backend.binding
      .executeOp(name, attributes, inputs, shapes.length)
      .map((output) => output.id);
  };
  const floats = (shape: readonly number[]): number =>
    backend.binding.createTensor(shape, 1, new Float32Array(32));
  const whole = (values: readonly number[]): number =>
    backend.binding.createTensor([values.length], 3, Int32Array.from(values));
  return { backend, run, floats, whole, called };
}

test('an operation runs at once the first time, and is queued with its shapes afterwards', () => {
  const { run, floats, called } = fakeBackend();
  const x = floats([2, 10]);
  run('SplitV', [x], [[2, 8], []]);
  const [part] = run('SplitV', [x], [[2, 8], []]) as [number];
  // Of another shape it runs at once again, also as another's output.
  run('SplitV', [part], [[2, 6]]);
  run('SplitV', [floats([2, 8])], [[2, 6]]);
  expect(called).toEqual(['SplitV', 'SplitV@2,8;;', 'SplitV', 'SplitV@2,6;']);
});

test('attributes and sizes tell calls apart', () => {
  const { run, floats, whole, called } = fakeBackend();
  const x = floats([4]);
  const strided = (value: number) => ({ attributes: [{ name: 'strides', type: 2, value }] });
  run('MaxPool', [x], [[4]], strided(1));
  run('MaxPool', [x], [[2]], strided(2));
  run('Reshape', [x, whole([2, 2])], [[2, 2]]);
  run('Reshape', [x, whole([4, 1])], [[4, 1]]);
  run('Reshape', [x, whole([4, 1])], [[4, 1]]);
  expect(called).toEqual(['MaxPool', 'MaxPool', 'Reshape', 'Reshape', 'Reshape@4,1;']);
});

test('what may depend on values that are not known is never queued', () => {
  const { backend, run, floats, whole, called } = fakeBackend();
  const x = floats([4]);
  const [computed] = run('Cast', [x], [[2]], { dtype: 3 }) as [number];
  const many = whole(Array.from({ length: 17 }, () => 1));
  for (const _ of [1, 2]) {
    run('Reshape', [x, computed], [[2, 2]]);
    run('Sum', [many], [[]]);
    run('Where', [x], [[3, 1]]);
    run('Range', [x], [[3]]);
  }
  expect(called.filter((name) => name.includes('@'))).toEqual([]);
  // Nor is what reads a tensor that is gone; the binding says so.
  run('Neg', [x], [[4]]);
  backend.binding.deleteTensor(x);
  run('Neg', [x], [[4]]);
  expect(called.slice(-2)).toEqual(['Neg', 'Neg']);
});

test("a variable is read in the shape of what it was given last; it keeps its operations' order", () => {
  const { run, floats, called } = fakeBackend();
  const [variable] = run('VarHandleOp', [], [[]], { dtype: 20 }) as [number];
  run('ReadVariableOp', [variable], [[7]]);
  for (const shape of [[3, 3], []]) {
    run('AssignVariableOp', [variable, floats(shape)], []);
    run('ResourceApplyAdam', [variable], []);
    run('ReadVariableOp', [variable], [shape]);
  }
  run('DestroyResourceOp', [variable], []);
  expect(called.slice(2)).toEqual([
    ...['AssignVariableOp@', 'ResourceApplyAdam@', 'ReadVariableOp@3,3;'],
    ...['AssignVariableOp@', 'ResourceApplyAdam@', 'ReadVariableOp@;'],
    'DestroyResourceOp@',
  ]);
  // Nothing was given before.
  expect(called[1]).toBe('ReadVariableOp');
});

test('time is that of the work, not of queueing it', async () => {
  const { backend, called } = fakeBackend();
  await backend.time(() => called.push('work'));
  expect(called).toEqual(['Neg@;', 'start', 'work', 'Neg@;', 'end']);
});

// By `npm run test:engine -- tfjs-node`: other engines have no such binding.
describe.skipIf(process.env['SEGKIT_TEST_ENGINE'] !== 'tfjs-node')('in the binding', () => {
  beforeAll(() => tf.setBackend('tensorflow'));

  test('many operations give what the backend cpu computes by itself', async () => {
    const step = (): tf.Tensor[] =>
      tf.tidy(() => {
        const x = tf.tensor4d(
          Array.from({ length: 96 }, (_, i) => Math.sin(i)),
          [1, 4, 6, 4],
        );
        const filter = tf.tensor4d(
          Array.from({ length: 144 }, (_, i) => Math.cos(i)),
          [3, 3, 4, 4],
        );
        const gradients = tf.grads((image: tf.Tensor, weights: tf.Tensor) => {
          const y = tf.conv2d(image as tf.Tensor4D, weights as tf.Tensor4D, 1, 'same');
          const pooled = tf.maxPool(tf.relu(y), 2, 2, 'valid');
          return tf.sum(tf.mul(tf.concat([pooled, pooled], 3), tf.range(1, 9)));
        });
        return gradients([x, filter]);
      });
    await tf.setBackend('cpu');
    const expected = step().map((tensor) => tensor.dataSync());
    await tf.setBackend('tensorflow');
    // The first one runs at once, the others are queued.
    for (let repeat = 0; repeat < 20; repeat++) {
      step().forEach((tensor, i) => {
        expect(tensor.dataSync()).toBeAllClose(expected[i]!);
        tensor.dispose();
      });
    }
  });

  test('an error of a queued operation reaches whoever reads, and those after it work', () => {
    const { binding } = tf.backend() as unknown as TensorflowBackend;
    const type = { name: 'dtype', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
    const { TF_ATTR_STRING, TF_ATTR_SHAPE } = binding;
    const attributes = [
      { name: 'shape', type: TF_ATTR_SHAPE, value: [-1] },
      { name: 'container', type: TF_ATTR_STRING, value: '' },
      { name: 'shared_name', type: TF_ATTR_STRING, value: 'segkit/test/gone' },
    ];
    const [variable] = binding.executeOp('VarHandleOp', [type, ...attributes], [], 1);
    const value = binding.createTensor([2], binding.TF_FLOAT, Float32Array.of(1, 2));
    const call = (name: string, inputs: readonly number[], count: number): OpOutput[] =>
      binding.executeOp(name, [type], [variable!.id, ...inputs], count);
    const read = (): number[] => {
      const [output] = call('ReadVariableOp', [], 1);
      return [...binding.tensorDataSync(output!.id)];
    };
    call('AssignVariableOp', [value], 0);
    expect(read()).toEqual([1, 2]);
    binding.executeOp('DestroyResourceOp', [], [variable!.id], 0);
    expect(read).toThrow(/segkit\/test\/gone/);
    expect(read).toThrow(/segkit\/test\/gone/);
    call('AssignVariableOp', [value], 0);
    expect(read()).toEqual([1, 2]);
  });
});
