import type { ComponentContext, Dataset, DatasetArguments } from '@segkit/core';

import type { FileDatasetOptions } from './file-dataset-options.js';
import { FileDataset } from './file-dataset.js';
import { largeFiles } from './large-files.js';
import { loadSample, type LoadOptions, type SampleFiles } from './load-sample.js';
import type { SampleSource } from './sample-source.js';

/**
 * A data set in which every image is a file, and every mask or target another.
 * @param find - Finds the files.
 * @param options - The data set's own options as its schema gives them, and the meaning of its masks.
 */
export function pairedFiles(
  find: SampleSource<SampleFiles>['find'],
  options: FileDatasetOptions & LoadOptions,
  context: ComponentContext & DatasetArguments,
): Dataset {
  const { coding } = options;
  const load = (files: SampleFiles) => loadSample(files, options);
  const filesOf = ({ image, mask, target }: SampleFiles) => [image, mask, target];
  const large = largeFiles(options);
  return new FileDataset({ coding, find, load, large, filesOf }, options, context);
}
