import { DataError, type LabelSchema } from '@segkit/core';

import { checkSize, maskedSample } from '../file-dataset/load-sample.js';
import type { LoadedSample } from '../file-dataset/sample-source.js';
import type { MaskCoding } from '../masks/mask-coding.js';
import { paintObjects, type PaintOptions } from '../masks/paint-objects.js';
import { readImage, type ReadImageOptions } from '../reading/read-image.js';
import type { AnnotatedImage, AnnotatedRegion } from './find-annotated.js';
import { segmentationPixels } from './segmentation-pixels.js';

/** How to draw annotations. */
export interface LoadAnnotatedOptions
  extends ReadImageOptions, Pick<PaintOptions, 'overlap'>, Pick<LabelSchema, 'ignoreIndex'> {
  /** Of class indices. */
  readonly coding: MaskCoding;
}

function pixelsOf({ id, segmentation }: AnnotatedRegion, { size }: AnnotatedImage): Int32Array {
  try {
    return segmentationPixels(segmentation, size);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`${id}: ${error.message}; correct or remove the annotation.`, {
      cause: error,
    });
  }
}

/**
 * Reads an image and draws its annotations.
 * @throws DataError if the image cannot be read, has not the size that the annotations say, or one of these is no mask.
 */
export async function loadAnnotated(
  annotated: AnnotatedImage,
  { coding, overlap, ignoreIndex, ...reading }: LoadAnnotatedOptions,
): Promise<LoadedSample> {
  const { id, image: path, mask = '', size, regions, background } = annotated;
  const image = await readImage(path, reading);
  if (regions === undefined) return { sample: { id, image }, counts: new Map() };
  checkSize(image, path, size, mask);
  const drawn = regions.map((region) => ({
    label: region.label,
    pixels: pixelsOf(region, annotated),
  }));
  const objects = drawn.filter(({ label }) => label !== ignoreIndex);
  const ignored = drawn.filter(({ label }) => label === ignoreIndex).map(({ pixels }) => pixels);
  const painting = paintObjects(size, objects, { background, ignoreIndex, overlap, ignored });
  const counts = coding.count(painting.labels.data);
  return maskedSample(id, image, { ...painting, counts });
}
