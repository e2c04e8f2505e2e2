import type { Logger } from '../components/logger.js';
import type { Sample } from '../components/sample.js';
import type { LoaderOptions } from '../config/loader-options.js';
import { DataError, messageOf } from '../errors.js';
import { expectStackable } from './batch.js';
import { DiskCache, type DiskCachePlace } from './disk-cache.js';
import { EpochOrders } from './epoch-orders.js';
import { MemoryCache } from './memory-cache.js';
import { SampleMaker, type SampleMakerPlan } from './sample-maker.js';
import { SkippedSamples } from './skipped-samples.js';
import type { ThreadRecipe } from './threads/messages.js';
import { SampleThreads } from './threads/sample-threads.js';
import { threadCount } from './threads/thread-count.js';

/** Room in memory where the config names none, in MiB. */
const defaultMegabytes = 512;

/** What a loader needs. */
export interface LoaderPlan extends Omit<SampleMakerPlan, 'onError' | 'diskCache'> {
  readonly batchSize: number;
  readonly options: LoaderOptions;
  readonly logger: Logger;
  /** What threads need, or why there can be none; asked for when threads are wanted. */
  readonly recipe: (diskCache: DiskCachePlace | undefined) => ThreadRecipe | string;
  /** Opens the cache on disk for a number of threads. */
  readonly openDiskCache: (threads: number) => Promise<DiskCachePlace>;
}

/**
 * Delivers the batches of a training set, shuffled per epoch; a function of seed, epoch and position alone, whoever makes
 * them: the main thread, or threads of the loader between `open` and `close`.
 */
export class Loader {
  readonly #plan: LoaderPlan;
  readonly #orders: EpochOrders;
  readonly #skipped: SkippedSamples;
  /** Batches that are being made or wait to be asked for, by their place in the run. */
  readonly #ahead = new Map<number, Promise<readonly Sample[]>>();
  #memory: MemoryCache | undefined;
  #maker: SampleMaker;
  #threads: SampleThreads | undefined;
  /** Batches of the whole run; none is made ahead beyond. */
  #steps = 0;
  /** Seconds that a batch took in the main thread. */
  #batchSeconds = 0;

  constructor(plan: LoaderPlan) {
    if (plan.dataset.length === 0) {
      throw new DataError(
        'data.train: the training set holds no samples; check its folder and range.',
      );
    }
    this.#plan = plan;
    this.#orders = new EpochOrders(plan.dataset.length, plan.random);
    this.#skipped = new SkippedSamples((index) => this.#nameOf(index));
    this.#maker = new SampleMaker({ ...plan, onError: plan.options.onError });
    if (plan.options.cache === 'memory') this.#memory = new MemoryCache(this.#megabytes());
  }

