// `faults`: what becomes of a run whose disk fails, is full or read-only at any call, and whose checkpoints are damaged.
import { rmSync } from 'node:fs';

import { register } from 'tsx/esm/api';

import { wholeNumber } from './arguments.js';
import { complain, createReport, note } from './report.js';

register();
const { faultCases, meetFault, undisturbed } = await import('../test/faults/sweep.ts');
const { damages, meetDamage } = await import('../test/faults/damage.ts');

const counted = (name) => (row) => (row[name] === undefined ? '' : String(row[name]));

const columns = [
  ['fault', ({ fault }) => fault],
  ['where', ({ where }) => where],
  ['cases', counted('cases')],
  ['ended with an error', counted('error')],
  ['went on, warned', counted('warnings')],
  ['went on', counted('unaware')],
  ['from the newest', counted('newest')],
  ['from the one before', counted('before')],
  ['same weights in the end', counted('equal')],
];

/** One row of every fault and place, which counts what became of its cases. */
function tally(rows, { fault, where }, outcome, wrong) {
  const key = `${fault} ${where}`;
  const row = rows.get(key) ?? {
    benchmark: 'faults',
    name: `faults/${key}`,
    fault,
    where,
    cases: 0,
    equal: 0,
  };
  rows.set(key, row);
  row.cases += 1;
  row[outcome] = (row[outcome] ?? 0) + 1;
  if (wrong.length === 0) row.equal += 1;
  else complain(`${key}: ${wrong.join('; ')}`);
}

/** The first of each kind, or all. */
function chosen(cases, all) {
  const seen = new Set();
  return cases.filter(({ run, operation, file, code }) => {
    const kind = [run, operation, file, code].join();
    const isNew = !seen.has(kind);
    seen.add(kind);
    return all || isNew;
  });
}

async function* failingCalls(whole, all) {
  const every = await faultCases(whole);
  const cases = chosen(every, all);
  note(`${cases.length} of ${every.length} faults of single calls`);
  for (const fault of cases) {
    const { ended, wrong } = await meetFault(fault, whole);
    const { code, operation, file } = fault;
    yield { place: { fault: `${code}, ${operation}`, where: file }, outcome: ended, wrong };
  }
}

const outcomes = { 'the newest checkpoint': 'newest', 'the one before': 'before', error: 'error' };

async function* damagedCheckpoints(whole, flips) {
  for (const damage of damages(whole, flips)) {
    const { resumed, wrong } = await meetDamage(damage, whole);
    const place = { fault: damage.kind, where: damage.file };
    yield { place, outcome: outcomes[resumed], wrong };
  }
}

/** Runs under every kind of fault, and resumed after it, beside one that met none. */
export const faults = {
  options: {
    all: { type: 'boolean', default: false },
    flips: { type: 'string', default: '1000' },
  },
  run: async ({ json, all, ...values }) => {
    const report = createReport(json, columns);
    const whole = await undisturbed();
    const flips = wholeNumber(values, 'flips', 0);
    try {
      for (const part of [failingCalls(whole, all), damagedCheckpoints(whole, flips)]) {
        const rows = new Map();
        for await (const { place, outcome, wrong } of part) tally(rows, place, outcome, wrong);
        for (const row of rows.values()) report.add(row);
      }
    } finally {
      rmSync(whole.parent, { recursive: true });
    }
    report.end();
  },
};
