import type { ConfigInput, DatasetOptions, TransformOptions } from '@segkit/core';
import { expect, expectTypeOf, test } from 'vitest';

import { datasets, transforms } from './index.js';

test('every data set and transform has the name that its types declare', () => {
  const names: (keyof DatasetOptions)[] = [
    'image-folder',
    'voc',
    'camvid',
    'cityscapes',
    'coco',
    'instances',
    'tiff-stack',
    'shards',
    'synthetic-cells',
    'synthetic-denoising',
  ];
  expect(datasets.map(({ name }) => name)).toEqual(names);
  const moves: (keyof TransformOptions)[] = [
    'random-crop',
    'center-crop',
    'random-resized-crop',
    'class-balanced-crop',
    'flip',
    'rotate90',
    'affine',
    'elastic',
    'color-jitter',
    'gamma',
    'gaussian-noise',
    'blur',
    'cutout',
    'clahe',
    'one-of',
    'normalize',
    'resize',
    'pad-to-multiple',
    'mirror-pad',
  ];
  expect(transforms.map(({ name }) => name)).toEqual(moves);
});

test('options are typed in a config', () => {
  const config = {
    data: {
      labels: { classes: ['background', 'cell'] },
      train: { name: 'image-folder', root: 'data', range: [0, 24], maskFormat: 'values' },
      validation: { name: 'synthetic-cells', seed: 1 },
    },
    transforms: {
      train: [
        { name: 'random-crop', size: 256 },
        'flip',
        { name: 'affine', rotate: 15, scale: [0.8, 1.25] },
        { name: 'one-of', choices: [{ transforms: ['blur'] }, { weight: 2, transforms: [] }] },
        { name: 'color-jitter', hsvShift: { hue: 0.1 } },
      ],
    },
  } as const;
  type Data = ConfigInput['data'];
  type Transforms = NonNullable<ConfigInput['transforms']>;
  type Train = NonNullable<Transforms['train']>;
  expectTypeOf(config.transforms).toExtend<Transforms>();
  expectTypeOf(config.data).toExtend<Data>();
  // @ts-expect-error An option of another type.
  const wrongType: Data['train'] = { name: 'synthetic-cells', seed: 'one' };
  // @ts-expect-error An option that does not exist.
  const wrongName: Data['train'] = { name: 'image-folder', root: '.', rooot: '.' };
  // @ts-expect-error A choice of what is no transform.
  const wrongChoice: Train = [{ name: 'one-of', choices: [{ transforms: ['blurr'] }] }];
  // @ts-expect-error A data set that needs an option is not given by name alone.
  const bare: Data['train'] = 'image-folder';
  expect([wrongType, wrongName, wrongChoice, bare]).toHaveLength(4);
});
