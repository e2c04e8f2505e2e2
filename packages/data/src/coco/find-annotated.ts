import { join, relative, resolve, sep } from 'node:path';

import { DataError, type LabelSchema, type Size } from '@segkit/core';

import type { SampleEntry } from '../file-dataset/sample-source.js';
import { stemOf } from '../files/list-images.js';
import { takeRange } from '../files/selection.js';
import { categoryLabels } from './category-labels.js';
import type { ResolvedCocoOptions } from './coco-options.js';
import { readAnnotations, type CocoAnnotation } from './read-annotations.js';

/** One region to draw. */
export interface AnnotatedRegion {
  /** Names it in messages. */
  readonly id: string;
  readonly segmentation: unknown;
  /** Class index, or ignoreIndex. */
  readonly label: number;
}

/** An image with what was annotated on it. */
export interface AnnotatedImage extends SampleEntry {
  /** What the annotations say the image's size is. */
  readonly size: Size;
  readonly background: number;
  /** Left out where the file has no annotations at all. */
  readonly regions?: readonly AnnotatedRegion[];
}

/** @throws DataError if a file's name leads out of the folder of images. */
function imagePath(folder: string, name: string): string {
  const path = resolve(folder, name);
  const inside = relative(folder, path);
  if (inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`)) return path;
  throw new DataError(
    `${folder}: expected images inside the folder, found "${name}" in the annotations; correct file_name.`,
  );
}

/** Annotations by image, in the file's order. */
function byImage(annotations: readonly CocoAnnotation[]): Map<number, CocoAnnotation[]> {
  const found = new Map<number, CocoAnnotation[]>();
  for (const annotation of annotations) {
    const list = found.get(annotation.image_id);
    if (list === undefined) found.set(annotation.image_id, [annotation]);
    else list.push(annotation);
  }
  return found;
}

/**
 * Finds the images of a file of annotations, in the file's order.
 * @throws DataError if the file is wrong or does not fit the classes.
 */
export async function findAnnotated(
  root: string,
  options: ResolvedCocoOptions,
  labels: LabelSchema,
): Promise<AnnotatedImage[]> {
  const path = join(root, options.annotations);
  const folder = join(root, options.images);
  const { images, annotations, categories } = await readAnnotations(path);
  const { labelOf, background } = categoryLabels(path, categories, labels, options);
  const annotated = byImage(annotations ?? []);
  const regionOf = ({ id, category_id, iscrowd, segmentation }: CocoAnnotation) => {
    const crowd = Number(iscrowd) !== 0 && options.crowd === 'ignore';
    const label = labelOf.get(category_id);
    if (label === undefined) return [];
    const name = `${path} annotation ${String(id ?? '?')}`;
    return [{ id: name, segmentation, label: crowd ? labels.ignoreIndex : label }];
  };
  const chosen = takeRange(images, options.range, path);
  return chosen.map(({ id, file_name: name, height, width }) => ({
    id: stemOf(name),
    image: imagePath(folder, name),
    size: { height, width },
    background,
    ...(annotations && {
      mask: `${path} image ${String(id)}`,
      regions: (annotated.get(id) ?? []).flatMap(regionOf),
    }),
  }));
}
