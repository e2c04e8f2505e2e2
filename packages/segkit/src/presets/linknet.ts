import { definePreset, type LabelClassInput, type Preset, type Spec } from '@segkit/core';

import { binaryLabels, photo } from './recipes.js';

// LinkNet for street scenes, D-LinkNet for roads in aerial images.

/** Cityscapes' 19 training classes and the rest. */
const streetClasses: readonly LabelClassInput[] = [
  'road',
  'sidewalk',
  'building',
  'wall',
  'fence',
  'pole',
  'traffic light',
  'traffic sign',
  'vegetation',
  'terrain',
  'sky',
  'person',
  'rider',
  'car',
  'truck',
  'bus',
  'train',
  'motorcycle',
  'bicycle',
  'unlabeled',
];

const linknet = definePreset({
  name: 'linknet',
  description: 'LinkNet on ResNet-18: skips are added, for street scenes in real time.',
  source: 'https://arxiv.org/abs/1707.03718',
  channels: 3,
  size: { height: 512, width: 1024 },
  config: {
    data: { labels: { classes: streetClasses } },
    transforms: { train: [photo], validation: [photo] },
    model: {
      backbone: { name: 'resnet18', taps: ['pool', 'layer1', 'layer2', 'layer3', 'layer4'] },
      decoder: 'linknet',
      head: 'linknet',
    },
    loss: 'ce',
    optimizer: { name: 'rmsprop', learningRate: 5e-4 },
    train: { epochs: 200, batchSize: 8 },
  },
});

/** The authors of D-LinkNet map bytes to [-1.6, 1.6]. */
const centered = { name: 'normalize', mean: 0.5, std: 0.3125 } as const;

/**
 * How the authors change images, half of them in each way: hues by up to 30 of OpenCV's 180, saturations by 5 and values
 * by 15 of 255; shifts, scales and aspects by up to a tenth, what comes from outside being black background. (Their code
 * adds hues modulo 256 instead of 180, which makes other colours of some reds; that is left out.)
 */
const roadAugmentation = [
  {
    name: 'color-jitter',
    hsvShift: { hue: 30 / 180, saturation: 5 / 255, value: 15 / 255 },
    probability: 0.5,
  },
  {
    name: 'affine',
    ...{ translate: 0.1, scale: 0.1, aspect: 0.1 },
    ...{ border: 'constant', outside: 'border', probability: 0.5 },
  },
  'flip',
  'rotate90',
] as const satisfies readonly Spec<'transform'>[];

interface RoadNetwork {
  readonly name: string;
  readonly description: string;
  readonly backbone: 'resnet18' | 'resnet34' | 'resnet50';
  readonly center: Spec<'center'>;
  readonly head: Spec<'head'>;
}

function roads({ name, description, backbone, center, head }: RoadNetwork): Preset {
  return definePreset({
    name,
    description,
    source:
      'https://openaccess.thecvf.com/content_cvpr_2018_workshops/papers/w4/Zhou_D-LinkNet_LinkNet_With_CVPR_2018_paper.pdf',
    channels: 3,
    size: { height: 1024, width: 1024 },
    config: {
      data: { labels: binaryLabels('road') },
      transforms: { train: [...roadAugmentation, centered], validation: [centered] },
      model: {
        backbone: { name: backbone, taps: ['layer1', 'layer2', 'layer3', 'layer4'] },
        center,
        decoder: { name: 'linknet', reluAfterMerge: false, lastBlock: true, normEps: 1e-5 },
        head,
      },
      loss: 'bce-dice',
      optimizer: { name: 'adam', learningRate: 2e-4 },
      train: { epochs: 160, batchSize: 4 },
    },
  });
}

function dLinknet(depth: 18 | 34 | 50, center: Spec<'center'>): Preset {
  return roads({
    name: `d-linknet${String(depth)}`,
    description: `D-LinkNet on ResNet-${String(depth)}: LinkNet with a dilated centre, for roads in aerial images.`,
    backbone: `resnet${depth}`,
    center,
    head: 'd-linknet',
  });
}

/** LinkNet and D-LinkNet. */
export const linknetPresets: readonly Preset[] = [
  linknet,
  roads({
    name: 'linknet34',
    description: 'LinkNet on ResNet-34, as D-LinkNet is compared with.',
    backbone: 'resnet34',
    center: 'identity',
    head: { name: 'd-linknet', kernels: '3-3-2' },
  }),
  dLinknet(18, 'dilated'),
  dLinknet(34, 'dilated'),
  dLinknet(50, { name: 'dilated', dilations: [1, 2, 4, 8, 16] }),
];
