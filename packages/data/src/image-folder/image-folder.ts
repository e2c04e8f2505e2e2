import { join, resolve } from 'node:path';

import {
  ConfigError,
  DataError,
  defineDataset,
  type ComponentContext,
  type Dataset,
  type DatasetArguments,
  type Sample,
} from '@segkit/core';
import type * as z from 'zod';

import { imageFolderOptions, type ImageFolderOptions } from './image-folder-options.js';
import { LabelAudit } from './label-audit.js';
import { listImages } from './list-images.js';
import { loadSample, type LoadOptions, type SampleFiles } from './load-sample.js';
import { mapConcurrently } from './map-concurrently.js';
import { colorCoding, valueCoding, type MaskCoding } from './mask-coding.js';
import { SampleCache } from './sample-cache.js';
import { nameSome, selectStems } from './select-stems.js';

declare module '@segkit/core' {
  interface DatasetOptions {
    'image-folder': ImageFolderOptions;
  }
}

type Options = z.output<typeof imageFolderOptions>;
type Context = ComponentContext & DatasetArguments;

/** Files decoded at a time. */
const concurrency = 4;

/** Object ids make the labels 0 and 1 by themselves; this names them in messages. */
const instanceCoding = (context: Context): MaskCoding =>
  valueCoding({
    ...context.labels,
    classes: context.labels.classes.map((entry, index) => ({ ...entry, values: [index] })),
    ignoreValues: [],
  });

class ImageFolder implements Dataset {
  readonly #options: Options;
  readonly #context: Context;
  readonly #root: string;
  readonly #load: LoadOptions;
  readonly #coding: MaskCoding;
  readonly #cache: SampleCache;
  #files: readonly SampleFiles[] | undefined;
  #channels = 0;

  constructor(options: Options, context: Context) {
    const { labels, path } = context;
    const instances = options.maskFormat === 'instances';
    if (instances && labels.classes.length !== 2) {
      throw new ConfigError(
        `${path}: maskFormat 'instances' needs two classes in data.labels (background and object), received ${String(labels.classes.length)}.`,
      );
    }
    this.#options = options;
    this.#context = context;
    this.#root = resolve(context.baseFolder, options.root);
    this.#cache = new SampleCache(options.cacheMegabytes);
    this.#coding = instances
      ? instanceCoding(context)
      : options.maskFormat === 'colors'
        ? colorCoding(labels, options.ignoreColors)
        : valueCoding(labels);
    this.#load = {
      labels,
      coding: instances ? 'instances' : this.#coding,
      channels: options.channels,
    };
  }

  get length(): number {
    return this.#prepared().length;
  }

  get channels(): number {
    this.#prepared();
    return this.#channels;
  }

  async prepare(): Promise<void> {
    if (this.#files !== undefined) return;
    const files = await this.#located(() => this.#find());
    this.#channels = await this.#check(files);
    this.#files = files;
  }

  async load(index: number): Promise<Sample> {
    const files = this.#prepared()[index];
    if (files === undefined) {
      throw new DataError(
        `${this.#context.path}: expected an index in 0..${String(this.length - 1)}, received ${String(index)}.`,
      );
    }
    const kept = this.#cache.get(index);
    if (kept !== undefined) return kept;
    const { sample } = await this.#located(() => loadSample(files, this.#load));
    this.#cache.offer(index, sample);
    return sample;
  }

  #prepared(): readonly SampleFiles[] {
    if (this.#files !== undefined) return this.#files;
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

  /** Lists the chosen images with their masks or targets. */
  async #find(): Promise<SampleFiles[]> {
    const { images, targets, range, files, split } = this.#options;
    const folder = join(this.#root, images);
    const paths = await listImages(folder);
    const selection = {
      range,
      files,
      split: split === undefined ? undefined : resolve(this.#root, split),
    };
    const stems = await selectStems([...paths.keys()], selection, folder);
    const masks =
      this.#options.masks === undefined && targets === undefined ? 'masks' : this.#options.masks;
    const partners = await this.#partners(targets ?? masks, stems, paths);
    return stems.map((id) => {
      const partner = partners?.get(id);
      return {
        id,
        image: paths.get(id) ?? '',
        ...(partner !== undefined && { [targets === undefined ? 'mask' : 'target']: partner }),
      };
    });
  }

  /** The files of the folder that belongs to the images, one for each chosen stem. */
  async #partners(
    name: string | null | undefined,
    stems: readonly string[],
    images: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    if (name === null || name === undefined) return undefined;
    const folder = join(this.#root, name);
    const partners = await listImages(folder);
    const kind = this.#options.targets === undefined ? 'mask' : 'target';
    const alone = stems.filter((stem) => !partners.has(stem));
    if (alone.length > 0) {
      throw new DataError(
        `${folder}: expected a ${kind} for every image, found none for ${String(alone.length)} of ${String(stems.length)}: ${nameSome(alone)}; ` +
          `add ${String(alone[0])}.png, or choose other images by files, range or split.`,
      );
    }
    const unused = [...partners.keys()].filter((stem) => !images.has(stem));
    if (unused.length > 0) {
      this.#context.logger.info(
        `${this.#context.path}: ${String(unused.length)} ${kind}s in ${folder} have no image and are not used: ${nameSome(unused)}.`,
      );
    }
    return partners;
  }

  /**
   * Reads every file once.
   * @returns The channels of the images.
   */
  async #check(files: readonly SampleFiles[]): Promise<number> {
    const audit = new LabelAudit(this.#context.labels, this.#coding);
    const firstOf = new Map<number, string>();
    const problems: string[] = [];
    await mapConcurrently(files, concurrency, async (entry, index) => {
      try {
        const { sample, counts } = await loadSample(entry, this.#load);
        if (entry.mask !== undefined) audit.add(entry.mask, counts);
        const { channels } = sample.image;
        if (!firstOf.has(channels)) firstOf.set(channels, entry.image);
        this.#cache.offer(index, sample);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        problems.push(error.message);
      }
    });
    if (firstOf.size > 1) {
      const found = [...firstOf].map(([count, path]) => `${String(count)} in ${path}`).join(', ');
      problems.push(
        `expected the same number of channels in all images, found ${found}; set channels: 1 or channels: 3 to convert them.`,
      );
    }
    const masked = files[0]?.mask !== undefined && problems.length === 0;
    const wrong = masked ? (audit.unknownCodes() ?? this.#oneClass(audit)) : undefined;
    if (wrong !== undefined) problems.push(wrong);
    if (problems.length > 0) throw new DataError(this.#report(problems));
    return [...firstOf.keys()][0] ?? 0;
  }

  #oneClass(audit: LabelAudit): string | undefined {
    return this.#options.allowOneClass ? undefined : audit.oneClass();
  }

  #report(problems: readonly string[]): string {
    const { path } = this.#context;
    if (problems.length === 1) return `${path}: ${String(problems[0])}`;
    const lines = problems.slice(0, 5).map((problem) => `  ${problem}`);
    const rest = problems.length - lines.length;
    if (rest > 0) lines.push(`  and ${String(rest)} more`);
    return `${path}: ${String(problems.length)} problems:\n${lines.join('\n')}`;
  }
}

/**
 * Images in one folder, masks (or target images) of the same names in another. `prepare` reads every file once.
 * Loaded samples are shared with the cache: their rasters must not be changed in place.
 */
export const imageFolder = defineDataset({
  name: 'image-folder',
  description:
    'PNG, JPEG or TIFF images of a folder, with masks or target images of the same names.',
  options: imageFolderOptions,
  create: (options, context) => new ImageFolder(options, context),
});
