import type { DecodedSample, Raster } from '@segkit/core';

import type { MaskCoding } from '../masks/mask-coding.js';
import { objectIds, type ObjectCoding } from '../masks/object-coding.js';
import type { NumericPixels } from '../reading/decode-pixels.js';
import { maskValues } from '../reading/mask-codes.js';
import type { RawMask } from '../reading/raw-mask.js';
import { imageConverter, type ReadImageOptions } from '../reading/read-image.js';
import { checkChannels, checkSize, labelsOfCodes } from './load-sample.js';
import type { LoadedSample, SampleEntry, SampleSource } from './sample-source.js';

/** A decoded sample, and what a data set is judged by. */
export interface DecodedFiles extends DecodedSample {
  /** Channels of the image. */
  readonly channels: number;
  /** Pixels of the mask by code; empty without a mask. */
  counts(): ReadonlyMap<number, number>;
}

/** What is decoded of a file. @typeParam Pixels - Its pixels as they are stored. */
export interface DecodedFile<Pixels> {
  /** Names the file in errors. */
  readonly path: string;
  readonly pixels: Pixels;
}

/** The files of one sample. */
export interface DecodedParts {
  readonly id: string;
  readonly image: DecodedFile<NumericPixels>;
  readonly mask?: DecodedFile<RawMask> | undefined;
  readonly target?: DecodedFile<NumericPixels> | undefined;
  readonly objects?: DecodedFile<RawMask> | undefined;
}

/** How files become a sample. */
export interface ConvertOptions extends ReadImageOptions {
  readonly coding: MaskCoding;
  readonly objectCoding?: ObjectCoding | undefined;
}

/** The pixels of an image or target, and what makes floats of them. @throws DataError if they need a `valueRange`. */
function imageOfFile({ path, pixels }: DecodedFile<NumericPixels>, options: ReadImageOptions) {
  const convert = imageConverter(path, pixels, options);
  const { height, width, channels, data } = pixels;
  return {
    stored: { height, width, channels, data },
    channels: options.channels ?? channels,
    // What is moved keeps its type.
    convert: (moved: Raster) => convert(moved as Raster<NumericPixels['data']>),
  };
}

/**
 * Decoded files as a sample.
 * @throws DataError if they do not fit together, or not what the options say.
 */
export function decodedFiles(
  { id, image: imageFile, mask: maskFile, target: targetFile, objects: objectsFile }: DecodedParts,
  { coding, objectCoding, ...reading }: ConvertOptions,
): DecodedFiles {
  const image = imageOfFile(imageFile, reading);
  const codes = maskFile && coding.codes(maskFile.path, maskFile.pixels);
  if (codes !== undefined) checkSize(image.stored, imageFile.path, codes, maskFile?.path ?? '');
  const objects = objectsFile && maskValues(objectsFile.path, objectsFile.pixels);
  if (objects !== undefined)
    checkSize(image.stored, imageFile.path, objects, objectsFile?.path ?? '');
  const target = targetFile && imageOfFile(targetFile, reading);
  if (target !== undefined && targetFile !== undefined) {
    checkSize(image.stored, imageFile.path, target.stored, targetFile.path);
    checkChannels(image, imageFile.path, target, targetFile.path);
  }
  const labelsOf = (labelCodes: Raster, objectCodes: Raster | undefined) => {
    const masks = labelsOfCodes(labelCodes, coding);
    if (objectCodes === undefined || objectCoding === undefined) return masks;
    const ids = objectIds(objectCodes.data, masks.labels.data, objectCoding);
    return { ...masks, instances: { ...objectCodes, data: ids } };
  };
  return {
    stored: {
      id,
      image: image.stored,
      ...(codes && { labels: codes }),
      ...(objects && { instances: objects }),
      ...(target && { target: target.stored }),
    },
    channels: image.channels,
    counts: () => (codes === undefined ? new Map<number, number>() : coding.count(codes.data)),
    convert: (stored) => ({
      id,
      image: image.convert(stored.image),
      ...(stored.labels && labelsOf(stored.labels, stored.instances)),
      ...(target && stored.target && { target: target.convert(stored.target) }),
    }),
  };
}

/** The whole sample. */
export function loadedWhole(decoded: DecodedFiles): LoadedSample {
  return { sample: decoded.convert(decoded.stored), counts: decoded.counts() };
}

/** How a source reads samples that it decodes first: for crops, and whole. */
export function decodingBy<Entry extends SampleEntry>(
  decode: (entry: Entry) => Promise<DecodedFiles>,
): Pick<SampleSource<Entry>, 'decode' | 'load'> {
  return { decode, load: async (entry) => loadedWhole(await decode(entry)) };
}
