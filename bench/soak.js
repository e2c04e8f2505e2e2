// `soak`: whether tensors or resident memory grow from step to step of a long run with validations.
import * as tf from '@tensorflow/tfjs-core';

import { wholeNumber } from './arguments.js';
import { linearFit } from './linear-fit.js';
import { cells, createReport, median, note, rounded, table } from './report.js';
import { startEngine } from './segkit/engine.js';
import { trainSmallNet } from './segkit/small-run.js';

const signed = (value, error, show) => `${show(value)} +- ${show(error)}`;
const kilobytes = (value) => `${(value / 1e3).toFixed(2)} kB`;

const columns = [
  ['', ({ name }) => name],
  ['engine', ({ engine }) => engine],
  ['steps', ({ steps }) => String(steps)],
  ['minutes', ({ minutes }) => minutes.toFixed(1)],
  ['tensors', ({ tensorsStart }) => String(tensorsStart)],
  ['to', ({ tensorsEnd }) => String(tensorsEnd)],
  [
    'a step',
    ({ tensorsSlope, tensorsError }) => signed(tensorsSlope, tensorsError, (x) => x.toFixed(4)),
  ],
  ['resident', ({ residentStart }) => cells.megabytes(residentStart)],
  ['to', ({ residentEnd }) => cells.megabytes(residentEnd)],
  ['a step', ({ residentSlope, residentError }) => signed(residentSlope, residentError, kilobytes)],
];

/** Medians over the first and the last tenth of the second half, since garbage makes single values jump, and the slope. */
function growth(name, steps, values) {
  const tenth = Math.ceil(values.length / 10);
  const { slope, standardError } = linearFit(steps, values);
  return {
    [`${name}Start`]: median(values.slice(0, tenth)),
    [`${name}End`]: median(values.slice(-tenth)),
    [`${name}Slope`]: rounded(slope),
    [`${name}Error`]: rounded(standardError),
  };
}

/** What was read at so many moments, evenly spread from the first step to the last. */
function spread(readings, count) {
  const last = readings.length - 1;
  const places = Array.from({ length: count }, (_, i) =>
    Math.round((i * last) / Math.max(1, count - 1)),
  );
  return [...new Set(places)].map((place) => readings[place]);
}

function printReadings(readings) {
  const rows = readings.map(({ step, minutes, tensors, resident, heap }) => [
    String(step),
    minutes.toFixed(2),
    String(tensors),
    cells.megabytes(resident),
    cells.megabytes(heap),
  ]);
  console.log(table(['step', 'minutes', 'tensors', 'resident', 'heap'], rows));
}

/** Growth of `tf.memory().numTensors` and of the resident size over the second half of the run, by least squares. */
export const soak = {
  options: {
    count: { type: 'string', default: '2000' },
    minutes: { type: 'string' },
    readings: { type: 'string', default: '20' },
  },
  run: async (values) => {
    const seconds = values.minutes === undefined ? Infinity : 60 * wholeNumber(values, 'minutes');
    const most = seconds === Infinity ? wholeNumber(values, 'count', 10) : 1e9;
    const kept = wholeNumber(values, 'readings', 2);
    const started = await startEngine(values.engine, wholeNumber(values, 'threads'));
    const begun = performance.now();
    const readings = [];
    const onStep = ({ step }, stop) => {
      const elapsed = (performance.now() - begun) / 1e3;
      const { rss: resident, heapUsed: heap } = process.memoryUsage();
      const { numTensors: tensors } = tf.memory();
      readings.push({ step, minutes: elapsed / 60, tensors, resident, heap });
      if (elapsed >= seconds) stop();
    };
    await trainSmallNet(started, { steps: most, onStep, validateEvery: 100 });
    const half = readings.slice(readings.length >> 1);
    const steps = half.map(({ step }) => step);
    const shown = spread(readings, kept);
    const { step, minutes } = readings.at(-1);
    if (!values.json) printReadings(shown);
    else note(`${shown.length} readings of ${readings.length}`);
    const report = createReport(values.json, columns);
    report.add({
      benchmark: 'soak',
      name: 'soak/unet-8',
      engine: started.engine,
      steps: step,
      minutes: rounded(minutes),
      ...growth(
        'tensors',
        steps,
        half.map(({ tensors }) => tensors),
      ),
      ...growth(
        'resident',
        steps,
        half.map(({ resident }) => resident),
      ),
      compiles: started.stats()?.compiles ?? null,
      readings: shown,
    });
    report.end();
  },
};
