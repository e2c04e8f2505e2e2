import { DataError, formatSize, sameSize, type Raster, type Size } from '@segkit/core';

import type { MaskCoding } from '../masks/mask-coding.js';
import type { ObjectCoding } from '../masks/object-coding.js';
import type { ReadImageOptions } from '../reading/read-image.js';
import type { ReadMaskOptions } from '../reading/read-mask.js';
import type { RawMask } from '../reading/raw-mask.js';
import type { LoadedSample, SampleEntry } from './sample-source.js';

/** The files of one sample. */
export interface SampleFiles extends SampleEntry {
  readonly mask?: string;
  readonly target?: string;
  /** A mask that tells the objects apart; needs `mask`. */
  readonly objects?: string;
}

/** How to read the files of a sample. */
export interface LoadOptions extends ReadImageOptions, ReadMaskOptions {
  readonly coding: MaskCoding;
  /** What the values of `objects` mean, where there are such files. */
  readonly objectCoding?: ObjectCoding | undefined;
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

/**
 * What a network makes has the channels of what it was given.
 * @throws DataError otherwise.
 */
export function checkChannels(
  image: { readonly channels: number },
  imagePath: string,
  target: { readonly channels: number },
  targetPath: string,
): void {
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

/** Labels of a mask's codes, or a part of them, and object ids if the coding is of them. */
export function labelsOfCodes(codes: Raster, coding: MaskCoding): Omit<LoadedMask, 'counts'> {
  const labels = { ...codes, data: coding.translate(codes.data) };
  if (!coding.instances) return { labels };
  return { labels, instances: { ...codes, data: Int32Array.from(codes.data) } };
}

/**
 * Labels, and object ids if the coding is of them, of a mask's pixels.
 * @param path - Names the mask in errors.
 * @throws DataError if the mask has no codes of this kind.
 */
export function labelsOfMask(path: string, mask: RawMask, coding: MaskCoding): LoadedMask {
  const codes = coding.codes(path, mask);
  return { ...labelsOfCodes(codes, coding), counts: coding.count(codes.data) };
}

/** An image with its mask. */
export function maskedSample(
  id: string,
  image: Raster<Float32Array>,
  { labels, instances, counts }: LoadedMask,
): LoadedSample {
  return { sample: { id, image, labels, ...(instances && { instances }) }, counts };
}
