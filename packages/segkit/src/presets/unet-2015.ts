import { definePreset, type ModelInput, type Preset } from '@segkit/core';

import { binaryLabels, microscopy } from './recipes.js';

// The U-Net of Ronneberger, Fischer and Brox: no batch normalisation, biased convolutions, He's first weights, dropout of
// single values at the end of the contracting path.

const source = 'https://arxiv.org/abs/1505.04597';
const plain = { norm: false, initializer: 'he-normal' } as const;
const dropout = { dropout: 0.5, dropoutUnit: 'value' } as const;

function unet(width: number, padding: 'valid' | 'same'): ModelInput {
  const block = { ...plain, padding } as const;
  return {
    backbone: { name: 'cbr', width, ...block, ...dropout, dropoutLevels: [4] },
    center: { name: 'cbr', ...block, ...dropout },
    decoder: {
      name: 'unet',
      ...block,
      upsampler: { name: 'transposed', initializer: 'he-normal' },
      merge: padding === 'valid' ? { name: 'concat', align: 'crop' } : 'concat',
    },
    head: { name: 'conv1x1', initializer: 'he-normal' },
  };
}

/** The paper's network, trained as in the paper. */
const unet2015 = definePreset({
  name: 'unet-2015',
  description:
    'The U-Net paper: valid convolutions, cropped skips, weights between touching cells.',
  source,
  channels: 1,
  size: { height: 572, width: 572 },
  config: {
    data: { labels: binaryLabels('cell') },
    transforms: {
      ...microscopy,
      train: [
        'elastic',
        ...microscopy.train,
        // The border of the logits shows the image's own, with mirrored surroundings.
        { name: 'mirror-pad', margin: 92 },
        { name: 'random-crop', size: 572 },
      ],
    },
    model: unet(64, 'valid'),
    loss: { name: 'weighted-border-ce', w0: 10, sigma: 5 },
    // The paper tells no rate. A momentum of 0.99 multiplies it by a hundred.
    optimizer: { name: 'sgd', learningRate: 1e-4, momentum: 0.99 },
    train: { epochs: 200, batchSize: 1 },
  },
});

function narrow(name: string, width: number, share: string): Preset {
  return definePreset({
    name,
    description: `The U-Net paper's network at ${share} of its width, padded to keep the size.`,
    source,
    channels: 1,
    size: { height: 512, width: 512 },
    config: {
      data: { labels: binaryLabels('cell') },
      transforms: microscopy,
      model: unet(width, 'same'),
      loss: 'ce',
      optimizer: { name: 'adam', learningRate: 1e-3 },
      train: { epochs: 100, batchSize: 2 },
    },
  });
}

/** The paper's network and its narrow relatives. */
export const unet2015Presets: readonly Preset[] = [
  unet2015,
  narrow('unet-half', 32, 'half'),
  narrow('unet-quarter', 16, 'a quarter'),
];
