import { describe, expect, it } from 'vitest';

import { Storage } from '../recording/storage.js';
import { Value } from '../recording/value.js';
import { ScalarPolicies } from './scalar-policy.js';

function scalar(value: number, shape: readonly number[] = []): Value {
  const storage = new Storage('float32', Float64Array.of(value) as never, true);
  return new Value({ shape, dtype: 'float32' }, storage);
}

const vector = (): Value =>
  new Value({ shape: [2], dtype: 'float32' }, new Storage('float32', new Float32Array(2)));

const same = (leaves: readonly Value[]): string[] => leaves.map(() => 'Multiply.1');

describe('constants', () => {
  it('are the small whole and half numbers of formulas', () => {
    const leaves = [0, 1, -2, 0.5, 16, 17, 0.1, 1e-7, NaN, Infinity, -0].map((value) =>
      scalar(value),
    );
    const { constants } = new ScalarPolicies().decide(leaves, same(leaves), 1);
    const none = new Array<undefined>(6).fill(undefined);
    expect(constants).toEqual([0, 1, -2, 0.5, 16, ...none]);
  });

  it('are numbers of vectors never', () => {
    const { constants, aliases } = new ScalarPolicies().decide([vector()], [''], 1);
    expect([constants, aliases]).toEqual([[undefined], [0]]);
  });

  it('stay while the number stays, and never come back once it changed', () => {
    const policies = new ScalarPolicies();
    const decide = (value: number): number | undefined =>
      policies.decide([scalar(value)], [''], 1).constants[0];
    expect([1, 1, 2, 2, 1].map(decide)).toEqual([1, 1, undefined, undefined, undefined]);
  });

  it('are decided for each structure', () => {
    const policies = new ScalarPolicies();
    const decide = (value: number, structure: number): number | undefined =>
      policies.decide([scalar(value)], [''], structure).constants[0];
    expect([decide(1, 1), decide(2, 2), decide(1, 1), decide(2, 2)]).toEqual([1, 2, 1, 2]);
  });

  it('are decided anew for structures that were forgotten', () => {
    const policies = new ScalarPolicies();
    const decide = (value: number, structure: number): number | undefined =>
      policies.decide([scalar(value)], [''], structure).constants[0];
    decide(1, 0);
    expect(decide(2, 0)).toBeUndefined();
    for (let structure = 1; structure <= 256; structure++) decide(1, structure);
    expect(decide(2, 0)).toBe(2);
  });
});

describe('inputs', () => {
  it('are shared by equal numbers of equal roles', () => {
    const leaves = [scalar(0.1), vector(), scalar(0.1), scalar(0.2), scalar(0.2)];
    const { aliases } = new ScalarPolicies().decide(leaves, same(leaves), 1);
    expect(aliases).toEqual([0, 1, 0, 3, 3]);
  });

  it('are not shared by numbers of other roles, types or ranks', () => {
    const leaves = [scalar(0.1), scalar(0.1), scalar(0.1, [1])];
    const { aliases } = new ScalarPolicies().decide(leaves, ['Mul.1', 'Add.1', 'Mul.1'], 1);
    expect(aliases).toEqual([0, 1, 2]);
  });

  it('tell 0 from -0', () => {
    const policies = new ScalarPolicies();
    const leaves = [scalar(-0), scalar(-0)];
    expect(policies.decide(leaves, same(leaves), 1).aliases).toEqual([0, 1]);
  });
});
