// `transforms`, `elastic`: processor time of each transform on one sample, beside what does the same in Python. Time on the
// clock would tell of other programs: each side has one thread, and a loader keeps all of them busy.
import { createApp, randomStream, silentLogger } from '@segkit/core';
import { transforms as plugins } from '@segkit/data';

import { wholeNumber } from './arguments.js';
import { cells, createReport, extremes, median, note, rounded } from './report.js';
import { startSide } from './side.js';

const side = 512;

/** What is measured: a spec of the transform, and the peer's name where it is not the transform's. */
const cases = [
  { spec: { name: 'random-crop', size: 256 } },
  { spec: { name: 'random-resized-crop', size: 256 } },
  { spec: { name: 'class-balanced-crop', size: 256 } },
  { spec: { name: 'flip' } },
  { spec: { name: 'rotate90' } },
  { spec: { name: 'affine', rotate: 15, scale: 0.1, shear: 5, translate: 0.1 } },
  { spec: { name: 'elastic' }, as: 'elastic grid' },
  { spec: { name: 'elastic', field: 'smooth' }, as: 'elastic smooth' },
  {
    spec: { name: 'color-jitter', brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 },
  },
  {
    spec: { name: 'color-jitter', hsvShift: { hue: 1 / 6, saturation: 0.02, value: 0.06 } },
    as: 'color-jitter hsvShift',
  },
  { spec: { name: 'gamma' } },
  { spec: { name: 'gaussian-noise' } },
  { spec: { name: 'blur', sigma: 2 } },
  { spec: { name: 'cutout' } },
  { spec: { name: 'clahe' } },
  { spec: { name: 'resize', size: 256 } },
  { spec: { name: 'normalize', preset: 'imagenet' } },
].map(({ spec, as = spec.name }) => ({ spec, name: as }));

const columns = [
  ['', ({ transform }) => transform],
  ['segkit', ({ segkit }) => cells.milliseconds(segkit)],
  ['fastest', ({ segkitMin }) => cells.milliseconds(segkitMin)],
  ['Python', ({ python }) => cells.milliseconds(python)],
  ['fastest', ({ pythonMin }) => cells.milliseconds(pythonMin)],
  ['ratio', ({ ratio }) => cells.ratio(ratio)],
  ['by', ({ by }) => by ?? ''],
];

/** A photo-like sample: `side` x `side` RGB in [0, 1], with labels of seven classes. */
function createSample() {
  const random = randomStream(0);
  const shape = { height: side, width: side };
  const image = new Float32Array(3 * side * side);
  for (let i = 0; i < image.length; i++) image[i] = random.uniform();
  const labels = Int32Array.from({ length: side * side }, (_, i) => (i >> 5) % 7);
  return {
    id: 'noise',
    image: { ...shape, channels: 3, data: image },
    labels: { ...shape, channels: 1, data: labels },
  };
}

function createTransform({ registry }, spec) {
  const { name, ...options } = spec;
  const resolved = { name, ...registry.schemaOf(registry.find('transform', name)).parse(options) };
  const classes = Array.from({ length: 7 }, (_, i) => ({ name: `class ${i}`, values: [i] }));
  const labels = { classes, ignoreIndex: 255, ignoreValues: [] };
  return registry.create('transform', resolved, { labels }, { path: name });
}

/** Seconds of each round on both sides, which take turns. */
async function takeTurns(transform, sample, peer, name, rounds) {
  const seconds = { segkit: [], python: [] };
  let by;
  for (let round = -5; round < rounds; round++) {
    const before = process.cpuUsage();
    transform.apply(sample, randomStream(round));
    const { user, system } = process.cpuUsage(before);
    const spent = (user + system) / 1e6;
    const answer = peer && (await peer.ask(name));
    if (round < 0) continue;
    seconds.segkit.push(spent);
    if (answer?.seconds === undefined) continue;
    seconds.python.push(answer.seconds);
    by = answer.by;
  }
  return { ...seconds, by };
}

/** The benchmark of some of the cases. */
const benchmarkOf = (chosen) => ({
  options: { rounds: { type: 'string', default: '15' } },
  run: async (values) => {
    const rounds = wholeNumber(values, 'rounds');
    const app = createApp({ plugins, logger: silentLogger });
    const sample = createSample();
    const started = await startSide('peers/transforms.py', { side });
    const peer = started.info.skipped === undefined ? started : null;
    if (peer === null) note(`without Python: ${started.info.skipped}`);
    const report = createReport(values.json, columns);
    for (const { spec, name } of chosen) {
      const transform = createTransform(app, spec);
      const { segkit, python, by } = await takeTurns(transform, sample, peer, name, rounds);
      report.add({
        benchmark: 'transforms',
        transform: name,
        segkit: rounded(median(segkit)),
        ...extremes('segkit', segkit),
        ...(python.length > 0 && {
          by,
          python: rounded(median(python)),
          ...extremes('python', python),
          ratio: rounded(median(segkit) / median(python)),
        }),
      });
    }
    report.end();
    await started.stop();
  },
});

/** Every transform that changes pixels. */
export const transforms = benchmarkOf(cases);

/** Both fields of `elastic`. */
export const elastic = benchmarkOf(cases.filter(({ spec }) => spec.name === 'elastic'));
