// Street scenes (CamVid, SegNet's split): LinkNet on a ResNet-18 that was trained on ImageNet.
//
//   npx segkit train examples/camvid/segkit.config.ts
//   npx segkit evaluate runs/camvid --split test
//
// and from random weights:
//
//   npx segkit train examples/camvid/segkit.config.ts --set name=camvid-random --set model.backbone.weights=null
//
// The data set brings its eleven classes. Its folder and the weights are looked for in SEGKIT_DATA, default ../shared/data
// beside the repository.
import { resolve } from 'node:path';

import { defineConfig } from 'segkit';

// Relative paths start at this file's folder, SEGKIT_DATA at the working directory.
const { SEGKIT_DATA: folder } = process.env;
const data = folder === undefined ? '../../../shared/data' : resolve(folder);

/** One of SegNet's three splits; they cut the videos by sequence, so that no frame has its neighbour in another. */
const split = (name: string) => ({ name: 'camvid', root: `${data}/camvid`, split: name }) as const;

// The statistics of ImageNet, which the backbone was trained with.
const normalize = {
  name: 'normalize',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
} as const;

export default defineConfig({
  name: 'camvid',
  data: {
    train: split('train'),
    validation: split('val'),
    test: split('test'),
  },
  transforms: {
    train: [
      { name: 'random-crop', height: 288, width: 384 },
      { name: 'flip', vertical: false },
      normalize,
    ],
    validation: [normalize],
  },
  model: {
    backbone: {
      name: 'resnet18',
      taps: ['pool', 'layer1', 'layer2', 'layer3', 'layer4'],
      weights: `${data}/weights_resnet18/resnet18_pqf_imagenet_fp16.safetensors`,
    },
    decoder: 'linknet',
    head: 'linknet',
  },
  loss: 'ce',
  optimizer: { name: 'adam', learningRate: 5e-4 },
  schedule: 'poly',
  train: { steps: 600, batchSize: 4, validateEvery: 300 },
});
