import { DataError, formatSize, sameSize, type Box, type Raster, type Sample } from '@segkit/core';

import { readImage } from '../reading/read-image.js';
import { readMask } from '../reading/read-mask.js';
import type { MaskCoding } from './mask-coding.js';

/** The files of one sample. */
export interface SampleFiles {
  readonly id: string;
  readonly image: string;
  readonly mask?: string;
  readonly target?: string;
}

/** How to read the files of a sample. */
export interface LoadOptions {
  readonly coding: MaskCoding;
  readonly channels: 1 | 3 | undefined;
  /** The part to load, of large TIFFs. Default: all. */
  readonly region?: Box | undefined;
}

/** A sample and what its mask's pixels were. */
export interface LoadedSample {
  readonly sample: Sample;
  /** Pixels of the mask by code; empty without a mask. */
  readonly counts: ReadonlyMap<number, number>;
}

function checkSize(image: Raster, imagePath: string, other: Raster, otherPath: string): void {
  if (sameSize(image, other)) return;
  throw new DataError(
    `${otherPath}: expected ${formatSize(image)} (height x width) as its image ${imagePath}, found ${formatSize(other)}; ` +
      'pair the right files, or resize them to one size.',
  );
}

/** What a network makes has the channels of what it was given. */
function checkChannels(image: Raster, imagePath: string, target: Raster, targetPath: string): void {
  if (image.channels === target.channels) return;
  throw new DataError(
    `${targetPath}: expected ${String(image.channels)} channels as its image ${imagePath}, found ${String(target.channels)}; ` +
      'set channels: 1 or channels: 3 to convert both.',
  );
}

async function loadMask(path: string, { coding, region }: LoadOptions) {
  const codes = coding.codes(path, await readMask(path, region));
  const { labels, counts } = coding.translate(codes.data);
  const instances = coding.instances ? Int32Array.from(codes.data) : undefined;
  return {
    counts,
    labels: { ...codes, data: labels },
    instances: instances && { ...codes, data: instances },
  };
}

/**
 * Reads the files of one sample and checks that they fit together.
 * @throws DataError if a file cannot be read or its size is not the image's.
 */
export async function loadSample(files: SampleFiles, options: LoadOptions): Promise<LoadedSample> {
  const image = await readImage(files.image, options);
  const target = files.target === undefined ? undefined : await readImage(files.target, options);
  const mask = files.mask === undefined ? undefined : await loadMask(files.mask, options);
  if (target !== undefined) {
    checkSize(image, files.image, target, files.target ?? '');
    checkChannels(image, files.image, target, files.target ?? '');
  }
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
