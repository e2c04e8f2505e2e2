import type { Box, DecodedSample, PixelArray, Raster } from '@segkit/core';

import type { MaskCoding } from '../masks/mask-coding.js';
import { cropRaster } from '../rasters/crop-raster.js';
import type { NumericPixels } from '../reading/decode-pixels.js';
import type { RawMask } from '../reading/raw-mask.js';
import { imageConverter, type ReadImageOptions } from '../reading/read-image.js';
import { checkChannels, checkSize, labelsOfCodes } from './load-sample.js';
import type { LoadedSample } from './sample-source.js';

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
}

/** How files become a sample. */
export interface ConvertOptions extends ReadImageOptions {
  readonly coding: MaskCoding;
}

function part<T extends PixelArray>(raster: Raster<T>, box: Box | undefined): Raster<T> {
  return box === undefined ? raster : cropRaster(raster, box);
}

/** Makes an image of decoded pixels or a part of them. @throws DataError if the numbers need a `valueRange`. */
function imageOfFile({ path, pixels }: DecodedFile<NumericPixels>, options: ReadImageOptions) {
  const convert = imageConverter(path, pixels, options);
  const { height, width, channels, data } = pixels;
  const stored: Raster<NumericPixels['data']> = { height, width, channels, data };
  return {
    size: { height, width },
    channels: options.channels ?? channels,
    raster: (box?: Box) => convert(part(stored, box)),
  };
}

/**
 * Decoded files as a sample.
 * @throws DataError if they do not fit together, or not what the options say.
 */
export function decodedFiles(
  { id, image: imageFile, mask: maskFile, target: targetFile }: DecodedParts,
  { coding, ...reading }: ConvertOptions,
): DecodedFiles {
  const image = imageOfFile(imageFile, reading);
  const { size, channels } = image;
  const codes = maskFile && coding.codes(maskFile.path, maskFile.pixels);
  if (codes !== undefined) checkSize(size, imageFile.path, codes, maskFile?.path ?? '');
  const target = targetFile && imageOfFile(targetFile, reading);
  if (target !== undefined && targetFile !== undefined) {
    checkSize(size, imageFile.path, target.size, targetFile.path);
    checkChannels(image, imageFile.path, target, targetFile.path);
  }
  return {
    size,
    channels,
    counts: () => (codes === undefined ? new Map<number, number>() : coding.count(codes.data)),
    sample: (box) => ({
      id,
      image: image.raster(box),
      ...(codes && labelsOfCodes(part(codes, box), coding)),
      ...(target && { target: target.raster(box) }),
    }),
  };
}

/** The whole sample. */
export function loadedWhole(decoded: DecodedFiles): LoadedSample {
  return { sample: decoded.sample(), counts: decoded.counts() };
}
