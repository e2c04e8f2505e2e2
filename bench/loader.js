// `loader`: images a second of the loader alone, beside PyTorch's DataLoader with as many workers.
import { join } from 'node:path';

import { wholeNumber } from './arguments.js';
import { augmentations, dataFolder, sets, setsNamed } from './loading/sets.js';
import { complain, createReport, extremes, median, note, rounded } from './report.js';
import { startSide } from './side.js';
import { takeTurns } from './turns.js';

const perSecond = (value) => (value === null ? '' : value.toFixed(0));

const columns = [
  ['', ({ name }) => name],
  ['segkit, images/s', ({ segkit }) => perSecond(segkit)],
  ['PyTorch', ({ pytorch }) => perSecond(pytorch)],
  ['ratio', ({ ratio }) => (ratio === null ? '' : ratio.toFixed(2))],
  ['from', ({ ratioMin }) => (ratioMin === undefined ? '' : ratioMin.toFixed(2))],
  ['to', ({ ratioMax }) => (ratioMax === undefined ? '' : ratioMax.toFixed(2))],
  ['processor time', ({ segkitCpu }) => `${segkitCpu.toFixed(1)} ms`],
  ['PyTorch', ({ pytorchCpu }) => (pytorchCpu === null ? '' : `${pytorchCpu.toFixed(1)} ms`)],
];

/** Processor time of an image, threads and worker processes included, in milliseconds. */
const costs = (steps) => steps.map(({ value, cpuSeconds }) => (1000 * cpuSeconds) / value);

const rates = (steps) => steps.map(({ value, seconds }) => value / seconds);

/** PyTorch's side, or null if torch is missing. */
async function startPeer(told) {
  const { root, images = 'images', masks = 'masks', range } = sets[told.set].options;
  const folder = join(dataFolder(), root);
  const paths = { images: join(folder, images), masks: join(folder, masks) };
  const side = await startSide('peers/loader.py', { ...told, ...paths, count: range?.[1] ?? null });
  if (side.info.skipped === undefined) return side;
  if (side.info.missing) note(`PyTorch is missing (${side.info.skipped}): segkit's numbers alone.`);
  else complain(`PyTorch's side gives no numbers: ${side.info.skipped}`);
  await side.stop();
  return null;
}

async function measure(told, rounds) {
  const segkit = await startSide('workers/loader.js', told);
  const started = [segkit];
  try {
    if (segkit.info.skipped !== undefined) throw new Error(segkit.info.skipped);
    const pytorch = await startPeer(told);
    if (pytorch !== null) started.push(pytorch);
    const turns = await takeTurns(started, rounds);
    const [own, peer] = turns.map(rates);
    const [ownCost, peerCost] = turns.map((steps) => rounded(median(costs(steps))));
    const ratios = peer?.map((rate, round) => own[round] / rate);
    return {
      benchmark: 'loader',
      name: `loader/${told.set}/${told.augmentation}`,
      segkit: rounded(median(own)),
      ...extremes('segkit', own),
      pytorch: peer ? rounded(median(peer)) : null,
      ...(peer && extremes('pytorch', peer)),
      ratio: ratios ? rounded(median(ratios)) : null,
      ...(ratios && extremes('ratio', ratios)),
      segkitCpu: ownCost,
      pytorchCpu: peerCost ?? null,
      cache: told.cache,
      workers: told.workers,
      rounds,
      torch: pytorch?.info.torch ?? null,
    };
  } finally {
    await Promise.all(started.map((side) => side.stop()));
  }
}

/** Decoding and augmenting; segkit keeps what it decoded only with `--cache`, as its runs do. */
export const loader = {
  options: {
    set: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    workers: { type: 'string', default: '1' },
    batches: { type: 'string', default: '8' },
    cache: { type: 'boolean', default: false },
  },
  run: async (values) => {
    const report = createReport(values.json, columns);
    for (const set of setsNamed(values.set)) {
      for (const augmentation of Object.keys(augmentations)) {
        const told = {
          set,
          augmentation,
          workers: wholeNumber(values, 'workers', 0),
          cache: values.cache,
          batches: wholeNumber(values, 'batches'),
          batchSize: 8,
          warmUp: 2,
        };
        dataFolder();
        report.add(await measure(told, wholeNumber(values, 'rounds')));
      }
    }
    report.end();
  },
};
