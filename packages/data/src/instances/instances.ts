import { resolve } from 'node:path';

import {
  defineDataset,
  type ComponentContext,
  type Dataset,
  type DatasetArguments,
} from '@segkit/core';

import { FileDataset } from '../file-dataset/file-dataset.js';
import { pairedFiles } from '../file-dataset/paired-files.js';
import { findSamples } from '../image-folder/find-samples.js';
import { checkObjectClasses, indexCoding, instanceCoding } from '../masks/mask-coding.js';
import { findDsb2018, findObjectMasks, type ObjectFiles } from './find-object-masks.js';
import {
  instancesOptions,
  type InstancesOptions,
  type ResolvedInstancesOptions,
} from './instances-options.js';
import { loadObjects } from './load-objects.js';

declare module '@segkit/core' {
  interface DatasetOptions {
    instances: InstancesOptions;
  }
}

function objectMasks(
  root: string,
  options: ResolvedInstancesOptions,
  context: ComponentContext & DatasetArguments,
): Dataset {
  const { labels } = context;
  checkObjectClasses(labels, 'masks of objects');
  const coding = indexCoding(labels);
  const reading = { ...options, coding, ignoreIndex: labels.ignoreIndex };
  const find = options.layout === 'dsb2018' ? findDsb2018 : findObjectMasks;
  const load = (files: ObjectFiles) => loadObjects(files, reading);
  return new FileDataset({ coding, find: () => find(root, options), load }, options, context);
}

/**
 * Images with objects: 16-bit maps of object ids, or one mask per object. Samples have ids in `instances`, and labels 0
 * for background and 1 for objects.
 */
export const instances = defineDataset({
  name: 'instances',
  description: 'Images with object ids, or with a folder of one mask per object.',
  options: instancesOptions,
  create: (options, context) => {
    const root = resolve(context.baseFolder, options.root);
    if (options.layout !== 'id-maps') return objectMasks(root, options, context);
    const coding = instanceCoding(context.labels);
    const folders = { ...options, masks: options.masks ?? 'instances' };
    return pairedFiles((note) => findSamples(root, folders, note), { ...options, coding }, context);
  },
});
