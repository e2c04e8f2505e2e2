import { resolve } from 'node:path';

import { defineDataset } from '@segkit/core';

import { FileDataset } from '../file-dataset/file-dataset.js';
import { indexCoding } from '../masks/mask-coding.js';
import { cocoOptions, type CocoOptions } from './coco-options.js';
import { findAnnotated, type AnnotatedImage } from './find-annotated.js';
import { loadAnnotated } from './load-annotated.js';

declare module '@segkit/core' {
  interface DatasetOptions {
    coco: CocoOptions;
  }
}

/**
 * COCO's layout: a JSON file of annotations (polygons and run lengths) and a folder of images. Classes are categories by
 * name; samples have object ids in `instances`. A file without annotations gives images without masks.
 */
export const coco = defineDataset({
  name: 'coco',
  description: 'COCO annotations (polygons, run lengths, crowds) with their folder of images.',
  source: 'https://cocodataset.org/#format-data',
  options: cocoOptions,
  create: (options, context) => {
    const { labels, baseFolder } = context;
    const coding = indexCoding(labels);
    const root = resolve(baseFolder, options.root);
    const drawing = { ...options, coding, ignoreIndex: labels.ignoreIndex };
    return new FileDataset(
      {
        coding,
        find: () => findAnnotated(root, options, labels),
        load: (annotated: AnnotatedImage) => loadAnnotated(annotated, drawing),
      },
      options,
      context,
    );
  },
});
