// `steps`: how often a compiling engine compiles while learning rate, dropout masks and batch sizes change.
import { wholeNumber } from './arguments.js';
import { cells, createReport, rounded } from './report.js';
import { expectStats, startEngine } from './segkit/engine.js';
import { trainSmallNet } from './segkit/small-run.js';

const columns = [
  ['', ({ name }) => name],
  ['steps', ({ steps: count }) => String(count)],
  ['compiles', ({ compiles }) => String(compiles)],
  ['at steps', ({ compiledAt }) => compiledAt.join(' ')],
  ['cache hits', ({ cacheHits }) => String(cacheHits)],
  ['flushes', ({ flushes }) => String(flushes)],
  ['fallbacks', ({ fallbacks }) => Object.keys(fallbacks).join(' ') || 'none'],
  ['loss', ({ firstLoss }) => firstLoss.toFixed(3)],
  ['to', ({ lastLoss }) => lastLoss.toFixed(3)],
  ['a step', ({ seconds, steps: count }) => cells.milliseconds(seconds / count)],
];

/** Compiled graphs, and the steps during which they were. */
export const steps = {
  options: { count: { type: 'string', default: '1000' } },
  run: async (values) => {
    const count = wholeNumber(values, 'count');
    const started = await startEngine(values.engine, wholeNumber(values, 'threads'));
    expectStats(started, 'steps');
    const compiledAt = [];
    const losses = [];
    let compiles = started.stats().compiles;
    const start = performance.now();
    const onStep = ({ step, loss }) => {
      losses.push(loss);
      const now = started.stats().compiles;
      if (now > compiles) compiledAt.push(step);
      compiles = now;
    };
    await trainSmallNet(started, { steps: count, onStep });
    const seconds = (performance.now() - start) / 1e3;
    const { fallbacks, cacheHits, flushes, compileSeconds, runSeconds } = started.stats();
    const report = createReport(values.json, columns);
    report.add({
      benchmark: 'steps',
      name: 'steps/unet-8',
      engine: started.engine,
      steps: count,
      compiles,
      compiledAt,
      cacheHits,
      flushes,
      fallbacks,
      firstLoss: losses[0],
      lastLoss: losses.at(-1),
      seconds: rounded(seconds),
      compileSeconds: rounded(compileSeconds),
      runSeconds: rounded(runSeconds),
    });
    report.end();
  },
};
