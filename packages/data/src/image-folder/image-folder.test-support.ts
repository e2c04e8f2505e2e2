import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Dataset, LabelSchema, Logger } from '@segkit/core';
import sharp from 'sharp';

import { makeDataset } from '../make-component.test-support.js';
import type { ImageFolderOptions } from './image-folder-options.js';
import { imageFolder } from './image-folder.js';

/** For tests: a temporary folder of images. */
export interface ImageFolderFixture {
  readonly folder: string;
  /** Writes a PNG of one (or three) 8-bit channels; rows of numbers. */
  image(path: string, rows: readonly (readonly number[])[], channels?: 1 | 3): Promise<void>;
  /** Writes a file. */
  file(path: string, content: Uint8Array | string): Promise<void>;
  /** A data set on the folder, its options validated as a config's are. */
  dataset(
    options?: Partial<ImageFolderOptions>,
    setup?: { labels?: LabelSchema; logger?: Logger },
  ): Dataset;
  remove(): Promise<void>;
}

/** Makes an empty temporary folder. */
export async function imageFolderFixture(): Promise<ImageFolderFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'segkit-folder-'));
  const file = async (path: string, content: Uint8Array | string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  return {
    folder,
    file,
    async image(path, rows, channels = 1) {
      const width = (rows[0]?.length ?? 0) / channels;
      const raw = { height: rows.length, width, channels };
      const image = sharp(Uint8Array.from(rows.flat()), { raw });
      await file(
        path,
        await image
          .toColourspace(channels === 1 ? 'b-w' : 'srgb')
          .png()
          .toBuffer(),
      );
    },
    dataset: (options = {}, setup = {}) =>
      makeDataset(imageFolder, { root: '.', ...options }, { baseFolder: folder, ...setup }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
