// What do the skips of a U-Net do? The same network without them is an autoencoder: same data, seed and steps.
//
//   npx tsx examples/unet-vs-autoencoder/main.ts --steps 120
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { defineConfig, type Spec } from 'segkit';

import { compareSegmentation } from '../comparing/compare-segmentation.ts';
import { stepsOption } from '../comparing/steps-option.ts';

const runs = fileURLToPath(new URL('../../runs', import.meta.url));

// Small cells: the lines between them do not pass through a map of an eighth of the resolution.
const cells = { name: 'synthetic-cells', size: 96, cells: [16, 26], radius: 8 } as const;

const configOf = (merge: Spec<'merge'>, steps: number) =>
  defineConfig({
    seed: 1,
    data: {
      labels: {
        classes: [
          { name: 'background', color: [0, 43, 54] },
          { name: 'cell', color: [181, 137, 0] },
        ],
      },
      train: { ...cells, count: 200, seed: 1 },
      validation: { ...cells, count: 12, seed: 2 },
    },
    transforms: { train: ['flip', 'rotate90'] },
    model: {
      backbone: { name: 'cbr', width: 8, depth: 3 },
      center: 'cbr',
      decoder: { name: 'unet', upsampler: 'transposed', merge },
    },
    loss: { name: 'sum', losses: [{ loss: 'ce' }, { loss: 'dice' }] },
    optimizer: { name: 'adam', learningRate: 2e-3 },
    train: { steps, batchSize: 4, validateEvery: 40 },
    callbacks: ['progress', 'checkpoint'],
  });

/** Trains both networks for `steps`, prints their scores and draws image | truth | autoencoder | U-Net. */
export const run = ({ steps = 120, out = runs } = {}) =>
  compareSegmentation(
    { autoencoder: configOf('none', steps), 'u-net': configOf('concat', steps) },
    join(out, 'unet-vs-autoencoder'),
  );

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run(stepsOption());
