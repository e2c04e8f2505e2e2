import type { Box, Size } from '@segkit/core';

import { maskOf } from '../reading/raw-mask.js';
import { largeImage, openTiff } from '../tiff/open-tiff.js';
import { storedRegions } from '../tiff/stored-regions.js';
import type { NumericPixels } from '../reading/decode-pixels.js';
import { decodeSample } from './decode-sample.js';
import { loadedWhole } from './decoded-files.js';
import { checkSize, type LoadOptions, type SampleFiles } from './load-sample.js';
import type { LargeSamples } from './sample-source.js';

/**
 * Reads crops of TIFFs of more than 4096 x 4096 pixels by the strips or tiles that they touch. All files of a sample must be
 * such TIFFs.
 */
export function largeFiles(options: LoadOptions): LargeSamples<SampleFiles> {
  const sizes = new WeakMap<SampleFiles, Promise<Size | undefined>>();
  return {
    size: (files) => {
      const known = sizes.get(files) ?? sizeOf(files);
      sizes.set(files, known);
      return known;
    },
    load: async (files, box) => {
      const decoded = await decodeSample(files, options, {
        image: (path) => readRegion(path, box),
        mask: async (path) => maskOf(path, await readRegion(path, box)),
      });
      return loadedWhole(decoded);
    },
  };
}

async function sizeOf({ image, mask, target, objects }: SampleFiles): Promise<Size | undefined> {
  const size = await sizeInParts(image);
  if (size === undefined || size.height * size.width <= largeImage) return undefined;
  for (const path of [mask, target, objects]) {
    if (path === undefined) continue;
    const other = await sizeInParts(path);
    if (other === undefined) return undefined;
    checkSize(size, image, other, path);
  }
  return size;
}

/** The size of a TIFF whose parts can be read alone. */
async function sizeInParts(path: string): Promise<Size | undefined> {
  const tiff = await openTiff(path);
  if (tiff === undefined) return undefined;
  await tiff.close();
  const { height, width } = tiff.layout;
  return tiff.inParts ? { height, width } : undefined;
}

async function readRegion(path: string, box: Box): Promise<NumericPixels> {
  const tiff = await openTiff(path);
  if (tiff === undefined) throw new Error(`${path} is no TIFF any more.`);
  try {
    return await storedRegions(tiff.layout).read(box);
  } finally {
    await tiff.close();
  }
}
