import { decodePixels, type NumericPixels } from '../reading/decode-pixels.js';
import type { RawMask } from '../reading/raw-mask.js';
import { readBytes } from '../reading/read-bytes.js';
import { readMask } from '../reading/read-mask.js';
import { decodedFiles, type DecodedFiles } from './decoded-files.js';
import type { LoadOptions, SampleFiles } from './load-sample.js';

/** How {@link decodeSample} reads files: whole, or parts of them. */
export interface FileReaders {
  image(path: string): Promise<NumericPixels>;
  mask(path: string): Promise<RawMask>;
}

/**
 * Reads the files of one sample and checks that they fit together.
 * @param read - Default: the whole files.
 * @throws DataError if a file cannot be read or its size is not the image's.
 */
export async function decodeSample(
  { id, image, mask, target, objects }: SampleFiles,
  options: LoadOptions,
  read: FileReaders = {
    image: async (path) => decodePixels(path, await readBytes(path), { exif: options.exif }),
    mask: (path) => readMask(path, options),
  },
): Promise<DecodedFiles> {
  const parts = {
    id,
    image: { path: image, pixels: await read.image(image) },
    mask: mask === undefined ? undefined : { path: mask, pixels: await read.mask(mask) },
    objects:
      objects === undefined ? undefined : { path: objects, pixels: await read.mask(objects) },
    target: target === undefined ? undefined : { path: target, pixels: await read.image(target) },
  };
  return decodedFiles(parts, options);
}
