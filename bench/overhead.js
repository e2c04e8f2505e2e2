// `overhead`: the JavaScript time of a training step, that is its wall time less the time inside the engine.
import { wholeNumber } from './arguments.js';
import { netNamed } from './nets.js';
import { cells, createReport, extremes, median, rounded } from './report.js';
import { expectStats, startEngine } from './segkit/engine.js';
import { createNetwork, trainingStep } from './segkit/network.js';

const columns = [
  ['', ({ name }) => name],
  ['JavaScript', ({ segkit }) => cells.milliseconds(segkit)],
  ['from', ({ segkitMin }) => cells.milliseconds(segkitMin)],
  ['to', ({ segkitMax }) => cells.milliseconds(segkitMax)],
  ['step', ({ step }) => cells.milliseconds(step)],
  ['share', ({ share }) => cells.ratio(share)],
  ['flushes a step', ({ flushes }) => cells.ratio(flushes)],
  ['compiles', ({ compiles }) => String(compiles)],
];

async function timed(step, stats) {
  const before = stats();
  const start = performance.now();
  await step();
  const wall = (performance.now() - start) / 1e3;
  const after = stats();
  const spent = (counter) => after[counter] - before[counter];
  return {
    wall,
    javascript: wall - spent('runSeconds') - spent('compileSeconds'),
    flushes: spent('flushes'),
    compiles: spent('compiles'),
  };
}

/** Seconds of JavaScript: recording, building feeds, reading, collecting garbage. */
export const overhead = {
  options: {
    net: { type: 'string', default: 'unet-16' },
    rounds: { type: 'string', default: '30' },
    'warm-up': { type: 'string', default: '10' },
  },
  run: async (values) => {
    const rounds = wholeNumber(values, 'rounds');
    const net = netNamed(values.net);
    const started = await startEngine(values.engine, wholeNumber(values, 'threads'));
    expectStats(started, 'overhead');
    const step = trainingStep(started.app, createNetwork(started.app, net));
    for (let i = 0; i < wholeNumber(values, 'warm-up', 0); i++) await step();
    const steps = [];
    for (let i = 0; i < rounds; i++) steps.push(await timed(step, started.stats));
    const javascript = steps.map((each) => each.javascript);
    const total = (counter) => steps.reduce((sum, each) => sum + each[counter], 0);
    const report = createReport(values.json, columns);
    report.add({
      benchmark: 'overhead',
      name: `overhead/${net.name}`,
      net: net.name,
      engine: started.engine,
      segkit: rounded(median(javascript)),
      ...extremes('segkit', javascript),
      step: rounded(median(steps.map(({ wall }) => wall))),
      share: rounded(median(steps.map((each) => each.javascript / each.wall))),
      flushes: total('flushes') / rounds,
      compiles: total('compiles'),
      rounds,
    });
    report.end();
  },
};
