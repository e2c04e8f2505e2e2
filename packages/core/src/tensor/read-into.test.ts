import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { readInto } from './read-into.js';

test("copies a tensor's numbers into an array, and leaves the tensor as it is", async () => {
  const tensor = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  const target = new Float32Array(6);
  await readInto(tensor, target);
  expect([...target]).toEqual([1, 2, 3, 4, 5, 6]);
  target.fill(0);
  expect([...tensor.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
  tensor.dispose();
});

test('an array of another size is an error that names both', async () => {
  const tensor = tf.zeros([2, 3]);
  await expect(readInto(tensor, new Float32Array(5))).rejects.toThrow(
    new RangeError('readInto: the tensor [2, 3] has 6 numbers, the array 5.'),
  );
  tensor.dispose();
});
