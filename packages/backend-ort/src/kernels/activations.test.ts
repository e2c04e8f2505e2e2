import { afterAll, beforeAll, expect, it } from 'vitest';

import { activationRecorders } from './activations.js';
import {
  blockedChannels,
  expectSameAsCpu,
  infosOf,
  integers,
  reals,
  specialReals,
  startBackends,
  stopBackends,
  tensorOf,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

const kernels: [kernel: string, attributes: object][] = [
  ['Relu', {}],
  ['Relu6', {}],
  ['Elu', {}],
  ['Selu', {}],
  ['Sigmoid', {}],
  ['Softplus', {}],
  ['LeakyRelu', { alpha: 0.2 }],
  ['Step', { alpha: 0 }],
  ['Step', { alpha: -1 }],
  ['ClipByValue', { clipValueMin: -0.5, clipValueMax: 3 }],
  ['ClipByValue', { clipValueMin: -Infinity, clipValueMax: 1 }],
];

// Below 3e-39, Step is a slope.
const numbers = specialReals.filter((x) => x !== 1e-40);

it.each(kernels)('%s %o', (kernel, attributes) => {
  expectSameAsCpu(kernel, { x: reals([2, 3, 5, c], -9, 9) }, attributes);
  expectSameAsCpu(kernel, { x: reals([37], -3, 3) }, attributes);
  expectSameAsCpu(kernel, { x: tensorOf(numbers) }, attributes);
});

it.each(['Relu', 'Relu6'])('%s of integers', (kernel) => {
  expectSameAsCpu(kernel, { x: integers([3, 5]) });
});

it.each([
  [-2, 3],
  [-2.5, 2.5],
  [0.5, Infinity],
])('ClipByValue of integers between %d and %d', (clipValueMin, clipValueMax) => {
  expectSameAsCpu('ClipByValue', { x: integers([3, 5]) }, { clipValueMin, clipValueMax });
});

it('keeps the digits of small results of Sigmoid and Softplus', () => {
  const x = tensorOf([-5, -15, -20, -30, -50, -80, 20, 90]);
  expectSameAsCpu('Sigmoid', { x }, {}, { atol: 0 });
  expectSameAsCpu('Softplus', { x }, {}, { atol: 0 });
});

it.each([
  [[2, 3, 5, c], [c]],
  [
    [2, 3, 5, c],
    [3, 5, c],
  ],
  [[2, 3, 5, 3], [1]],
  [[7], [3, 7]],
])('Prelu of [%s] with slopes [%s]', (shape, slopes) => {
  expectSameAsCpu('Prelu', { x: reals(shape), alpha: reals(slopes) });
});

it('Prelu of integers and NaN', () => {
  expectSameAsCpu('Prelu', { x: integers([5]), alpha: integers([1]) });
  expectSameAsCpu('Prelu', { x: tensorOf(specialReals), alpha: tensorOf([0.5]) });
});

it('EluGrad', () => {
  const shape = [2, 3, 5, c];
  expectSameAsCpu('EluGrad', { dy: reals(shape), y: reals(shape, -1, 1) });
  const y = tensorOf([NaN, Infinity, -1, -0.5, 0, 2]);
  expectSameAsCpu('EluGrad', { dy: tensorOf([1, 2, 3, 4, 5, 6]), y });
});

it('leaves integers to tfjs-backend-cpu where results would be truncated', () => {
  const [x] = infosOf(integers([3]));
  expect(activationRecorders['Sigmoid']?.({ x }, {})).toBeNull();
});
