// `overfit`: every preset learns four real images by heart. It needs the data of the variable SEGKIT_DATA.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { lastValueFrom, takeWhile, tap } from 'rxjs';

import { BenchError, wholeNumber } from './arguments.js';
import { complain, createReport, note, rounded } from './report.js';
import { startEngine } from './segkit/engine.js';

/** The mean IoU that counts as learned. */
const goal = 0.95;

const columns = [
  ['preset', ({ name }) => name],
  ['mean IoU', ({ meanIoU }) => meanIoU.toFixed(4)],
  ['steps', ({ steps }) => String(steps)],
  ['seconds', ({ seconds }) => String(Math.round(seconds))],
];

const membranes = {
  folder: 'isbi2012_em',
  labels: {
    classes: [
      { name: 'membrane', values: [0] },
      { name: 'cell', values: [255] },
    ],
  },
  options: { range: [0, 4] },
};

const roads = {
  folder: 'roads_epfl',
  labels: {
    classes: [
      { name: 'background', values: [0] },
      { name: 'road', values: [255] },
    ],
  },
  options: { range: [0, 4] },
};

/** Four pictures of PASCAL VOC; the labels are the preset's. */
const objects = {
  folder: 'voc2012_sample',
  options: { images: 'JPEGImages', masks: 'SegmentationClass', range: [0, 4], channels: 3 },
};

/** On which images a preset is tried. */
function imagesOf({ name, channels }) {
  if (name.startsWith('fcn')) return objects;
  if (name.includes('linknet')) return { ...roads, options: { ...roads.options, channels: 3 } };
  return { ...membranes, options: { ...membranes.options, channels } };
}

/** Rows that valid convolutions take off on every side, so that the logits cover the whole image. */
const margins = {
  'unet-2015': 92,
  'unet-crop': 92,
  'unet-pad': 4,
  'unet-oct': 44,
  autoencoder: 44,
};

/** The preset's network and loss, with another recipe: no augmentation, whole images, Adam. */
function configOf(preset, data, { size, steps, validateEvery, learningRate }) {
  const { folder, labels, options } = imagesOf(preset);
  const set = { name: 'image-folder', root: resolve(data, folder), ...options };
  const whole = [
    { name: 'resize', size },
    { name: 'normalize', mode: 'per-image' },
  ];
  const margin = margins[preset.name];
  return {
    preset: preset.name,
    data: { ...(labels && { labels }), train: set, validation: set },
    transforms: {
      train: margin === undefined ? whole : [...whole, { name: 'mirror-pad', margin }],
      validation: whole,
    },
    optimizer: { name: 'adam', learningRate },
    train: { steps, batchSize: 4, validateEvery },
    callbacks: [],
  };
}

async function learn(app, config) {
  const start = performance.now();
  let last = { meanIoU: 0, step: 0 };
  const events = app.fit(config).pipe(
    tap((event) => {
      if (event.type === 'validation') last = { ...event.metrics, step: event.step };
    }),
    takeWhile(() => last.meanIoU < goal, true),
  );
  await lastValueFrom(events);
  return {
    meanIoU: rounded(last.meanIoU),
    steps: last.step,
    seconds: rounded((performance.now() - start) / 1e3),
  };
}

export const overfit = {
  options: {
    preset: { type: 'string' },
    steps: { type: 'string', default: '400' },
    size: { type: 'string', default: '256' },
    'learning-rate': { type: 'string', default: '1e-3' },
  },
  run: async (values) => {
    const data = process.env.SEGKIT_DATA ?? '../shared/data';
    if (!existsSync(data)) {
      note(`overfit needs real images: ${resolve(data)} does not exist; set SEGKIT_DATA.`);
      return;
    }
    const { app, engine } = await startEngine(values.engine, wholeNumber(values, 'threads'));
    const presets = app.presets
      .list()
      .filter(({ name }) => values.preset === undefined || name === values.preset);
    if (presets.length === 0) throw new BenchError(`there is no preset "${values.preset}".`);
    const plan = {
      size: wholeNumber(values, 'size'),
      steps: wholeNumber(values, 'steps'),
      validateEvery: 25,
      learningRate: Number(values['learning-rate']),
    };
    const report = createReport(values.json, columns);
    for (const preset of presets) {
      const { name } = preset;
      try {
        const learned = await learn(app, configOf(preset, data, plan));
        report.add({ benchmark: 'overfit', name, engine, size: plan.size, ...learned });
        if (learned.meanIoU < goal) complain(`${name}: mean IoU ${learned.meanIoU}, not ${goal}.`);
      } catch (error) {
        complain(`${name}: ${error.message}`);
      }
    }
    report.end();
  },
};
