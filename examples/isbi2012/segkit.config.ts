// Membranes in electron-microscopy slices (ISBI 2012): 24 slices to learn from, 6 held out.
//
//   npx segkit train examples/isbi2012/segkit.config.ts
//
// The data set's folder (images/NN.png, masks/NN.png) is looked for in SEGKIT_DATA, default ../shared/data beside
// the repository.
import { resolve } from 'node:path';

import { defineConfig } from 'segkit';

// Relative roots start at this file's folder, SEGKIT_DATA at the working directory.
const { SEGKIT_DATA: folder } = process.env;
const root =
  folder === undefined ? '../../../shared/data/isbi2012_em' : resolve(folder, 'isbi2012_em');

// Mean and standard deviation of the training slices.
const normalize = { name: 'normalize', mean: 0.490788, std: 0.170825 } as const;

export default defineConfig({
  name: 'isbi2012',
  data: {
    labels: {
      classes: [
        { name: 'membrane', values: [0], color: [220, 50, 47] },
        { name: 'cell', values: [255], color: [38, 139, 210] },
      ],
    },
    train: { name: 'image-folder', root, range: [0, 24], channels: 1 },
    validation: { name: 'image-folder', root, range: [24, 30], channels: 1 },
  },
  transforms: {
    train: [{ name: 'random-crop', size: 256 }, 'flip', 'rotate90', normalize],
    validation: [normalize],
  },
  model: {
    backbone: { name: 'cbr', width: 16 },
    center: 'cbr',
    decoder: { name: 'unet', upsampler: 'transposed', merge: 'concat' },
  },
  loss: 'ce',
  optimizer: { name: 'adam', learningRate: 1e-3 },
  train: { steps: 200, batchSize: 2, validateEvery: 50 },
});
