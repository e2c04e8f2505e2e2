import { matches } from './name-pattern.js';

/** The part of the baseline's passing tests that known differences may cover. */
export const allowedShare = 0.02;

/**
 * Holds a backend's results against a baseline's: whatever passes there must pass here, unless it is a known difference.
 * @param {import('./run-backend.js').Test[]} baseline
 * @param {import('./run-backend.js').Test[]} tested
 * @param {{ test: string, reason: string }[]} knownDifferences - `test`: a full name, or with `*` for any characters.
 * @param {{ whole?: boolean }} [options] - `whole` false if only some tests ran: entries may then match none of them.
 * @returns `failed`: the tests that are worse than the baseline's without a known reason; `known`: those with one;
 *   `faults`: what is wrong with the list; `counts`: of the tested backend, where a test is skipped if it is a known
 *   difference, fails on the baseline too, or did not run.
 */
export function compare(baseline, tested, knownDifferences, { whole = true } = {}) {
  const results = new Map(tested.map((test) => [test.name, test]));
  const expected = new Map(baseline.map((test) => [test.name, test]));
  const isKnown = (name) => knownDifferences.some(({ test }) => matches(test, name));
  const passing = baseline.filter(({ status }) => status === 'passed');

  const worse = passing
    .filter(({ name }) => results.get(name)?.status !== 'passed')
    .map(({ name, file }) => results.get(name) ?? { name, file, message: 'did not run' });
  const known = worse.filter(({ name }) => isKnown(name));
  const failed = [
    ...worse.filter(({ name }) => !isKnown(name)),
    // What broke around tests has no counterpart in the baseline.
    ...tested.filter(({ name, status }) => status === 'failed' && !expected.has(name)),
  ];

  const faults = [];
  for (const { test, reason } of knownDifferences) {
    const meant = passing.filter(({ name }) => matches(test, name));
    const stale = meant.filter(({ name }) => results.get(name)?.status === 'passed');
    if (typeof reason !== 'string' || reason === '') faults.push(`"${test}" has no reason`);
    if (whole && meant.length === 0)
      faults.push(`"${test}" means no test that the baseline passes`);
    for (const { name } of stale) faults.push(`"${test}" is out of date: "${name}" passes`);
  }
  if (whole && known.length > allowedShare * passing.length)
    faults.push(
      `it covers ${known.length} of ${passing.length} tests, more than ${allowedShare * 100} %`,
    );

  const passed = tested.filter(({ status }) => status === 'passed').length;
  const all = new Set([...results.keys(), ...expected.keys()]).size;
  const counts = { passed, failed: failed.length, skipped: all - passed - failed.length };
  return { failed, known, faults, counts };
}
