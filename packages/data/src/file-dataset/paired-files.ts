import type { ComponentContext, Dataset, DatasetArguments } from '@segkit/core';

import type { FileDatasetOptions } from './file-dataset-options.js';
import { decodeSample } from './decode-sample.js';
import { decodingBy } from './decoded-files.js';
import { FileDataset } from './file-dataset.js';
import { largeFiles } from './large-files.js';
import type { LoadOptions, SampleFiles } from './load-sample.js';
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
  const reading = decodingBy((files: SampleFiles) => decodeSample(files, options));
  const filesOf = ({ image, mask, target, objects }: SampleFiles) => [image, mask, target, objects];
  const large = largeFiles(options);
  return new FileDataset({ coding, find, ...reading, large, filesOf }, options, context);
}
