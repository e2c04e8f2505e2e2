// A stranger's config: a loss of its own, in a file beside it.
import { defineConfig } from 'segkit';

import { squaredError } from './squared-error.ts';

export default defineConfig({
  name: 'stranger',
  plugins: [squaredError],
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
  train: { steps: 2, batchSize: 2 },
});
