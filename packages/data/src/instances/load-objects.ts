import type { LabelSchema } from '@segkit/core';

import { checkSize, maskedSample } from '../file-dataset/load-sample.js';
import type { LoadedSample } from '../file-dataset/sample-source.js';
import type { MaskCoding } from '../masks/mask-coding.js';
import { paintObjects, type PaintOptions } from '../masks/paint-objects.js';
import { maskValues } from '../reading/mask-codes.js';
import { readImage, type ReadImageOptions } from '../reading/read-image.js';
import { readMask } from '../reading/read-mask.js';
import type { ObjectFiles } from './find-object-masks.js';

/** How to read objects. */
export interface LoadObjectsOptions
  extends ReadImageOptions, Pick<PaintOptions, 'overlap'>, Pick<LabelSchema, 'ignoreIndex'> {
  /** Of class indices. */
  readonly coding: MaskCoding;
}

/** The places of what is not 0. */
function placesOf(values: Uint8Array | Uint16Array): Int32Array {
  const places: number[] = [];
  values.forEach((value: number, at: number) => {
    if (value !== 0) places.push(at);
  });
  return Int32Array.from(places);
}

/**
 * Reads an image and the masks of its objects, whose pixels are those that are not 0.
 * @throws DataError if a file cannot be read or a mask has not the image's size.
 */
export async function loadObjects(
  { id, image: imagePath, objects }: ObjectFiles,
  { coding, overlap, ignoreIndex, ...reading }: LoadObjectsOptions,
): Promise<LoadedSample> {
  const image = await readImage(imagePath, reading);
  const painted = [];
  for (const path of objects) {
    const mask = maskValues(path, await readMask(path, reading));
    checkSize(image, imagePath, mask, path);
    painted.push({ pixels: placesOf(mask.data), label: 1 });
  }
  const painting = paintObjects(image, painted, { background: 0, ignoreIndex, overlap });
  const counts = coding.count(painting.labels.data);
  return maskedSample(id, image, { ...painting, counts });
}
