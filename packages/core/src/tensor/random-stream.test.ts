import { expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';

import { randomStream } from './random-stream.js';

test('equal seeds and labels give equal numbers, whatever was drawn before', () => {
  const a = randomStream(7);
  const b = randomStream(7);
  b.uniform();
  const child = a.fork('epoch').fork(3);
  const other = b.fork('epoch').fork(3);
  expect([child.uniform(), child.normal(), child.integer(10)]).toEqual([
    other.uniform(),
    other.normal(),
    other.integer(10),
  ]);
});

test('different seeds and labels give different numbers', () => {
  const draw = (seed: number, label: string | number) => randomStream(seed).fork(label).uniform();
  const draws = [draw(0, 'a'), draw(1, 'a'), draw(0, 'b'), draw(0, 1), draw(0, 10)];
  expect(new Set(draws).size).toBe(draws.length);
});

test('uniform and normal have the moments of their distributions', () => {
  const random = randomStream(1);
  const n = 20000;
  const uniform = Array.from({ length: n }, () => random.uniform());
  const normal = Array.from({ length: n }, () => random.normal());
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / n;
  // Standard errors: sqrt(1/12/n) = 0.002 and sqrt(1/n) = 0.007; five of them are allowed.
  expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(0.01);
  expect(Math.abs(mean(normal))).toBeLessThan(0.035);
  // Var of the sample variance of a normal is 2/n: standard error 0.01.
  expect(Math.abs(mean(normal.map((value) => value * value)) - 1)).toBeLessThan(0.05);
});

test('shuffle keeps the items and leaves its input alone', () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const shuffled = randomStream(2).shuffle(items);
  expect([...shuffled].sort()).toEqual(items);
  expect(shuffled).not.toEqual(items);
});

test('gradients are registered in tests', () => {
  const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2]));
  expect(gradient.dataSync()).toBeAllClose([2, 4]);
});
