import { defineConfig } from 'segkit';

/** Enough to leave a threshold far behind, in about a minute. */
export const demoSteps = 120;

/** A small U-Net on images that segkit generates itself. */
export const config = defineConfig({
  name: 'demo',
  seed: 1,
  data: {
    labels: {
      classes: [
        { name: 'background', color: [0, 43, 54] },
        { name: 'cell', color: [181, 137, 0] },
      ],
    },
    train: { name: 'synthetic-cells', count: 200, size: 128, seed: 1 },
    validation: { name: 'synthetic-cells', count: 12, size: 128, seed: 2 },
  },
  transforms: { train: ['flip', 'rotate90'] },
  model: {
    backbone: { name: 'cbr', width: 8, depth: 3 },
    center: 'cbr',
    decoder: { name: 'unet', upsampler: 'transposed', merge: 'concat' },
  },
  loss: { name: 'sum', losses: [{ loss: 'ce' }, { loss: 'dice' }] },
  optimizer: { name: 'adam', learningRate: 2e-3 },
  train: { steps: demoSteps, batchSize: 4, validateEvery: 40 },
  callbacks: ['progress', 'checkpoint', 'jsonl-log', 'csv-log'],
});
