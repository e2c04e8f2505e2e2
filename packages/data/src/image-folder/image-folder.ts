import { resolve } from 'node:path';

import { defineDataset, type LabelSchema } from '@segkit/core';

import { pairedFiles } from '../file-dataset/paired-files.js';
import { colorCoding, instanceCoding, valueCoding, type MaskCoding } from '../masks/mask-coding.js';
import { findSamples } from './find-samples.js';
import {
  imageFolderOptions,
  type ImageFolderOptions,
  type ResolvedImageFolderOptions,
} from './image-folder-options.js';

declare module '@segkit/core' {
  interface DatasetOptions {
    'image-folder': ImageFolderOptions;
  }
}

function codingOf(
  { maskFormat, ignoreColors }: ResolvedImageFolderOptions,
  labels: LabelSchema,
): MaskCoding {
  switch (maskFormat) {
    case 'values':
      return valueCoding(labels);
    case 'colors':
      return colorCoding(labels, ignoreColors);
    case 'instances':
      return instanceCoding(labels);
  }
}

/**
 * Images in one folder, masks (or target images) of the same names in another. `prepare` reads every file once, so
 * that training meets no bad one. Loaded samples are shared with the cache: their rasters must not be changed in place.
 */
export const imageFolder = defineDataset({
  name: 'image-folder',
  description:
    'PNG, JPEG or TIFF images of a folder, with masks or target images of the same names.',
  options: imageFolderOptions,
  create: (options, context) => {
    const coding = codingOf(options, context.labels);
    const root = resolve(context.baseFolder, options.root);
    return pairedFiles((note) => findSamples(root, options, note), { ...options, coding }, context);
  },
});
