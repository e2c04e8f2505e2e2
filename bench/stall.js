// `stall`: the share of training time in which steps wait for data.
import { wholeNumber } from './arguments.js';
import { configOf, dataFolder, fullAugmentation, setsNamed } from './loading/sets.js';
import { cells, createReport, rounded } from './report.js';
import { startEngine } from './segkit/engine.js';

const percent = (share) => `${(100 * share).toFixed(1)} %`;

const columns = [
  ['', ({ name }) => name],
  ['waiting', ({ share }) => percent(share)],
  ['a step', ({ step }) => cells.milliseconds(step)],
  ['threads', ({ threads }) => String(threads)],
  ['steps', ({ steps }) => String(steps)],
];

/** Steps whose graphs may still be compiled, and during which the first batches are made. */
const warmUp = 5;

function train({ app }, config) {
  return new Promise((resolve, reject) => {
    const events = [];
    app.fit(config, { baseFolder: dataFolder() }).subscribe({
      next: (event) => events.push(event),
      complete: () => resolve(events),
      error: reject,
    });
  });
}

/** A U-Net of base width 16 on batches of two 256x256 crops, every transform that augments before it. */
export const stall = {
  options: {
    set: { type: 'string' },
    count: { type: 'string', default: '60' },
    workers: { type: 'string', default: 'auto' },
  },
  run: async (values) => {
    const steps = wholeNumber(values, 'count', warmUp + 1);
    const workers = values.workers === 'auto' ? 'auto' : wholeNumber(values, 'workers', 0);
    dataFolder();
    const started = await startEngine(values.engine, wholeNumber(values, 'threads'));
    const report = createReport(values.json, columns);
    for (const set of setsNamed(values.set)) {
      const transforms = fullAugmentation(started.app.registry);
      const { engine } = started;
      const settings = { transforms, batchSize: 2, loader: { workers }, steps, engine };
      const events = await train(started, configOf(set, settings));
      const timed = events.filter(({ type, step }) => type === 'step' && step > warmUp);
      const total = (field) => timed.reduce((sum, event) => sum + event[field], 0);
      report.add({
        benchmark: 'stall',
        name: `stall/${set}`,
        engine,
        share: rounded(total('dataSeconds') / total('seconds')),
        step: rounded(total('seconds') / timed.length),
        dataSeconds: rounded(total('dataSeconds')),
        threads: events[0].loaderThreads,
        transforms: transforms.map((spec) => spec.name ?? spec),
        steps: timed.length,
      });
    }
    report.end();
  },
};
