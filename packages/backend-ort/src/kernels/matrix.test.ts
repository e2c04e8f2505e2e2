import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  expectSameAsCpu,
  infosOf,
  integers,
  reals,
  startBackends,
  stopBackends,
  type TestTensor,
} from './compare-with-cpu.test-support.js';
import { matrixRecorders } from './matrix.js';

beforeAll(startBackends);
afterAll(stopBackends);

const turned = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);

function factors(
  make: (shape: readonly number[]) => TestTensor,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
  lead: readonly number[] = [],
): Record<'a' | 'b', TestTensor> {
  const [a, b] = [transposeA ? [5, 3] : [3, 5], transposeB ? [4, 5] : [5, 4]];
  return { a: make([...lead, ...a]), b: make([...lead, ...b]) };
}

it.each(turned)('BatchMatMul %o', (turn) => {
  expectSameAsCpu('BatchMatMul', factors(reals, turn), turn);
  expectSameAsCpu('BatchMatMul', factors(reals, turn, [2, 3]), turn);
  expectSameAsCpu('BatchMatMul', factors(integers, turn, [2]), turn);
});

it('BatchMatMul repeats one matrix for a batch of others', () => {
  const attributes = { transposeA: false, transposeB: true };
  expectSameAsCpu('BatchMatMul', { a: reals([4, 3, 5]), b: reals([1, 2, 5]) }, attributes);
});

it.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'])(
  '_FusedMatMul with %s',
  (activation) => {
    const attributes = { ...turned[1], activation, leakyreluAlpha: 0.1 };
    const inputs = {
      ...factors(reals, { transposeA: false, transposeB: true }),
      ...(activation === 'prelu' && { preluActivationWeights: reals([4]) }),
    };
    expectSameAsCpu('_FusedMatMul', inputs, attributes);
    expectSameAsCpu('_FusedMatMul', { ...inputs, bias: reals([4]) }, attributes);
  },
);

it.each([
  [
    'ij,jk->ik',
    [
      [2, 3],
      [3, 4],
    ],
  ],
  ['ij->ji', [[2, 3]]],
  ['ij->i', [[2, 3]]],
  ['i,j->ij', [[2], [3]]],
  [
    'bij,bjk->bik',
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
  ],
  [
    'abc,cd->dab',
    [
      [2, 3, 4],
      [4, 5],
    ],
  ],
] as [string, number[][]][])('Einsum %s', (equation, shapes) => {
  expectSameAsCpu(
    'Einsum',
    shapes.map((shape) => reals(shape)),
    { equation },
  );
  expectSameAsCpu(
    'Einsum',
    shapes.map((shape) => integers(shape)),
    { equation },
  );
});

it('refuses factors that do not fit', () => {
  const record = (a: TestTensor, b: TestTensor): unknown => {
    const [first, second] = infosOf(a, b);
    return matrixRecorders['BatchMatMul']?.({ a: first, b: second }, {});
  };
  expect(() => record(reals([2, 3]), reals([4, 5]))).toThrow('inner shapes (3) and (4)');
  expect(() => record(reals([3]), reals([3, 5]))).toThrow('at least rank 2');
  expect(() => record(reals([2, 2, 3]), reals([3, 3, 5]))).toThrow('could not be broadcast');
});
