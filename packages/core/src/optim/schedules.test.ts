import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import type { Schedule } from '../components/schedule.js';
import { CheckpointError, ConfigError } from '../errors.js';
import { schedules } from './index.js';
import { makeComponent } from './make-component.test-support.js';
import { fixture } from './optimizer-fixture.test-support.js';

function make(name: string, options: object, totalSteps = fixture.totalSteps): Schedule {
  const plugin = schedules.find((candidate) => candidate.name === name);
  if (plugin === undefined) throw new Error(`no schedule ${name}`);
  return makeComponent(plugin, options, { totalSteps });
}

/** Made by `oracles/schedules.py`. */
const cycles = JSON.parse(
  readFileSync(new URL('../../../../oracles/fixtures/schedules.json', import.meta.url), 'utf8'),
) as {
  readonly schedules: readonly {
    readonly name: string;
    readonly options: object;
    readonly totalSteps: number;
    readonly factors: readonly number[];
  }[];
  readonly plateau: readonly {
    readonly options: { readonly mode?: 'max' };
    /** `null` is NaN. */
    readonly observed: readonly (number | null)[];
    readonly factors: readonly number[];
  }[];
};

const { totalSteps: usual } = fixture;
const cases = [
  ...fixture.schedules.map((entry) => ({ ...entry, totalSteps: usual })),
  ...cycles.schedules,
].map((entry) => ({
  ...entry,
  title: `${entry.name} ${JSON.stringify(entry.options)}, ${String(entry.totalSteps)} steps`,
}));

describe('schedule', () => {
  it.each(cases)('$title equals PyTorch’s', ({ name, options, totalSteps, factors }) => {
    const schedule = make(name, options, totalSteps);
    const received = factors.map((_, step) => schedule.factor(step));
    expect(received).toBeAllClose(factors, { rtol: 1e-7, atol: 1e-12 });
  });

  it.each([
    ['poly', {}, 0],
    ['cosine', {}, 0],
    ['cosine', { minFactor: 0.25 }, 0.25],
    ['one-cycle', { endFactor: 0.5 }, 0.5],
  ])('%s %o stays at its end value after the run', (name, options, end) => {
    const schedule = make(name, options, 10);
    expect(schedule.factor(10)).toBeCloseTo(end, 12);
    expect(schedule.factor(15)).toBeCloseTo(end, 12);
  });

  it('step wants either every or milestones', () => {
    expect(() => make('step', {})).toThrow(/expected either/);
    expect(() => make('step', { every: 2, milestones: [3] })).toThrow(/not both/);
  });

  it.each([1, 2, 3])('one-cycle takes a run of %d steps', (totalSteps) => {
    const schedule = make('one-cycle', {}, totalSteps);
    for (let step = 0; step < totalSteps; step++) {
      expect(schedule.factor(step)).toBeGreaterThan(0);
      expect(schedule.factor(step)).toBeLessThanOrEqual(1);
    }
  });

  it('cosine wants the first cycle for growing cycles', () => {
    expect(() => make('cosine', { restartGrowth: 2 })).toThrow(/restartEvery/);
  });

  it('refuses unknown options', () => {
    expect(() => make('cosine', { minFaktor: 0.1 })).toThrow(/minFaktor/);
  });
});

describe('plateau', () => {
  const watched = ({ mode }: { readonly mode?: 'max' }, value: number | null) => ({
    loss: mode === 'max' ? 0 : (value ?? Number.NaN),
    metrics: { meanIoU: mode === 'max' ? (value ?? Number.NaN) : 0 },
  });
  const monitorOf = ({ mode }: { readonly mode?: 'max' }) =>
    mode === 'max' ? { monitor: 'meanIoU' } : {};

  it.each(cycles.plateau)('$options equals PyTorch’s', ({ options, observed, factors }) => {
    const schedule = make('plateau', { ...options, ...monitorOf(options) });
    const received = observed.map((value) => {
      schedule.observe?.(watched(options, value));
      return schedule.factor(0);
    });
    expect(received).toBeAllClose(factors, { rtol: 1e-7, atol: 1e-12 });
  });

  it.each(cycles.plateau)('$options goes on from its state', ({ options, observed, factors }) => {
    const settings = { ...options, ...monitorOf(options) };
    let schedule = make('plateau', settings);
    const received = observed.map((value) => {
      const resumed = make('plateau', settings);
      resumed.restore?.(schedule.state?.() ?? null);
      resumed.observe?.(watched(options, value));
      schedule = resumed;
      return schedule.factor(0);
    });
    expect(received).toBeAllClose(factors, { rtol: 1e-7, atol: 1e-12 });
  });

  it('keeps an infinite best value over a save', () => {
    const settings = { monitor: 'psnr', patience: 0, gamma: 0.5 };
    const schedule = make('plateau', settings);
    schedule.observe?.({ loss: 0, metrics: { psnr: Infinity } });
    const resumed = make('plateau', settings);
    resumed.restore?.(schedule.state?.() ?? null);
    // Nothing is better than infinity, so the rate falls.
    resumed.observe?.({ loss: 0, metrics: { psnr: 99 } });
    expect(resumed.factor(0)).toBe(0.5);
  });

  it('warms up too', () => {
    // (0 + 1) / (3 + 1) of the rate at the first step.
    expect(make('plateau', { warmupSteps: 3 }).factor(0)).toBe(0.25);
  });

  it('names the numbers there are when the monitored one is not among them', () => {
    const schedule = make('plateau', { monitor: 'meanIou' });
    const observe = () => schedule.observe?.({ loss: 1, metrics: { meanIoU: 0.5 } });
    expect(observe).toThrow(ConfigError);
    expect(observe).toThrow(/schedule\.monitor: .*loss, meanIoU; received "meanIou"/);
  });

  it('refuses a state of another schedule', () => {
    const restore = () => make('plateau', {}).restore?.({ factor: 1 });
    expect(restore).toThrow(CheckpointError);
    expect(() => make('plateau', {}).restore?.(null)).toThrow(CheckpointError);
  });
});
