import { defineConfig, type Spec } from 'segkit';

/** Enough to see the difference, in about a minute for each network. */
export const denoisingSteps = 200;

// Small cells: details that do not pass through a map of an eighth of the resolution.
const pairs = {
  name: 'synthetic-denoising',
  size: 64,
  cells: [10, 20],
  radius: 7,
  noise: 0.1,
} as const;

/** A U-Net that maps noisy images to clean ones; `merge` decides what becomes of the skips. */
export const configOf = (merge: Spec<'merge'>, steps: number) =>
  defineConfig({
    seed: 1,
    data: {
      // An image-to-image network has channels instead of classes: one, as the images.
      labels: { classes: ['brightness'] },
      train: { ...pairs, count: 400, seed: 1 },
      validation: { ...pairs, count: 8, seed: 2 },
    },
    transforms: { train: ['flip', 'rotate90'] },
    model: {
      backbone: { name: 'cbr', width: 12, depth: 3 },
      center: 'cbr',
      decoder: { name: 'unet', upsampler: 'transposed', merge },
    },
    loss: 'charbonnier',
    metrics: ['psnr', 'ssim'],
    optimizer: { name: 'adam', learningRate: 5e-3 },
    schedule: 'cosine',
    train: { steps, batchSize: 8, validateEvery: 100 },
    callbacks: ['progress', 'checkpoint'],
  });
