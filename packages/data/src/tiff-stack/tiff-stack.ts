import { join, parse, resolve } from 'node:path';

import { DataError, defineDataset } from '@segkit/core';
import * as z from 'zod';

import { fileDatasetFields, imageFields } from '../file-dataset/file-dataset-options.js';
import { decodedFiles, decodingBy, type DecodedFiles } from '../file-dataset/decoded-files.js';
import { FileDataset } from '../file-dataset/file-dataset.js';
import type { SampleEntry } from '../file-dataset/sample-source.js';
import { rangeFields, takeRange } from '../files/selection.js';
import { instanceCoding, valueCoding, type MaskCoding } from '../masks/mask-coding.js';
import { decodePixels } from '../reading/decode-pixels.js';
import { listPages, pageName, readMaskPage } from '../reading/read-page.js';
import type { ReadImageOptions } from '../reading/read-image.js';

const options = z.strictObject({
  root: z
    .string()
    .min(1)
    .default('.')
    .describe("Folder of the stacks, relative to the config file's folder."),
  images: z.string().min(1).describe('TIFF of several pages, one image each.'),
  masks: z
    .string()
    .min(1)
    .nullable()
    .describe(
      'TIFF with the masks of the images, page by page. null: images without masks, for prediction.',
    ),
  maskFormat: z
    .enum(['values', 'instances'])
    .default('values')
    .describe(
      'What mask pixels mean: values of data.labels.classes[].values, or object ids (0 is class 0, every id above is class 1).',
    ),
  ...rangeFields,
  ...imageFields,
  ...fileDatasetFields,
});

/** What a config may say about `tiff-stack`. */
export type TiffStackOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface DatasetOptions {
    'tiff-stack': TiffStackOptions;
  }
}

/** The stacks of a data set. */
interface Stacks {
  readonly images: string;
  readonly masks: string | undefined;
}

/** One page of each stack. */
interface PageEntry extends SampleEntry {
  /** Counted from 0, like `maskPage`. */
  readonly imagePage: number;
  readonly maskPage: number;
}

/** @throws DataError if a stack is missing or they differ in pages. */
async function findPages(
  { images, masks }: Stacks,
  range: readonly [number, number] | undefined,
): Promise<readonly PageEntry[]> {
  const imagePages = await listPages(images);
  const maskPages = masks === undefined ? imagePages : await listPages(masks);
  const count = imagePages.length;
  if (count !== maskPages.length) {
    throw new DataError(
      `${String(masks)}: expected ${String(count)} pages as ${images}, found ${String(maskPages.length)}; give the stack of its masks.`,
    );
  }
  // Names sort as their pages do.
  const digits = Math.max(2, String(count - 1).length);
  const { name } = parse(images);
  const entries = imagePages.map((imagePage, index): PageEntry => {
    const maskPage = maskPages[index] ?? index;
    return {
      id: `${name}-${String(index).padStart(digits, '0')}`,
      imagePage,
      maskPage,
      image: pageName(images, imagePage),
      mask: masks === undefined ? undefined : pageName(masks, maskPage),
    };
  });
  return takeRange(entries, range, images);
}

async function decodePage(
  { id, imagePage, maskPage, image: imageName, mask: maskName }: PageEntry,
  { images, masks }: Stacks,
  coding: MaskCoding,
  reading: ReadImageOptions,
): Promise<DecodedFiles> {
  const pixels = await decodePixels(imageName, images, { page: imagePage });
  const mask =
    masks === undefined || maskName === undefined
      ? undefined
      : { path: maskName, pixels: await readMaskPage(masks, maskPage) };
  const parts = { id, image: { path: imageName, pixels }, mask };
  return decodedFiles(parts, { ...reading, coding });
}

/** TIFFs whose pages are the samples, as ISBI 2012 has them. A page is read without the others. */
export const tiffStack = defineDataset({
  name: 'tiff-stack',
  description: 'A TIFF of several pages with the images, another with their masks.',
  options,
  create: (given, context) => {
    const { labels, baseFolder } = context;
    const coding = given.maskFormat === 'instances' ? instanceCoding(labels) : valueCoding(labels);
    const root = resolve(baseFolder, given.root);
    const stacks: Stacks = {
      images: join(root, given.images),
      masks: given.masks === null ? undefined : join(root, given.masks),
    };
    return new FileDataset(
      {
        coding,
        find: () => findPages(stacks, given.range),
        ...decodingBy((entry: PageEntry) => decodePage(entry, stacks, coding, given)),
      },
      given,
      context,
    );
  },
});
