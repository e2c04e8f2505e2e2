// A program: loads a binding from the folder that it is given, makes two training steps with it, the second one through our
// queue of operations, and prints what it found.
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type * as tfjs from '@tensorflow/tfjs-core';

import type { TensorflowBackend } from '../kernels/tensorflow-kernel.js';
import { restoreLegacyUtil } from '../legacy-util.js';
import { queueOperations } from '../operation-queue.js';

/** Mean of `(w * x)^2` for x = 1, 2, 3, 4 and w = 2: 4 * 30 / 4 = 30; by w: 2 * w * 30 / 4 = 30. */
const expected = [30, 30];

restoreLegacyUtil();
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
const folder = process.argv[2] ?? '.';
const tf = createRequire(join(folder, 'package.json'))(folder) as typeof tfjs;
const backend = tf.backend() as unknown as TensorflowBackend;
if (!backend.isUsingGpuDevice) queueOperations(backend);
for (const _ of ['at once', 'queued']) {
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  const w = tf.variable(tf.tensor4d([2], [1, 1, 1, 1]));
  const { value, grads } = tf.variableGrads(() =>
    tf.mean<tfjs.Scalar>(tf.square(tf.relu(tf.conv2d(x, w, 1, 'same')))),
  );
  const step = [value, ...Object.values(grads)].map((got) => got.dataSync()[0] ?? Number.NaN);
  if (!step.every((number, i) => Math.abs(number - (expected[i] ?? 0)) < 1e-4)) {
    throw new Error(
      `a training step gives ${step.join(' and ')} instead of ${expected.join(' and ')}`,
    );
  }
}
const { binding, isUsingGpuDevice } = backend;
console.log(JSON.stringify({ tensorflow: binding.TF_Version, gpu: isUsingGpuDevice }));
