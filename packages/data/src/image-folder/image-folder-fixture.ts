import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import {
  randomStream,
  silentLogger,
  vocColor,
  type Dataset,
  type LabelSchema,
  type Logger,
} from '@segkit/core';
import sharp from 'sharp';

import type { ImageFolderOptions } from './image-folder-options.js';
import { imageFolder } from './image-folder.js';

/** Classes for tests: index, name, raw values. */
export function labelsOf(
  values: Readonly<Record<string, readonly number[]>>,
  ignoreValues: readonly number[] = [255],
): LabelSchema {
  const classes = Object.entries(values).map(([name, raw], index) => ({
    name,
    color: vocColor(index),
    values: raw,
  }));
  return { classes, ignoreIndex: 255, ignoreValues };
}

/** Background 0 and cell 1, as class names alone give them. */
export const plainLabels = labelsOf({ background: [0], cell: [1] });

/** What the tests may change of the factory's arguments. */
export interface Setup {
  readonly labels?: LabelSchema;
  readonly logger?: Logger;
}

/** A temporary folder of images, made by the tests. */
export interface ImageFolderFixture {
  readonly folder: string;
  /** Writes a PNG of one (or three) 8-bit channels; rows of numbers. */
  image(path: string, rows: readonly (readonly number[])[], channels?: 1 | 3): Promise<void>;
  /** Writes a file. */
  file(path: string, content: Uint8Array | string): Promise<void>;
  /** A data set on the folder, its options validated as a config's are. */
  dataset(options?: Partial<ImageFolderOptions>, setup?: Setup): Dataset;
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
      const raw = {
        height: rows.length,
        width: (rows[0]?.length ?? 0) / channels,
        channels,
      };
      const image = sharp(Uint8Array.from(rows.flat()), { raw });
      await file(
        path,
        await image
          .toColourspace(channels === 1 ? 'b-w' : 'srgb')
          .png()
          .toBuffer(),
      );
    },
    dataset(options = {}, { labels = plainLabels, logger = silentLogger } = {}) {
      const schema = imageFolder.schema(() => {
        throw new Error('an image folder has no nested components');
      });
      const context = {
        path: 'data.train',
        logger,
        random: randomStream(0),
        create: () => {
          throw new Error('an image folder has no nested components');
        },
      };
      const parsed = schema.parse({ root: '.', ...options });
      return imageFolder.create(parsed, { labels, baseFolder: folder }, context);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
