import { definePreset, type Preset, type Spec } from '@segkit/core';
import { vocLabels } from '@segkit/data';

import { photo } from './recipes.js';

// Fully convolutional networks on ResNet-18, for PASCAL VOC.

const batchSize = 32;

function fcn(stride: number, backbone: Spec<'backbone'>, decoder: Spec<'decoder'>): Preset {
  return definePreset({
    name: `fcn-${String(stride)}s`,
    description: `FCN on ResNet-18 with class scores from stride ${String(stride)}${stride === 32 ? '' : ' up to 32'}.`,
    source: 'https://arxiv.org/abs/1411.4038',
    channels: 3,
    size: { height: 320, width: 480 },
    config: {
      data: { labels: vocLabels },
      transforms: {
        train: [{ name: 'random-crop', height: 320, width: 480 }, photo],
        validation: [photo],
      },
      model: { backbone, decoder, head: 'fcn' },
      loss: 'ce',
      // The article's rate and decay of 1e-3 are for the sum over the batch's images; this loss is their mean.
      optimizer: {
        name: 'sgd',
        learningRate: 1e-3 * batchSize,
        weightDecay: 1e-3 / batchSize,
      },
      train: { epochs: 5, batchSize },
    },
  });
}

/** FCN-32s, FCN-16s and FCN-8s. */
export const fcnPresets: readonly Preset[] = [
  fcn(32, { name: 'resnet18', taps: ['layer4'] }, { name: 'fcn', initializer: 'xavier-normal' }),
  fcn(16, { name: 'resnet18', taps: ['layer3', 'layer4'] }, 'fcn'),
  fcn(8, { name: 'resnet18', taps: ['layer2', 'layer3', 'layer4'] }, 'fcn'),
];
