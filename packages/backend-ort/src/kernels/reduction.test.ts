import { afterAll, beforeAll, describe, it } from 'vitest';

import {
  blockedChannels,
  booleans,
  expectSameAsCpu,
  integers,
  reals,
  startBackends,
  stopBackends,
  tensorOf,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

const reductions = ['Sum', 'Mean', 'Max', 'Min', 'Prod'];

/** Axes under the name that the kernel reads. */
function along(kernel: string, axes: readonly number[], keepDims: boolean): object {
  const isMax = kernel === 'Max';
  return { [isMax ? 'reductionIndices' : 'axis']: [...axes], keepDims };
}

const cases: [shape: number[], axes: number[]][] = [
  [[7], [0]],
  [[3, 5], [0]],
  [
    [3, 5, 4],
    [0, 2],
  ],
  [[2, 3, 5, 3], [3]],
  [[2, 3, 5, c], [3]],
  [
    [2, 3, 5, c],
    [1, 2],
  ],
  [
    [2, 3, 5, c],
    [0, 1, 2],
  ],
  [
    [2, 3, 5, c],
    [0, 1, 2, 3],
  ],
  [[2, 3, 5, c], [1]],
  [[1, 3, 5, c], [0]],
  [
    [2, 3, 5, c],
    [0, 3],
  ],
];

it.each(cases)('sums [%s] along [%s]', (shape, axes) => {
  for (const keepDims of [false, true]) {
    expectSameAsCpu('Sum', { x: reals(shape) }, along('Sum', axes, keepDims), { atol: 1e-5 });
  }
});

describe.each(reductions)('%s', (kernel) => {
  it('of real numbers', () => {
    const options = { rtol: 1e-4, atol: 1e-5 };
    expectSameAsCpu(kernel, { x: reals([3, 5, 4]) }, along(kernel, [1], false), options);
    expectSameAsCpu(kernel, { x: reals([2, 3, 5, c]) }, along(kernel, [1, 2], true), options);
    expectSameAsCpu(kernel, { x: reals([2, 3, 5, 3]) }, along(kernel, [3], true), options);
  });

  it('of integers and booleans', () => {
    expectSameAsCpu(kernel, { x: integers([3, 5]) }, along(kernel, [1], false));
    expectSameAsCpu(kernel, { x: booleans([3, 5]) }, along(kernel, [1], true));
  });

  it('of a number, of no axes, and of NaN and infinities', () => {
    expectSameAsCpu(kernel, { x: tensorOf([3], []) }, along(kernel, [], false));
    const rows = [1, NaN, 2, 3, 4, 5, NaN, 1, 1, 1, 2, NaN, Infinity, 1, 0, -Infinity, 2, 3];
    expectSameAsCpu(kernel, { x: tensorOf(rows, [6, 3]) }, along(kernel, [1], false));
    expectSameAsCpu(kernel, { x: tensorOf(rows, [3, 6]) }, along(kernel, [0], false));
  });
});

it.each(['All', 'Any'])('%s', (kernel) => {
  expectSameAsCpu(kernel, { x: booleans([3, 2, 2]) }, { axis: [2], keepDims: false });
  expectSameAsCpu(kernel, { x: booleans([3, 4]) }, { axis: [0, 1], keepDims: true });
});

describe.each(['ArgMax', 'ArgMin'])('%s', (kernel) => {
  it.each([
    [[7], 0],
    [[3, 5], 0],
    [[3, 5, 4], 1],
    [[2, 3, 5, 3], 3],
    [[2, 3, 5, c], 3],
    [[2, 3, 5, c], 1],
    [[2, 3, 5, c], 2],
    [[2, 3, 5, c], 0],
  ] as [number[], number][])('of [%s] along %i', (shape, axis) => {
    expectSameAsCpu(kernel, { x: reals(shape) }, { axis });
  });

  it('takes the first of equals, and NaN only if it comes first', () => {
    const rows = [
      3,
      1,
      3,
      1,
      NaN,
      2,
      1,
      NaN,
      3,
      NaN,
      NaN,
      NaN,
      1,
      2,
      NaN,
      -Infinity,
      NaN,
      -Infinity,
    ];
    expectSameAsCpu(kernel, { x: tensorOf(rows, [6, 3]) }, { axis: 1 });
    expectSameAsCpu(kernel, { x: tensorOf([2, 1, 2, 1], [4], 'int32') }, { axis: 0 });
    expectSameAsCpu(kernel, { x: booleans([3, 4]) }, { axis: 1 });
  });
});
