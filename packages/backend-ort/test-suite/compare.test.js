import { describe, expect, it } from 'vitest';

import { compare } from './compare.js';

const tests = (statuses) =>
  Object.entries(statuses).map(([name, status]) => ({ name, status, message: status }));
const names = (results) => results.map(({ name }) => name);

describe('compare', () => {
  it('is content when all that passes on the baseline passes', () => {
    const result = compare(
      tests({ a: 'passed', b: 'failed', c: 'skipped' }),
      tests({ a: 'passed', b: 'failed', c: 'skipped' }),
      [],
    );
    expect(result).toEqual({
      failed: [],
      known: [],
      faults: [],
      counts: { passed: 1, failed: 0, skipped: 2 },
    });
  });

  it('fails tests that fail, are skipped or never run', () => {
    const baseline = tests({ a: 'passed', b: 'passed', c: 'passed', d: 'passed' });
    const result = compare(baseline, tests({ a: 'passed', b: 'failed', c: 'skipped' }), []);
    expect(names(result.failed)).toEqual(['b', 'c', 'd']);
    expect(result.counts).toEqual({ passed: 1, failed: 3, skipped: 0 });
  });

  it('fails what breaks outside of the tests that the baseline has', () => {
    const result = compare(tests({ a: 'passed' }), tests({ a: 'passed', around: 'failed' }), []);
    expect(names(result.failed)).toEqual(['around']);
  });

  it('forgives known differences up to 2 % of what the baseline passes', () => {
    const many = (count, status) =>
      tests(Object.fromEntries(Array.from({ length: count }, (_, i) => [`ok ${i}`, status])));
    const baseline = [...many(98, 'passed'), ...tests({ 'no 1': 'passed', 'no 2': 'passed' })];
    const tested = [...many(98, 'passed'), ...tests({ 'no 1': 'failed', 'no 2': 'failed' })];
    const known = [{ test: 'no *', reason: 'because' }];
    const atLimit = compare(baseline, tested, known);
    expect(names(atLimit.known)).toEqual(['no 1', 'no 2']);
    expect(atLimit.faults).toEqual([]);
    expect(atLimit.counts).toEqual({ passed: 98, failed: 0, skipped: 2 });
    expect(compare(baseline.slice(1), tested.slice(1), known).faults).toEqual([
      'it covers 2 of 99 tests, more than 2 %',
    ]);
  });

  it('finds entries that are out of date, mean nothing or give no reason', () => {
    const baseline = tests({ 'x a': 'passed', 'x b': 'passed' });
    const tested = tests({ 'x a': 'failed', 'x b': 'passed' });
    const known = [
      { test: 'x *', reason: 'because' },
      { test: 'y', reason: '' },
    ];
    const faults = [
      '"x *" is out of date: "x b" passes',
      '"y" has no reason',
      '"y" means no test that the baseline passes',
      'it covers 1 of 2 tests, more than 2 %',
    ];
    expect(compare(baseline, tested, known).faults).toEqual(faults);
    // Of a part of the tests it can only be said which entries pass, and which have no reason.
    expect(compare(baseline, tested, known, { whole: false }).faults).toEqual(faults.slice(0, 2));
  });

  it('takes brackets, dots and stars of names as they are', () => {
    const baseline = tests({ 'conv [1,2] x*y (2)': 'passed', 'conv 1 xy': 'passed' });
    const tested = tests({ 'conv [1,2] x*y (2)': 'failed', 'conv 1 xy': 'passed' });
    const known = [{ test: 'conv [1,2] x*y (2)', reason: 'because' }];
    expect(compare(baseline, tested, known, { whole: false }).faults).toEqual([]);
  });
});
