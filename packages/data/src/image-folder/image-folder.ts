import { resolve } from 'node:path';

import {
  DataError,
  defineDataset,
  type Box,
  type ComponentContext,
  type Dataset,
  type DatasetArguments,
  type LabelSchema,
  type Sample,
  type Size,
} from '@segkit/core';

import { largeTiffSize } from '../reading/large-tiff.js';
import { checkSamples } from './check-samples.js';
import { fingerprintOf } from './fingerprint.js';
import { findSamples } from './find-samples.js';
import {
  imageFolderOptions,
  type ImageFolderOptions,
  type ResolvedImageFolderOptions,
} from './image-folder-options.js';
import { loadSample, type LoadOptions, type SampleFiles } from './load-sample.js';
import { colorCoding, instanceCoding, valueCoding, type MaskCoding } from './mask-coding.js';
import { SampleCache } from './sample-cache.js';

declare module '@segkit/core' {
  interface DatasetOptions {
    'image-folder': ImageFolderOptions;
  }
}

function codingOf(
  { maskFormat, ignoreColors }: ResolvedImageFolderOptions,
  labels: LabelSchema,
): MaskCoding {
  switch (maskFormat) {
    case 'values':
      return valueCoding(labels);
    case 'colors':
      return colorCoding(labels, ignoreColors);
    case 'instances':
      return instanceCoding(labels);
  }
}

/** What `prepare` finds. */
interface PreparedFolder {
  readonly files: readonly SampleFiles[];
  readonly channels: number;
}

class ImageFolder implements Dataset {
  readonly #options: ResolvedImageFolderOptions;
  readonly #context: ComponentContext & DatasetArguments;
  readonly #loading: LoadOptions;
  readonly #cache: SampleCache;
  /** Sizes of large samples by index; `null` for the others that were asked for. */
  readonly #largeSizes = new Map<number, Size | null>();
  #state: PreparedFolder | undefined;

  constructor(options: ResolvedImageFolderOptions, context: ComponentContext & DatasetArguments) {
    this.#options = options;
    this.#context = context;
    this.#loading = { coding: codingOf(options, context.labels), channels: options.channels };
    this.#cache = new SampleCache(context.cached === true ? 0 : options.cacheMegabytes);
  }

  get length(): number {
    return this.#prepared().files.length;
  }

  get channels(): number {
    return this.#prepared().channels;
  }

  async prepare(): Promise<void> {
    if (this.#state !== undefined) return;
    const { labels, baseFolder, logger, path } = this.#context;
    this.#state = await this.#located(async () => {
      const root = resolve(baseFolder, this.#options.root);
      const files = await findSamples(root, this.#options, (message) => {
        logger.info(`${path}: ${message}`);
      });
      const channels = await checkSamples(files, {
        ...this.#loading,
        labels,
        allowOneClass: this.#options.allowOneClass,
        onUnreadable: this.#context.onUnreadable ?? 'fail',
        keep: (index, sample) => {
          this.#cache.offer(index, sample);
        },
      });
      return { files, channels };
    });
  }

  async load(index: number): Promise<Sample> {
    const entry = this.#entry(index);
    const kept = this.#cache.get(index);
    if (kept !== undefined) return kept;
    const { sample } = await this.#located(() => loadSample(entry, this.#loading));
    this.#cache.offer(index, sample);
    return sample;
  }

  async largeSize(index: number): Promise<Size | undefined> {
    const entry = this.#prepared().files[index];
    if (entry === undefined) return undefined;
    const known = this.#largeSizes.get(index);
    if (known !== undefined) return known ?? undefined;
    const size = await largeTiffSize([entry.image, entry.mask, entry.target]);
    this.#largeSizes.set(index, size ?? null);
    return size;
  }

  async loadRegion(index: number, region: Box): Promise<Sample> {
    const options = { ...this.#loading, region };
    const { sample } = await this.#located(() => loadSample(this.#entry(index), options));
    return sample;
  }

  state(): unknown {
    return this.#prepared();
  }

  restore(state: unknown): void {
    this.#state = state as PreparedFolder;
  }

  nameOf(index: number): string {
    return this.#prepared().files[index]?.id ?? String(index);
  }

  async fingerprint(index: number): Promise<string> {
    const entry = this.#prepared().files[index];
    return entry === undefined ? '' : fingerprintOf([entry.image, entry.mask, entry.target]);
  }

  #entry(index: number): SampleFiles {
    const { files } = this.#prepared();
    const entry = files[index];
    if (entry !== undefined) return entry;
    throw new DataError(
      `${this.#context.path}: expected an index in 0..${String(files.length - 1)}, received ${String(index)}.`,
    );
  }

  #prepared(): PreparedFolder {
    if (this.#state !== undefined) return this.#state;
    throw new DataError(
      `${this.#context.path}: the data set is not read yet; call prepare() first.`,
    );
  }

  /** Opens the messages of data errors with the place in the config. */
  async #located<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      throw new DataError(`${this.#context.path}: ${error.message}`, { cause: error });
    }
  }
}

/**
 * Images in one folder, masks (or target images) of the same names in another. `prepare` reads every file once, so
 * that training meets no bad one. Loaded samples are shared with the cache: their rasters must not be changed in place.
 */
export const imageFolder = defineDataset({
  name: 'image-folder',
  description:
    'PNG, JPEG or TIFF images of a folder, with masks or target images of the same names.',
  options: imageFolderOptions,
  create: (options, context) => new ImageFolder(options, context),
});
