import {
  DataError,
  type ComponentContext,
  type Dataset,
  type DatasetArguments,
  type Inspector,
  type Sample,
} from '@segkit/core';

import { checkAlone, checkIds, checkSamples } from './check-samples.js';
import type { FileDatasetOptions } from './file-dataset-options.js';
import { inspectSamples } from './inspect-samples.js';
import { SampleCache } from './sample-cache.js';
import type { SampleEntry, SampleSource } from './sample-source.js';

interface Prepared<Entry> {
  readonly entries: readonly Entry[];
  readonly channels: number;
}

/**
 * A data set whose samples are read when asked for. `prepare` reads all of them once, so that training meets no bad one
 * (or the first alone, if `check` says so). Loaded samples are shared with the cache: their rasters must not be changed
 * in place.
 */
export class FileDataset<Entry extends SampleEntry> implements Dataset {
  readonly #source: SampleSource<Entry>;
  readonly #options: FileDatasetOptions;
  readonly #context: ComponentContext & DatasetArguments;
  readonly #cache: SampleCache;
  #state: Prepared<Entry> | undefined;

  /** @param source - Finds and reads the samples. */
  constructor(
    source: SampleSource<Entry>,
    options: FileDatasetOptions,
    context: ComponentContext & DatasetArguments,
  ) {
    this.#source = source;
    this.#options = options;
    this.#context = context;
    this.#cache = new SampleCache(options.cacheMegabytes);
  }

  get length(): number {
    return this.#prepared().entries.length;
  }

  get channels(): number {
    return this.#prepared().channels;
  }

  async prepare(): Promise<void> {
    if (this.#state !== undefined) return;
    const { labels } = this.#context;
    const { check, allowOneClass } = this.#options;
    this.#state = await this.#located(async () => {
      const entries = await this.#find();
      checkIds(entries);
      const whole = check === 'all';
      const channels = await checkSamples(whole ? entries : entries.slice(0, 1), this.#source, {
        labels,
        allowOneClass: allowOneClass || !whole,
        keep: (index, sample) => {
          this.#cache.offer(index, sample);
        },
      });
      return { entries, channels };
    });
  }

  async load(index: number): Promise<Sample> {
    const { entries, channels } = this.#prepared();
    const entry = entries[index];
    if (entry === undefined) {
      throw new DataError(
        `${this.#context.path}: expected an index in 0..${String(entries.length - 1)}, received ${String(index)}.`,
      );
    }
    const kept = this.#cache.get(index);
    if (kept !== undefined) return kept;
    const sample = await this.#located(async () => {
      const loaded = await this.#source.load(entry);
      if (this.#options.check === 'first') {
        checkAlone(entry, loaded, { channels, labels: this.#context.labels }, this.#source);
      }
      return loaded.sample;
    });
    this.#cache.offer(index, sample);
    return sample;
  }

  inspect(): Promise<Inspector> {
    const { labels } = this.#context;
    const { allowOneClass } = this.#options;
    return this.#located(async () =>
      inspectSamples(await this.#find(), this.#source, { labels, allowOneClass }),
    );
  }

  #find(): Promise<readonly Entry[]> {
    const { logger, path } = this.#context;
    return this.#source.find((message) => {
      logger.info(`${path}: ${message}`);
    });
  }

  #prepared(): Prepared<Entry> {
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
