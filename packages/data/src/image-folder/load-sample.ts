import {
  DataError,
  formatSize,
  sameSize,
  type LabelSchema,
  type Raster,
  type Sample,
} from '@segkit/core';

import { maskValues } from '../reading/mask-codes.js';
import { readImage } from '../reading/read-image.js';
import { readMask } from '../reading/read-mask.js';
import { translateCodes, type MaskCoding } from './mask-coding.js';

/** The files of one sample. */
export interface SampleFiles {
  readonly id: string;
  readonly image: string;
  readonly mask?: string;
  readonly target?: string;
}

/** How to read the files of a sample. */
export interface LoadOptions {
  readonly labels: LabelSchema;
  /** Codes of the masks; `instances` for object ids. */
  readonly coding: MaskCoding | 'instances';
  readonly channels: 1 | 3 | undefined;
}

/** A sample and what its mask's pixels were. */
export interface LoadedSample {
  readonly sample: Sample;
  /** Pixels by code; class indices where masks hold object ids. Empty without a mask. */
  readonly counts: ReadonlyMap<number, number>;
}

function checkSize(image: Raster, imagePath: string, other: Raster, otherPath: string): void {
  if (sameSize(image, other)) return;
  throw new DataError(
    `${otherPath}: expected ${formatSize(image)} (height x width) as its image ${imagePath}, found ${formatSize(other)}; ` +
      'pair the right files, or resize them to one size.',
  );
}

async function loadMask(path: string, options: LoadOptions) {
  const { labels: schema, coding } = options;
  const mask = await readMask(path);
  const { height, width, data } =
    coding === 'instances' ? maskValues(path, mask) : coding.codes(path, mask);
  const raster = (values: Int32Array): Raster<Int32Array> => ({
    height,
    width,
    channels: 1,
    data: values,
  });
  if (coding !== 'instances') {
    const { labels, counts } = translateCodes(data, coding.meaning, schema.ignoreIndex);
    return { labels: raster(labels), instances: undefined, counts };
  }
  const ids = Int32Array.from(data);
  const labels = ids.map((id) => (id > 0 ? 1 : 0));
  const { counts } = translateCodes(labels, new Map(), 0);
  return { labels: raster(labels), instances: raster(ids), counts };
}

/**
 * Reads the files of one sample and checks that they fit together.
 * @throws DataError if a file cannot be read or its size is not the image's.
 */
export async function loadSample(files: SampleFiles, options: LoadOptions): Promise<LoadedSample> {
  const image = await readImage(files.image, options);
  const target = files.target === undefined ? undefined : await readImage(files.target, options);
  const mask = files.mask === undefined ? undefined : await loadMask(files.mask, options);
  if (target !== undefined) checkSize(image, files.image, target, files.target ?? '');
  if (mask !== undefined) checkSize(image, files.image, mask.labels, files.mask ?? '');
  const sample: Sample = {
    id: files.id,
    image,
    ...(target && { target }),
    ...(mask && { labels: mask.labels }),
    ...(mask?.instances && { instances: mask.instances }),
  };
  return { sample, counts: mask?.counts ?? new Map<number, number>() };
}
