import { open } from 'node:fs/promises';
import { resolve } from 'node:path';

import { DataError, defineDataset } from '@segkit/core';

import { decodedFiles, decodingBy, type DecodedFiles } from '../file-dataset/decoded-files.js';
import { FileDataset } from '../file-dataset/file-dataset.js';
import type { MaskCoding } from '../masks/mask-coding.js';
import { codingOf } from '../masks/mask-format.js';
import { decodePixels } from '../reading/decode-pixels.js';
import { reasonOf } from '../reading/read-bytes.js';
import { decodeMask } from '../reading/read-mask.js';
import { findSamples, nameOf, type ShardEntry } from './find-samples.js';
import type { ShardFile } from './group-entries.js';
import { readAt } from './index-tar.js';
import { shardsOptions, type ResolvedShardsOptions, type ShardsOptions } from './shards-options.js';

declare module '@segkit/core' {
  interface DatasetOptions {
    shards: ShardsOptions;
  }
}

/** Reads one file out of its tar, and nothing else of the tar. */
async function readShardFile(part: ShardFile): Promise<Buffer> {
  const { shard, offset, size } = part;
  if (size === 0) {
    throw new DataError(`${nameOf(part)}: expected an image file, found an empty one (0 bytes).`);
  }
  let file;
  try {
    file = await open(shard);
  } catch (error) {
    throw new DataError(`${shard}: expected a tar file, ${reasonOf(error)}.`, { cause: error });
  }
  try {
    return await readAt(file, offset, size, shard);
  } finally {
    await file.close();
  }
}

async function decodeEntry(
  { id, image: imageName, imageFile, maskFile }: ShardEntry,
  options: ResolvedShardsOptions,
  coding: MaskCoding,
): Promise<DecodedFiles> {
  const pixels = await decodePixels(imageName, await readShardFile(imageFile), options);
  const image = { path: imageName, pixels };
  if (maskFile === undefined) return decodedFiles({ id, image }, { ...options, coding });
  const path = nameOf(maskFile);
  const mask = { path, pixels: await decodeMask(path, await readShardFile(maskFile), options) };
  return decodedFiles({ id, image, mask }, { ...options, coding });
}

/**
 * Images and masks in tar files as WebDataset writes them, for sets of more files than a folder should hold. The tars'
 * headers are read once, and then each file on its own, so that samples are reached in any order.
 * @see https://github.com/webdataset/webdataset
 */
export const shards = defineDataset({
  name: 'shards',
  description: 'Tar shards in the layout of WebDataset: 000001.jpg, 000001.seg.png.',
  source: 'https://github.com/webdataset/webdataset',
  options: shardsOptions,
  create: (options, context) => {
    const coding = codingOf(options, context.labels);
    const root = resolve(context.baseFolder, options.root);
    return new FileDataset(
      {
        coding,
        find: (note) => findSamples(root, options, note),
        ...decodingBy((entry: ShardEntry) => decodeEntry(entry, options, coding)),
      },
      options,
      context,
    );
  },
});
