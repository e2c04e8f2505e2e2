import { DataError, formatSize, sameSize, type Raster, type Sample, type Size } from '@segkit/core';

import type { MaskCoding } from '../masks/mask-coding.js';
import { readImage, type ReadImageOptions } from '../reading/read-image.js';
import { readMask, type ReadMaskOptions } from '../reading/read-mask.js';
import type { RawMask } from '../reading/raw-mask.js';
import type { LoadedSample, SampleEntry } from './sample-source.js';

/** The files of one sample. */
export interface SampleFiles extends SampleEntry {
  readonly mask?: string;
  readonly target?: string;
}

/** How to read the files of a sample. */
export interface LoadOptions extends ReadImageOptions, ReadMaskOptions {
  readonly coding: MaskCoding;
}

/** Files of one sample that do not fit together. */
export class MismatchError extends DataError {}

/** @throws DataError if a mask or target has not the size of its image. */
export function checkSize(image: Size, imagePath: string, other: Size, otherPath: string): void {
  if (sameSize(image, other)) return;
  const turned = image.height === other.width && image.width === other.height;
  const fix = turned
    ? "turn the mask, or, if it was made for the image as it is stored, set exif: 'ignore'"
    : 'pair the right files, or resize them to one size';
  throw new MismatchError(
    `${otherPath}: expected ${formatSize(image)} (height x width) as its image ${imagePath}, found ${formatSize(other)}; ${fix}.`,
  );
}

/** What a network makes has the channels of what it was given. */
function checkChannels(image: Raster, imagePath: string, target: Raster, targetPath: string): void {
  if (image.channels === target.channels) return;
  throw new MismatchError(
    `${targetPath}: expected ${String(image.channels)} channels as its image ${imagePath}, found ${String(target.channels)}; ` +
      'set channels: 1 or channels: 3 to convert both.',
  );
}

/** The parts of a sample that a mask holds. */
export interface LoadedMask extends Pick<LoadedSample, 'counts'> {
  readonly labels: Raster<Int32Array>;
  readonly instances?: Raster<Int32Array>;
}

/**
 * Labels, and object ids if the coding is of them, of a mask's pixels.
 * @param path - Names the mask in errors.
 * @throws DataError if the mask has no codes of this kind.
 */
export function labelsOfMask(path: string, mask: RawMask, coding: MaskCoding): LoadedMask {
  const codes = coding.codes(path, mask);
  const { labels, counts } = coding.translate(codes.data);
  const instances = coding.instances ? Int32Array.from(codes.data) : undefined;
  return {
    counts,
    labels: { ...codes, data: labels },
    ...(instances && { instances: { ...codes, data: instances } }),
  };
}

/** An image with its mask. */
export function maskedSample(
  id: string,
  image: Raster<Float32Array>,
  { labels, instances, counts }: LoadedMask,
): LoadedSample {
  return { sample: { id, image, labels, ...(instances && { instances }) }, counts };
}

/** How {@link loadSample} reads files: whole, or parts of them. */
export interface FileReaders {
  image(path: string): Promise<Raster<Float32Array>>;
  mask(path: string): Promise<RawMask>;
}

/**
 * Reads the files of one sample and checks that they fit together.
 * @param read - Default: the whole files.
 * @throws DataError if a file cannot be read or its size is not the image's.
 */
export async function loadSample(
  files: SampleFiles,
  options: LoadOptions,
  read: FileReaders = {
    image: (path) => readImage(path, options),
    mask: (path) => readMask(path, options),
  },
): Promise<LoadedSample> {
  const { id } = files;
  const image = await read.image(files.image);
  if (files.mask !== undefined) {
    const mask = labelsOfMask(files.mask, await read.mask(files.mask), options.coding);
    checkSize(image, files.image, mask.labels, files.mask);
    return maskedSample(id, image, mask);
  }
  const sample: Sample = { id, image };
  if (files.target === undefined) return { sample, counts: new Map() };
  const target = await read.image(files.target);
  checkSize(image, files.image, target, files.target);
  checkChannels(image, files.image, target, files.target);
  return { sample: { ...sample, target }, counts: new Map() };
}
