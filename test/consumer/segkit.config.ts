// A stranger's config: a loss and a transform of its own, in files beside it.
import { defineConfig } from 'segkit';

import { darken } from './darken.ts';
import { squaredError } from './squared-error.ts';

export default defineConfig({
  name: 'stranger',
  plugins: [squaredError, darken],
  data: {
    labels: { classes: ['background', 'cell'] },
    train: { name: 'synthetic-cells', count: 4, size: 32, seed: 1 },
    validation: { name: 'synthetic-cells', count: 2, size: 32, seed: 2 },
  },
  model: {
    backbone: { name: 'cbr', width: 4, depth: 2 },
    center: 'cbr',
    decoder: { name: 'unet', upsampler: 'bilinear', merge: 'add' },
  },
  loss: { name: 'squared-error', scale: 2 },
  transforms: { train: [{ name: 'darken', by: 0.9 }, 'flip'] },
  train: { steps: 2, batchSize: 2 },
  loader: { workers: 1 },
});
