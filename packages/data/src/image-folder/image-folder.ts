import { resolve } from 'node:path';

import { defineDataset } from '@segkit/core';

import { pairedFiles } from '../file-dataset/paired-files.js';
import { codingOf } from '../masks/mask-format.js';
import { findSamples } from './find-samples.js';
import { imageFolderOptions, type ImageFolderOptions } from './image-folder-options.js';

declare module '@segkit/core' {
  interface DatasetOptions {
    'image-folder': ImageFolderOptions;
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
