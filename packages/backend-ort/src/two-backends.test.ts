import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { configure, registerOrtBackend, stats } from './index.js';
import { iterate } from './iterate.test-support.js';

const other = 'ort-of-another-library';

beforeAll(() => {
  configure({ threads: 1, executionProvider: 'cpu', blockedLayout: true });
  registerOrtBackend(other, () => ({ threads: 1 }));
});

afterAll(async () => {
  await tf.setBackend('cpu');
  if (tf.engine().backendNames().includes(other)) tf.removeBackend(other);
});

test('what one backend has recorded stays right while the other computes', async () => {
  await tf.setBackend('ort');
  const before = stats();
  const recorded = tf.mul(tf.tensor1d([1, 2, 3]), 2);
  await tf.setBackend(other);
  const own = await iterate(5);
  expect([...tf.add(tf.tensor1d([1, 1, 1]), 1).dataSync()]).toEqual([2, 2, 2]);
  await tf.setBackend('ort');
  expect(stats()).toEqual({ ...before, recorded: before.recorded + 1 });
  expect([...recorded.dataSync()]).toEqual([2, 4, 6]);
  expect(stats().flushes).toBe(before.flushes + 1);
  expect(await iterate(5)).toEqual(own);
  recorded.dispose();
});

test('a tensor of one backend may be used on the other', async () => {
  await tf.setBackend('ort');
  const x = tf.mul(tf.tensor1d([1, 2, 3]), 2);
  await tf.setBackend(other);
  const y = tf.add(x, 1);
  expect([...y.dataSync()]).toEqual([3, 5, 7]);
  await tf.setBackend('ort');
  expect([...tf.mul(x, y).dataSync()]).toEqual([6, 20, 42]);
  tf.dispose([x, y]);
});

test('removing one leaves the other as it was', async () => {
  await tf.setBackend('ort');
  const x = tf.mul(tf.tensor1d([1, 2, 3]), 3);
  tf.removeBackend(other);
  expect([...x.dataSync()]).toEqual([3, 6, 9]);
  x.dispose();
});
