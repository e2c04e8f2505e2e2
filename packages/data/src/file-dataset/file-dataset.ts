import {
  DataError,
  type Box,
  type ComponentContext,
  type Dataset,
  type DatasetArguments,
  type DecodedSample,
  type Inspector,
  type Sample,
  type Size,
} from '@segkit/core';

import { checkAlone, checkIds, checkSamples } from './check-samples.js';
import type { DecodedFiles } from './decoded-files.js';
import type { FileDatasetOptions } from './file-dataset-options.js';
import { fingerprintOf } from './fingerprint.js';
import { inspectSamples } from './inspect-samples.js';
import { SampleCache } from './sample-cache.js';
import type { LoadedSample, SampleEntry, SampleSource } from './sample-source.js';

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
  /** Left out where the source does not tell which files a sample is read from. */
  readonly fingerprint?: (index: number) => Promise<string>;
  /** Left out where the source cannot take crops before it makes numbers of pixels. */
  readonly decode?: (index: number) => Promise<DecodedSample>;
  /** Left out where the source reads every sample whole. */
  readonly largeSize?: (index: number) => Promise<Size | undefined>;
  readonly loadRegion?: (index: number, box: Box) => Promise<Sample>;
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
    this.#cache = new SampleCache(context.cached === true ? 0 : options.cacheMegabytes);
    const { filesOf, decode, large } = source;
    if (large !== undefined) {
      this.largeSize = (index) => this.#located(() => large.size(this.#entry(index)));
      this.loadRegion = (index, box) =>
        this.#loadBy(index, () => large.load(this.#entry(index), box));
    }
    if (decode !== undefined) this.decode = (index) => this.#decodeBy(index, decode);
    if (filesOf !== undefined) {
      this.fingerprint = (index) => fingerprintOf(filesOf(this.#entry(index)));
    }
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
        onUnreadable: this.#context.onUnreadable ?? 'fail',
        keep: (index, sample) => {
          this.#cache.offer(index, sample);
        },
      });
      return { entries, channels };
    });
  }

  async load(index: number): Promise<Sample> {
    const entry = this.#entry(index);
    const kept = this.#cache.get(index);
    if (kept !== undefined) return kept;
    const sample = await this.#loadBy(index, () => this.#source.load(entry));
    this.#cache.offer(index, sample);
    return sample;
  }

  #loadBy(index: number, read: () => Promise<LoadedSample>): Promise<Sample> {
    return this.#located(async () => {
      const { sample, counts } = await read();
      this.#judge(index, { channels: sample.image.channels, counts: () => counts });
      return sample;
    });
  }

  async #decodeBy(
    index: number,
    decode: (entry: Entry) => Promise<DecodedFiles>,
  ): Promise<DecodedSample> {
    const entry = this.#entry(index);
    return this.#located(async () => {
      const decoded = await decode(entry);
      this.#judge(index, decoded);
      return decoded;
    });
  }

  /** @throws DataError if a sample that `prepare` did not read has other channels or values than it should. */
  #judge(index: number, { channels: found, counts }: Pick<DecodedFiles, 'channels' | 'counts'>) {
    if (this.#options.check === 'all') return;
    const { labels } = this.#context;
    const { channels } = this.#prepared();
    const reading = { channels: found, counts: counts() };
    checkAlone(this.#entry(index), reading, { channels, labels }, this.#source);
  }

  state(): unknown {
    return this.#prepared();
  }

  restore(state: unknown): void {
    this.#state = state as Prepared<Entry>;
  }

  nameOf(index: number): string {
    return this.#prepared().entries[index]?.id ?? String(index);
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

  #entry(index: number): Entry {
    const { entries } = this.#prepared();
    const entry = entries[index];
    if (entry !== undefined) return entry;
    throw new DataError(
      `${this.#context.path}: expected an index in 0..${String(entries.length - 1)}, received ${String(index)}.`,
    );
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
