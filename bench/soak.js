// `soak`: whether tensors or resident memory grow from step to step of a long run with validations.
import * as tf from '@tensorflow/tfjs-core';

import { wholeNumber } from './arguments.js';
import { cells, createReport, median, rounded } from './report.js';
import { startEngine } from './segkit/engine.js';
import { trainSmallNet } from './segkit/small-run.js';

const columns = [
  ['', ({ name }) => name],
  ['steps', ({ steps }) => String(steps)],
  ['tensors', ({ tensorsStart }) => String(tensorsStart)],
  ['to', ({ tensorsEnd }) => String(tensorsEnd)],
  ['per 1000', ({ tensorsPer1000 }) => tensorsPer1000.toFixed(1)],
  ['resident', ({ residentStart }) => cells.megabytes(residentStart)],
  ['to', ({ residentEnd }) => cells.megabytes(residentEnd)],
  ['per 1000', ({ residentPer1000 }) => `${(residentPer1000 / 1e6).toFixed(1)} MB`],
];

/** Slope of the least-squares line through `values` at 0, 1, 2 … */
function slope(values) {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let covariance = 0;
  let variance = 0;
  for (const [at, value] of values.entries()) {
    covariance += (at - middle) * (value - mean);
    variance += (at - middle) ** 2;
  }
  return variance === 0 ? 0 : covariance / variance;
}

/** Medians over the first and the last tenth, since garbage makes single values jump, and the growth per 1000 steps. */
function growth(name, values) {
  const tenth = Math.ceil(values.length / 10);
  return {
    [`${name}Start`]: median(values.slice(0, tenth)),
    [`${name}End`]: median(values.slice(-tenth)),
    [`${name}Per1000`]: rounded(1000 * slope(values)),
  };
}

/** Growth of `tf.memory().numTensors` and of the resident size after the first tenth of the run. */
export const soak = {
  options: { count: { type: 'string', default: '2000' } },
  run: async (values) => {
    const count = wholeNumber(values, 'count', 10);
    const started = await startEngine(values.engine, wholeNumber(values, 'threads'));
    const warmUp = Math.max(Math.floor(count / 10), 5);
    const tensors = [];
    const resident = [];
    const onStep = ({ step }) => {
      if (step <= warmUp) return;
      tensors.push(tf.memory().numTensors);
      resident.push(process.memoryUsage.rss());
    };
    await trainSmallNet(started, { steps: count, onStep, validateEvery: 100 });
    const report = createReport(values.json, columns);
    report.add({
      benchmark: 'soak',
      name: 'soak/unet-8',
      engine: started.engine,
      steps: count,
      ...growth('tensors', tensors),
      ...growth('resident', resident),
      compiles: started.stats()?.compiles ?? null,
    });
    report.end();
  },
};
