import type { Dataset, DecodedSample } from '../components/dataset.js';
import type { Loss } from '../components/loss.js';
import type { Sample } from '../components/sample.js';
import type { Transform } from '../components/transform.js';
import { DataError } from '../errors.js';
import type { RandomStream } from '../tensor/random-stream.js';
import type { Box } from '../tensor/box.js';
import { applyTransforms, augmentationStream, transformDecoded } from './apply-transforms.js';
import type { DiskCache } from './disk-cache.js';
import { openPacked, packSample, type PackedSample } from './packed-sample.js';

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

/** A sample before its transforms, with its weight map. */
type Loaded =
  | { readonly decoded: DecodedSample }
  | {
      /** The data set may hold its pixels. */
      readonly sample: Sample;
      /** Whether the first transform is applied already: only what it cuts out was read. */
      readonly cut: boolean;
    };

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
    const { loaded, skipped } =
      packed === undefined
        ? await this.#load(index, random, keep)
        : { loaded: { decoded: openPacked(packed) }, skipped: [] };
    const { transforms } = this.#plan;
    if ('decoded' in loaded) {
      const sample = withoutRestore(transformDecoded(transforms, loaded.decoded, random));
      return { sample, ...(skipped.length > 0 && { skipped }) };
    }
    const { sample, cut } = loaded;
    return {
      sample: withoutRestore(applyTransforms(transforms, sample, random, Number(cut))),
      held: sample,
      ...(keep && !cut && { packed: packSample(sample) }),
      ...(skipped.length > 0 && { skipped }),
    };
  }

  /**
   * The sample of an index or, where that is to be skipped, the next one of the data set that can be loaded.
   * @param random - The sample's own stream.
   * @param keep - Whether it is wanted as it was loaded.
   */
  async #load(
    index: number,
    random: RandomStream,
    keep: boolean,
  ): Promise<{ readonly loaded: Loaded; readonly skipped: readonly SkippedSample[] }> {
    const { dataset, onError } = this.#plan;
    const skipped: SkippedSample[] = [];
    for (;;) {
      const next = (index + skipped.length) % dataset.length;
      // Outside of the following, because a crop that does not fit is no damaged file.
      const box = await this.#boxOf(next, random);
      try {
        return { loaded: await this.#loadFrom(next, box, keep), skipped };
      } catch (error) {
        if (onError === 'fail' || !(error instanceof DataError)) throw error;
        skipped.push({ index: next, reason: error.message });
        if (skipped.length < dataset.length) continue;
        throw new DataError(
          `data.train: none of the ${String(dataset.length)} samples can be loaded; the last one: ${error.message}`,
          { cause: error },
        );
      }
    }
  }

  /** @param box - What the first transform will cut out of a large image. */
  async #loadFrom(index: number, box: Box | undefined, keep: boolean): Promise<Loaded> {
    const { dataset, loss, diskCache } = this.#plan;
    const region = box && (await dataset.loadRegion?.(index, box));
    if (region !== undefined) return { sample: region, cut: true };
    const fingerprint = diskCache && (await dataset.fingerprint?.(index));
    if (diskCache !== undefined && fingerprint !== undefined) {
      const kept = await diskCache.read(index, fingerprint);
      if (kept !== undefined) return { decoded: openPacked(kept) };
      const sample = this.#weighted(await dataset.load(index));
      await diskCache.write(index, fingerprint, packSample(sample));
      return { sample, cut: false };
    }
    const whole = keep || loss.weightMap !== undefined;
    if (!whole && dataset.decode !== undefined) return { decoded: await dataset.decode(index) };
    return { sample: this.#weighted(await dataset.load(index)), cut: false };
  }

  /** What the first transform cuts out of a large image, if that can be read alone and nothing needs the whole image. */
  async #boxOf(index: number, random: RandomStream): Promise<Box | undefined> {
    const { dataset, transforms, loss } = this.#plan;
    const [first] = transforms;
    if (first?.region === undefined || loss.weightMap !== undefined) return undefined;
    const size = await dataset.largeSize?.(index);
    return size && first.region(size, random.fork(0));
  }

  /** The sample with its loss's weight map, made of the whole image: transforms move it along with the labels. */
  #weighted(sample: Sample): Sample {
    const { loss } = this.#plan;
    if (loss.weightMap === undefined || sample.labels === undefined) return sample;
    return { ...sample, weights: loss.weightMap(sample.labels, sample.instances) };
  }
}

/** Training predicts nothing that would have to be restored. */
function withoutRestore(sample: Sample): Sample {
  const { restore: _, ...rest } = sample;
  return rest;
}
