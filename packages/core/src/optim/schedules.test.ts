import { describe, expect, it } from 'vitest';

import type { Schedule } from '../components/schedule.js';
import { schedules } from './index.js';
import { makeComponent } from './make-component.test-support.js';
import { fixture } from './optimizer-fixture.test-support.js';

function make(name: string, options: object, totalSteps = fixture.totalSteps): Schedule {
  const plugin = schedules.find((candidate) => candidate.name === name);
  if (plugin === undefined) throw new Error(`no schedule ${name}`);
  return makeComponent(plugin, options, { totalSteps });
}

const cases = fixture.schedules.map((entry) => ({
  ...entry,
  title: `${entry.name} ${JSON.stringify(entry.options)}`,
}));

describe('schedule', () => {
  it.each(cases)('$title equals PyTorch’s', ({ name, options, factors }) => {
    const schedule = make(name, options);
    const received = factors.map((_, step) => schedule.factor(step));
    expect(received).toBeAllClose(factors, { rtol: 1e-7, atol: 1e-12 });
  });

  it.each([
    ['poly', {}, 0],
    ['cosine', {}, 0],
    ['cosine', { minFactor: 0.25 }, 0.25],
  ])('%s %o stays at its end value after the run', (name, options, end) => {
    const schedule = make(name, options, 10);
    expect(schedule.factor(10)).toBeCloseTo(end, 12);
    expect(schedule.factor(15)).toBeCloseTo(end, 12);
  });

  it('step wants either every or milestones', () => {
    expect(() => make('step', {})).toThrow(/expected either/);
    expect(() => make('step', { every: 2, milestones: [3] })).toThrow(/not both/);
  });

  it('refuses unknown options', () => {
    expect(() => make('cosine', { minFaktor: 0.1 })).toThrow(/minFaktor/);
  });
});
