import { DataError, messageOf } from '@segkit/core';
import * as z from 'zod';

import { readBytes } from '../reading/read-bytes.js';

const pixels = z.number().int().positive();

const fileSchema = z.object({
  images: z
    .array(
      z.object({ id: z.number(), file_name: z.string().min(1), width: pixels, height: pixels }),
    )
    .min(1),
  categories: z.array(z.object({ id: z.number(), name: z.string() })),
  annotations: z
    .array(
      z.object({
        id: z.number().optional(),
        image_id: z.number(),
        category_id: z.number(),
        iscrowd: z.union([z.boolean(), z.number()]).default(0),
        segmentation: z.unknown(),
      }),
    )
    .optional(),
});

/** What of COCO's file is used. @see https://cocodataset.org/#format-data */
export type CocoFile = z.output<typeof fileSchema>;

/** One object of an image. */
export type CocoAnnotation = NonNullable<CocoFile['annotations']>[number];

function parseJson(path: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new DataError(
      `${path}: expected a JSON file of COCO annotations, ${messageOf(error)}; download it again, or split it if it is too large for one text.`,
      { cause: error },
    );
  }
}

/** @throws DataError if an annotation speaks of an image or a category that is not there. */
function checkReferences(path: string, { images, categories, annotations = [] }: CocoFile): void {
  const imageIds = new Set(images.map(({ id }) => id));
  const categoryIds = new Set(categories.map(({ id }) => id));
  for (const { id = '?', image_id, category_id } of annotations) {
    if (imageIds.has(image_id) && categoryIds.has(category_id)) continue;
    throw new DataError(
      `${path}: expected annotations of images and categories in the file, found annotation ${String(id)} of image ${String(image_id)} and category ${String(category_id)}; correct the file.`,
    );
  }
}

/**
 * Reads a file of COCO annotations.
 * @throws DataError if it is no such file, or refers to what it does not hold.
 */
export async function readAnnotations(path: string): Promise<CocoFile> {
  const parsed = fileSchema.safeParse(parseJson(path, await readBytes(path)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DataError(
      `${path}: expected COCO annotations { images, annotations, categories }, found ${issue?.path.map(String).join('.') || 'the file'}: ${issue?.message ?? 'something else'}; export the instances format.`,
    );
  }
  checkReferences(path, parsed.data);
  return parsed.data;
}