  /** Batches of one epoch, the last one possibly smaller. */
  get batchesPerEpoch(): number {
    return Math.ceil(this.#plan.dataset.length / this.#plan.batchSize);
  }

  /** Threads that make batches; 0 means the main thread. */
  get threads(): number {
    return this.#threads?.count ?? 0;
  }

  /** Samples that could not be loaded and were skipped, each counted once. */
  get skippedSamples(): number {
    return this.#skipped.count;
  }

  /** Warnings about skipped samples since the last call. */
  takeWarnings(): readonly string[] {
    return this.#skipped.takeWarnings();
  }

  /**
   * Starts threads if they are wanted and worth it, and lets batches be made ahead. Where threads cannot make them, the log
   * says so and the main thread does.
   * @param steps - Batches of the whole run.
   * @throws DataError if the cache on disk cannot be opened.
   */
  async open(steps: number): Promise<void> {
    const { options, dataset, logger } = this.#plan;
    const count = threadCount(options.workers, this.#batchSeconds * steps);
    let place: DiskCachePlace | undefined;
    if (options.cache === 'disk') {
      if (dataset.fingerprint === undefined) {
        logger.info(
          'loader.cache: this data set cannot tell when its samples change, so they are kept in memory instead of on disk.',
        );
        this.#memory = new MemoryCache(Math.min(this.#megabytes(), defaultMegabytes));
      } else {
        place = await this.#plan.openDiskCache(Math.max(1, count));
      }
    }
    if (count > 0) this.#threads = await this.#startThreads(count, place);
    if (this.#threads === undefined && place !== undefined) {
      const diskCache = new DiskCache(place);
      this.#maker = new SampleMaker({ ...this.#plan, onError: options.onError, diskCache });
    }
    this.#steps = steps;
  }

  /** Ends the threads; batches can still be made, in the main thread. */
  async close(): Promise<void> {
    this.#steps = 0;
    this.#ahead.clear();
    const threads = this.#threads;
    this.#threads = undefined;
    await threads?.close();
  }

  /**
   * One batch, loaded and augmented; the ones after it are made while it is used.
   * @param epoch - Counts from 1.
   * @param position - Counts from 0.
   * @throws DataError if a sample cannot be loaded, and shall not be skipped.
   */
  batch(epoch: number, position: number): Promise<readonly Sample[]> {
    const place = (epoch - 1) * this.batchesPerEpoch + position;
    const wanted = this.#ahead.get(place) ?? this.#make(place);
    const last = Math.min(place + this.#plan.options.prefetch, this.#steps - 1);
    for (const other of [...this.#ahead.keys()]) {
      if (other <= place || other > last) this.#ahead.delete(other);
    }
    for (let next = place + 1; next <= last; next++) {
      if (!this.#ahead.has(next)) this.#ahead.set(next, this.#make(next));
    }
    return wanted;
  }

  /**
   * Gives back the memory of samples that nobody needs any more, as far as it is theirs alone: their rasters may be empty then.
   * Without it they are garbage, which takes longer to collect than they took to make.
   */
  release(samples: readonly Sample[]): void {
    for (const sample of samples) this.#threads?.release(sample);
  }

  #make(place: number): Promise<readonly Sample[]> {
    const made = this.#makeBatch(place);
    // Awaited later; without this an error before then would end the process.
    made.catch(() => undefined);
    return made;
  }

  async #makeBatch(place: number): Promise<readonly Sample[]> {
    const { batchSize } = this.#plan;
    const epoch = Math.floor(place / this.batchesPerEpoch) + 1;
    const start = (place % this.batchesPerEpoch) * batchSize;
    const chosen = this.#orders.of(epoch).slice(start, start + batchSize);
    const started = performance.now();
    const samples = await Promise.all(chosen.map((index) => this.#prepare(epoch, index)));
    this.#batchSeconds = (performance.now() - started) / 1000;
    expectStackable(samples);
    return samples;
  }

  async #prepare(epoch: number, index: number): Promise<Sample> {
    const kept = this.#memory?.get(index);
    const keep = kept === undefined && this.#memory?.hasRoom === true;
    const maker = this.#threads ?? this.#maker;
    const { sample, packed, skipped } = await maker.prepare({ epoch, index, packed: kept, keep });
    if (packed !== undefined) this.#memory?.offer(index, packed);
    if (skipped !== undefined) this.#skipped.add(skipped);
    return sample;
  }

  async #startThreads(
    count: number,
    place: DiskCachePlace | undefined,
  ): Promise<SampleThreads | undefined> {
    const { options, logger, recipe } = this.#plan;
    const written = recipe(place);
    let reason: string;
    if (typeof written === 'string') {
      reason = written;
    } else {
      try {
        return await SampleThreads.start(written, count, (index) => this.#nameOf(index));
      } catch (error) {
        reason = messageOf(error);
      }
    }
    const message = `loader: batches are prepared in the main thread: ${reason}; or set loader.workers to 0.`;
    if (options.workers === 'auto') logger.info(message);
    else logger.warn(message);
    return undefined;
  }

  #megabytes(): number {
    return this.#plan.options.cacheMegabytes ?? defaultMegabytes;
  }

  #nameOf(index: number): string {
    const name = this.#plan.dataset.nameOf?.(index);
    return name === undefined ? `sample ${String(index)} of data.train` : `"${name}"`;
  }
}
