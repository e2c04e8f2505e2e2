import type { Dataset, DecodedSample } from '../components/dataset.js';
import type { Loss } from '../components/loss.js';
import type { Sample } from '../components/sample.js';
import type { Transform } from '../components/transform.js';
import { DataError } from '../errors.js';
import type { RandomStream } from '../tensor/random-stream.js';
import type { Box } from '../tensor/box.js';
import type { Size } from '../tensor/size.js';
import { applyTransforms, augmentationStream } from './apply-transforms.js';
import type { DiskCache } from './disk-cache.js';
import { packSample, unpackSample, type PackedSample } from './packed-sample.js';

/** What prepares samples, in the main thread or in a thread of the loader. */
export interface SampleMakerPlan {
  readonly dataset: Dataset;
  readonly transforms: readonly Transform[];
  /** Only its weight map counts. */
  readonly loss: Pick<Loss, 'weightMap'>;
  /** The run's stream; augmentation forks from it by epoch and sample. */
  readonly random: RandomStream;
  readonly onError: 'fail' | 'skip';
  readonly diskCache?: DiskCache | undefined;
}

/** One sample of one epoch. */
export interface SampleJob {
  /** Counts from 1. */
  readonly epoch: number;
  /** Index in the data set. */
  readonly index: number;
  /** The sample as it was loaded before, if it was kept. */
  readonly packed?: PackedSample | undefined;
  /** Whether the sample is wanted packed, to be kept. */
  readonly keep: boolean;
}

/** A sample that was skipped. */
export interface SkippedSample {
  readonly index: number;
  readonly reason: string;
}

/** A prepared sample. */
export interface PreparedSample {
  /** Augmented. */
  readonly sample: Sample;
  /** As loaded, if the data set may hold its pixels; they must not be changed. */
  readonly held?: Sample | undefined;
  /** As loaded, if that was wanted. */
  readonly packed?: PackedSample | undefined;
  readonly skipped?: readonly SkippedSample[] | undefined;
}

/** A loaded sample, with its weight map. */
interface Loaded {
  readonly sample: Sample;
  readonly skipped: readonly SkippedSample[];
  /** Whether the data set may hold its pixels. */
  readonly held: boolean;
  /** Whether the first transform is applied already: only what it cuts out was read. */
  readonly cut: boolean;
}

/** Makes the samples of batches: loads one, adds its weight map, and augments it. */
export class SampleMaker {
  readonly #plan: SampleMakerPlan;

  constructor(plan: SampleMakerPlan) {
    this.#plan = plan;
  }

  /**
   * One sample of an epoch, a function of seed, epoch and index alone.
   * @throws DataError if the sample cannot be loaded, and shall not be skipped.
   */
  async prepare({ epoch, index, packed, keep }: SampleJob): Promise<PreparedSample> {
    const random = augmentationStream(this.#plan.random, epoch, index);
    const { sample, skipped, held, cut } =
      packed === undefined ? await this.#load(index, random, keep) : this.#unpack(packed, random);
    const { transforms } = this.#plan;
    // Training predicts nothing that would have to be restored.
    const { restore: _, ...augmented } = applyTransforms(transforms, sample, random, Number(cut));
    return {
      sample: augmented,
      ...(held && { held: sample }),
      ...(keep && packed === undefined && !cut && { packed: packSample(sample) }),
      ...(skipped.length > 0 && { skipped }),
    };
  }

  /** A kept sample or, if the first transform only cuts, what that cuts out of it. */
  #unpack(packed: PackedSample, random: RandomStream): Loaded {
    const box = this.#cropOf(packed.rasters.image, random, packed.id);
    const sample = unpackSample(packed, box);
    return { sample, skipped: [], held: false, cut: box !== undefined };
  }

  /**
   * The sample of an index or, where that is to be skipped, the next one of the data set that can be loaded.
   * @param random - The sample's own stream.
   * @param keep - Whether the whole sample is wanted.
   */
  async #load(index: number, random: RandomStream, keep: boolean): Promise<Loaded> {
    const { dataset, onError } = this.#plan;
    const skipped: SkippedSample[] = [];
    const inParts = !keep && this.#cropsAlone();
    for (;;) {
      const next = (index + skipped.length) % dataset.length;
      // Outside of the following, because a crop that does not fit is no damaged file.
      const box = await this.#boxOf(next, random);
      let decoded: DecodedSample | undefined;
      try {
        const region = box && (await dataset.loadRegion?.(next, box));
        if (region !== undefined) return { sample: region, skipped, held: true, cut: true };
        if (inParts) decoded = await dataset.decode?.(next);
        if (decoded === undefined) {
          return { sample: await this.#loadWeighted(next), skipped, held: true, cut: false };
        }
      } catch (error) {
        if (onError === 'fail' || !(error instanceof DataError)) throw error;
        skipped.push({ index: next, reason: error.message });
        if (skipped.length < dataset.length) continue;
        throw new DataError(
          `data.train: none of the ${String(dataset.length)} samples can be loaded; the last one: ${error.message}`,
          { cause: error },
        );
      }
      const crop = this.#cropOf(decoded.size, random, dataset.nameOf?.(next));
      return { sample: decoded.sample(crop), skipped, held: false, cut: true };
    }
  }

  /** Whether nothing but what the first transform cuts out of a sample is needed. */
  #cropsAlone(): boolean {
    const { transforms, loss, diskCache } = this.#plan;
    const [first] = transforms;
    return first?.region !== undefined && loss.weightMap === undefined && diskCache === undefined;
  }

  /** What the first transform cuts out, if that is all it does. */
  #cropOf(size: Size, random: RandomStream, id: string | undefined): Box | undefined {
    return this.#plan.transforms[0]?.region?.(size, random.fork(0), id);
  }

  /** What the first transform cuts out of a large image, if that can be read alone and nothing needs the whole image. */
  async #boxOf(index: number, random: RandomStream): Promise<Box | undefined> {
    const { dataset, transforms, loss } = this.#plan;
    const [first] = transforms;
    if (first?.region === undefined || loss.weightMap !== undefined) return undefined;
    const size = await dataset.largeSize?.(index);
    return size && first.region(size, random.fork(0));
  }

  async #loadWeighted(index: number): Promise<Sample> {
    const { dataset, diskCache } = this.#plan;
    const fingerprint = diskCache && (await dataset.fingerprint?.(index));
    if (diskCache === undefined || fingerprint === undefined) {
      return this.#weighted(await dataset.load(index));
    }
    const kept = await diskCache.read(index, fingerprint);
    if (kept !== undefined) return unpackSample(kept);
    const sample = this.#weighted(await dataset.load(index));
    await diskCache.write(index, fingerprint, packSample(sample));
    return sample;
  }

  /** The sample with its loss's weight map, made of the whole image: transforms move it along with the labels. */
  #weighted(sample: Sample): Sample {
    const { loss } = this.#plan;
    if (loss.weightMap === undefined || sample.labels === undefined) return sample;
    return { ...sample, weights: loss.weightMap(sample.labels, sample.instances) };
  }
}
