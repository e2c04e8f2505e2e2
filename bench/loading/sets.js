// The data sets of the loader's benchmarks, real files under SEGKIT_DATA, and what is done to them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { BenchError } from '../arguments.js';

const classes = (count) => Array.from({ length: count }, (_, index) => `class ${index}`);

/** Every set: options of `image-folder`, labels, and the channels of its images. */
export const sets = {
  isbi: {
    about: 'gray PNGs of 512x512',
    options: { root: 'isbi2012_em', channels: 1 },
    labels: {
      classes: [
        { name: 'membrane', values: [0] },
        { name: 'cell', values: [255] },
      ],
    },
  },
  camvid: {
    about: 'JPEGs of 360x480',
    options: {
      root: 'camvid/train',
      images: 'images',
      masks: 'masks',
      range: [0, 64],
      allowOneClass: true,
    },
    labels: { classes: classes(12) },
  },
  voc: {
    about: 'JPEGs of about 375x500',
    options: { root: 'voc2012_sample', images: 'JPEGImages', masks: 'SegmentationClass' },
    labels: { classes: classes(21) },
  },
};

/** The folder of SEGKIT_DATA. @throws BenchError if it has not the sets. */
export function dataFolder() {
  const folder = process.env.SEGKIT_DATA;
  const missing = Object.values(sets).find(
    ({ options }) => folder === undefined || !existsSync(join(folder, options.root)),
  );
  if (missing === undefined) return folder;
  throw new BenchError(`set SEGKIT_DATA to a folder that holds ${missing.options.root}.`);
}

/** The sets that `--set` names; all without. @throws BenchError if there is no such set. */
export function setsNamed(name) {
  if (name === undefined) return Object.keys(sets);
  if (Object.hasOwn(sets, name)) return [name];
  throw new BenchError(`--set must be one of ${Object.keys(sets).join(', ')}, received "${name}".`);
}

const crop = { name: 'random-crop', size: 256 };

/** What both sides of `loader` do to a sample: a crop and flips, without and with an elastic deformation of the crop. */
export const augmentations = {
  flips: [crop, 'flip'],
  elastic: [crop, 'flip', 'elastic'],
};

/** Every transform that augments, as far as it is registered, on a crop of 256x256: what `stall` trains with. */
export function fullAugmentation(registry) {
  const names = [
    'elastic',
    'affine',
    'flip',
    'rotate90',
    'color-jitter',
    'gamma',
    'blur',
    'gaussian-noise',
    'cutout',
  ];
  const known = new Set(registry.list('transform').map(({ name }) => name));
  return [
    crop,
    ...names.filter((name) => known.has(name)),
    { name: 'normalize', mode: 'per-image' },
  ];
}

/** A config that trains a U-Net of base width 16 on a set. */
export function configOf(set, { transforms, batchSize, loader, steps, engine }) {
  const { options, labels } = sets[set];
  return {
    ...(engine !== undefined && { engine: { name: engine } }),
    data: { labels, train: { name: 'image-folder', ...options } },
    transforms: { train: transforms },
    model: { backbone: { name: 'cbr', width: 16 }, center: 'cbr', decoder: 'unet' },
    loss: 'ce',
    train: { steps, batchSize },
    callbacks: [],
    loader,
  };
}
