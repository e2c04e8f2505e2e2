// A backbone of our own inside a first-party decoder.
//
//   npx segkit train examples/custom-plugin/segkit.config.ts
import { defineConfig } from 'segkit';

import { softPlusNet } from './soft-plus-net.ts';

export default defineConfig({
  name: 'custom-plugin',
  plugins: [softPlusNet],
  data: {
    labels: { classes: ['background', 'cell'] },
    train: { name: 'synthetic-cells', count: 64, size: 64, seed: 1 },
    validation: { name: 'synthetic-cells', count: 4, size: 64, seed: 2 },
  },
  model: {
    backbone: { name: 'soft-plus-net', width: 8 },
    decoder: { name: 'unet', upsampler: 'bilinear', merge: 'add' },
  },
  loss: 'ce',
  train: { steps: 60, batchSize: 4, validateEvery: 20 },
});
