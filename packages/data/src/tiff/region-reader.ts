import type { ImageSource } from '@segkit/core';

import { imageOf, type ReadImageOptions } from '../reading/read-image.js';
import { storedRegions } from './stored-regions.js';
import type { ChunkLayout } from './tiff-regions.js';

/** Reads regions of a TIFF as an image. */
export async function regionReader(
  layout: ChunkLayout,
  options: ReadImageOptions,
): Promise<ImageSource> {
  const regions = storedRegions(layout);
  const first = await regions.read({ top: 0, left: 0, height: 1, width: 1 });
  return {
    ...{ height: layout.height, width: layout.width },
    channels: options.channels ?? first.channels,
    read: async (box) => imageOf(layout.path, await regions.read(box), options),
  };
}
