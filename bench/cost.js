// `cost`: what events, callbacks and checkpoints take of a run's time: the same run without and with them, in turns.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lastValueFrom, tap } from 'rxjs';
import { createApp, defineSchedule, firstParty, lambdaCallback, silentLogger } from 'segkit';
import * as z from 'zod';

import { wholeNumber } from './arguments.js';
import { cells, complain, createReport, extremes, median, note, rounded } from './report.js';
import { startEngine } from './segkit/engine.js';

/** Of a run's time. */
const allowed = 0.02;

/**
 * Steps before the first that counts. The engine ort compiles in them, also what a checkpoint makes it compute: an update by
 * itself, and a step without the one before.
 */
const warmUpOf = (every) => every + 5;

const percent = (share) => `${(100 * share).toFixed(2)} %`;

const columns = [
  ['', ({ name }) => name],
  ['a step without', ({ bare }) => cells.milliseconds(bare)],
  ['a step with', ({ all }) => cells.milliseconds(all)],
  ['more time', ({ more }) => percent(more)],
  ['from', ({ moreMin }) => percent(moreMin)],
  ['to', ({ moreMax }) => percent(moreMax)],
  ['more processor time', ({ moreCpu }) => percent(moreCpu)],
  ['callbacks of a step', ({ callbackSeconds }) => cells.milliseconds(callbackSeconds)],
  ['copying a checkpoint', ({ copySeconds }) => cells.milliseconds(copySeconds)],
  ['both together', ({ clocked }) => percent(clocked)],
  ['checkpoints', ({ checkpoints }) => String(checkpoints)],
  ['compiled', ({ compiles }) => compiles.flat().join(' ')],
];

/** What users usually have. */
const callbacksOf = (every) => [
  'progress',
  { name: 'checkpoint', every },
  'csv-log',
  'jsonl-log',
  'tensorboard',
  'system-stats',
];

/** A U-Net of base width 16 on batches of 2x128x128; the samples lie in memory, since data are not what is measured. */
function configOf(engine, steps, callbacks = []) {
  return {
    engine: { name: engine },
    data: {
      labels: { classes: ['background', 'cell'] },
      train: { name: 'synthetic-cells', size: 128, radius: 12, count: 8 },
    },
    model: { backbone: { name: 'cbr', width: 16 }, center: 'cbr', decoder: 'unet' },
    loss: 'ce',
    schedule: 'clock',
    optimizer: { name: 'adam', learningRate: 1e-3 },
    train: { steps, batchSize: 2 },
    callbacks,
    loader: { workers: 0, cache: 'memory' },
  };
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Plugins that take the time: what stands between a step's event and the beginning of the next step. */
function stopwatch(warmUp) {
  let entered = null;
  const callbacks = [];
  const gaps = [];
  const plugins = [
    lambdaCallback('clock-in', ({ type }) => {
      if (type === 'step') entered = performance.now();
    }),
    lambdaCallback('clock-out', ({ type, step }) => {
      if (type === 'step' && step > warmUp) callbacks.push(performance.now() - entered);
    }),
    defineSchedule({
      name: 'clock',
      description: 'Constant; asked at the beginning of every step.',
      options: z.strictObject({}),
      create: () => ({
        factor: (step) => {
          if (step > warmUp && entered !== null) gaps.push(performance.now() - entered);
          entered = null;
          return 1;
        },
      }),
    }),
  ];
  return { plugins, callbacks, gaps };
}

/** One run, from the end of the warm-up until everything is written. */
async function runOnce(app, config, { folder = null, warmUp, stats }) {
  let start;
  let checkpoints = 0;
  const compiles = () => stats()?.compiles ?? 0;
  const events = app.fit(config, { folder }).pipe(
    tap((event) => {
      if (event.type === 'checkpoint-saved' && start !== undefined) checkpoints += 1;
      if (event.type === 'step' && event.step === warmUp) {
        start = { wall: performance.now(), cpu: cpuSeconds(), compiles: compiles() };
      }
    }),
  );
  await lastValueFrom(events);
  const wall = (performance.now() - start.wall) / 1e3;
  return {
    wall,
    cpu: cpuSeconds() - start.cpu,
    checkpoints,
    compiles: compiles() - start.compiles,
  };
}

export const cost = {
  options: {
    rounds: { type: 'string', default: '7' },
    count: { type: 'string', default: '200' },
    every: { type: 'string', default: '100' },
  },
  run: async (values) => {
    const rounds = wholeNumber(values, 'rounds');
    const steps = wholeNumber(values, 'count', 10);
    const every = wholeNumber(values, 'every');
    const callbacks = callbacksOf(every);
    const warmUp = warmUpOf(every);
    const { engine, stats } = await startEngine(values.engine, wholeNumber(values, 'threads'));
    const clock = stopwatch(warmUp);
    const app = createApp({ plugins: [...firstParty, ...clock.plugins], logger: silentLogger });
    const without = configOf(engine, warmUp + steps);
    const timed = ['clock-in', ...callbacks, 'clock-out'];
    const within = configOf(engine, warmUp + steps, timed);
    const parent = mkdtempSync(join(tmpdir(), 'segkit-cost-'));
    const folder = join(parent, 'run');
    const pairs = [];
    try {
      for (let round = 0; round < rounds; round++) {
        const bare = await runOnce(app, without, { warmUp, stats });
        const all = await runOnce(app, within, { folder, warmUp, stats });
        pairs.push({ bare, all });
        note(`round ${round + 1}: ${percent(all.wall / bare.wall - 1)} more time.`);
      }
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
    const more = pairs.map(({ bare, all }) => all.wall / bare.wall - 1);
    // The longest gaps are those in which a checkpoint is copied.
    const count = rounds * Math.floor(steps / every);
    const copies = clock.gaps.toSorted((a, b) => b - a).slice(0, count);
    const bare = median(pairs.map((pair) => pair.bare.wall)) / steps;
    const callbackSeconds = median(clock.callbacks) / 1e3;
    const copySeconds = copies.length === 0 ? null : median(copies) / 1e3;
    const result = {
      benchmark: 'cost',
      name: 'cost/unet-16',
      engine,
      bare: rounded(bare),
      all: rounded(median(pairs.map(({ all }) => all.wall)) / steps),
      more: rounded(median(more)),
      ...extremes('more', more),
      moreCpu: rounded(median(pairs.map(({ bare, all }) => all.cpu / bare.cpu - 1))),
      callbackSeconds: rounded(callbackSeconds),
      copySeconds: copySeconds && rounded(copySeconds),
      clocked: rounded((callbackSeconds + (copySeconds ?? 0) / every) / bare),
      checkpoints: pairs[0].all.checkpoints,
      compiles: pairs.map(({ bare, all }) => [bare.compiles, all.compiles]),
      callbacks: callbacks.map((spec) => spec.name ?? spec),
      steps,
      rounds,
    };
    const report = createReport(values.json, columns);
    report.add(result);
    report.end();
    if (result.more > allowed) {
      complain(
        `events, callbacks and checkpoints take ${percent(result.more)}, not ${percent(allowed)}.`,
      );
    }
  },
};
