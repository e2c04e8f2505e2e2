import type { ResolvedSpec } from '@segkit/core';
import * as z from 'zod';

import type { ReadImageOptions } from '../reading/read-image.js';
import { imageFields } from './file-dataset-options.js';

const options = z.object({ valueRange: imageFields.valueRange });

/**
 * How a data set turns stored numbers into images, for reading others as a network trained on it expects.
 * @param spec - The data set, e.g. a run's `config.data.train`.
 */
export function imageOptionsOf(spec: ResolvedSpec): Pick<ReadImageOptions, 'valueRange'> {
  const parsed = options.safeParse(spec);
  return parsed.success ? parsed.data : {};
}
