import { definePreset, type ModelInput, type Preset, type Spec } from '@segkit/core';

import { binaryLabels, microscopy, photo } from './recipes.js';

// U-Nets with batch normalisation, as widely read articles write them.

const source = 'https://arxiv.org/abs/1505.04597';
const biased = { bias: true } as const;

/** Bias-free convolutions; an upsampled map is resized to its skip, so that any image size works. */
const unetBn = definePreset({
  name: 'unet-bn',
  description:
    'U-Net with batch normalisation, upsampled maps resized to the skips: any image size.',
  source,
  channels: 3,
  size: { height: 512, width: 512 },
  config: {
    data: { labels: binaryLabels('foreground') },
    transforms: { train: ['flip', photo], validation: [photo] },
    model: {
      backbone: 'cbr',
      center: 'cbr',
      decoder: { name: 'unet', merge: { name: 'concat', align: 'resize' } },
    },
    loss: 'ce',
    optimizer: { name: 'adam', learningRate: 1e-3 },
    train: { epochs: 100, batchSize: 2 },
  },
});

/** Trained by BCE - IoU + 1, with whole channels dropped after level 4 and after the bottleneck. */
function bceIouUnet(name: string, description: string, upsampler: Spec<'upsampler'>): Preset {
  return definePreset({
    name,
    description,
    source,
    channels: 3,
    size: { height: 256, width: 256 },
    config: {
      data: { labels: binaryLabels('foreground') },
      transforms: { train: ['flip', photo], validation: [photo] },
      model: {
        backbone: { name: 'cbr', ...biased, dropout: 0.5, dropoutLevels: [4] },
        center: { name: 'cbr', ...biased, dropout: 0.5 },
        decoder: { name: 'unet', ...biased, upsampler, merge: { name: 'concat', align: 'pad' } },
      },
      loss: 'bce-iou',
      optimizer: { name: 'adam', learningRate: 1e-4 },
      train: { epochs: 100, batchSize: 2 },
    },
  });
}

/** The three ways to make a skip and an upsampled map of one size. */
function alignedUnet(
  name: string,
  description: string,
  padding: 'valid' | 'same',
  merge: Spec<'merge'>,
): Preset {
  const block = { ...biased, padding } as const;
  return definePreset({
    name,
    description,
    source,
    channels: 1,
    size: padding === 'valid' ? { height: 572, width: 572 } : { height: 512, width: 512 },
    config: {
      data: { labels: binaryLabels('foreground') },
      transforms: microscopy,
      model: {
        backbone: { name: 'cbr', ...block },
        center: { name: 'cbr', ...block },
        decoder: { name: 'unet', ...block, merge },
      },
      loss: 'ce',
      optimizer: { name: 'adam', learningRate: 1e-3 },
      train: { epochs: 100, batchSize: 1 },
    },
  });
}

/** Three levels, Conv-ReLU-BN, 3x3 transposed convolutions; `merge` decides between U-Net and autoencoder. */
function threeLevels(merge: Spec<'merge'>): ModelInput {
  const block = { padding: 'valid', order: 'conv-relu-norm', bias: true } as const;
  return {
    backbone: { name: 'cbr', depth: 3, ...block },
    center: { name: 'cbr', ...block },
    decoder: {
      name: 'unet',
      ...block,
      upsampler: { name: 'transposed', kernel: 'k3s2p1op1' },
      merge,
    },
    head: 'cbr',
  };
}

function threeLevelPreset(name: string, description: string, merge: Spec<'merge'>): Preset {
  return definePreset({
    name,
    description,
    source,
    channels: 1,
    size: { height: 572, width: 572 },
    config: {
      data: { labels: binaryLabels('foreground') },
      transforms: microscopy,
      model: threeLevels(merge),
      loss: 'ce',
      optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0.99 },
      train: { epochs: 100, batchSize: 1 },
    },
  });
}

/** U-Nets with batch normalisation, and the autoencoder that one of them is without its skips. */
export const unetPresets: readonly Preset[] = [
  unetBn,
  bceIouUnet('unet-bilinear', 'U-Net with bilinear upsampling, trained by BCE - IoU + 1.', {
    name: 'bilinear',
    alignCorners: true,
    conv: true,
  }),
  bceIouUnet(
    'unet-transposed',
    'U-Net with transposed convolutions, trained by BCE - IoU + 1.',
    'transposed',
  ),
  alignedUnet('unet-crop', 'U-Net of valid convolutions whose skips are cropped.', 'valid', {
    name: 'concat',
    align: 'crop',
  }),
  alignedUnet('unet-pad', 'U-Net of valid convolutions whose upsampled maps are padded.', 'valid', {
    name: 'concat',
    align: 'pad',
  }),
  alignedUnet('unet-same', 'U-Net of padded convolutions: multiples of 16.', 'same', 'concat'),
  threeLevelPreset(
    'unet-oct',
    'U-Net of three levels, Conv-ReLU-BN, 3x3 transposed convolutions.',
    {
      name: 'concat',
      align: 'crop',
      order: 'up-first',
    },
  ),
  threeLevelPreset('autoencoder', 'The network unet-oct without its skips.', {
    name: 'none',
    align: 'crop',
  }),
];
