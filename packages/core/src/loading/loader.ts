import type { Dataset } from '../components/dataset.js';
import type { Loss } from '../components/loss.js';
import type { Sample } from '../components/sample.js';
import type { Transform } from '../components/transform.js';
import { DataError } from '../errors.js';
import type { RandomStream } from '../tensor/random-stream.js';
import { applyTransforms } from './apply-transforms.js';
import { expectStackable } from './batch.js';
import { WeightMaps } from './weight-maps.js';

/** What a loader needs. */
export interface LoaderPlan {
  readonly dataset: Dataset;
  readonly transforms: readonly Transform[];
  readonly loss: Loss;
  readonly batchSize: number;
  /** The run's stream; order and augmentation fork from it by epoch and sample. */
  readonly random: RandomStream;
}

/** Delivers the batches of a training set, shuffled per epoch; a function of seed, epoch and position alone. */
export class Loader {
  readonly #plan: LoaderPlan;
  readonly #weightMaps: WeightMaps;
  #order: { readonly epoch: number; readonly indices: readonly number[] } | undefined;

  constructor(plan: LoaderPlan) {
    if (plan.dataset.length === 0) {
      throw new DataError(
        'data.train: the training set holds no samples; check its folder and range.',
      );
    }
    this.#plan = plan;
    this.#weightMaps = new WeightMaps(plan.loss);
  }

  /** Batches of one epoch, the last one possibly smaller. */
  get batchesPerEpoch(): number {
    return Math.ceil(this.#plan.dataset.length / this.#plan.batchSize);
  }

  /**
   * One batch, loaded and augmented.
   * @param epoch - Counts from 1.
   * @param position - Counts from 0.
   */
  async batch(epoch: number, position: number): Promise<readonly Sample[]> {
    const { batchSize, random } = this.#plan;
    const order = this.#orderOf(epoch);
    const chosen = order.slice(position * batchSize, (position + 1) * batchSize);
    const augmentation = random.fork('augmentation').fork(epoch);
    const samples = await Promise.all(
      chosen.map((index) => this.#prepare(index, augmentation.fork(index))),
    );
    expectStackable(samples);
    return samples;
  }

  /** The shuffled indices of an epoch, kept while its batches are asked for. */
  #orderOf(epoch: number): readonly number[] {
    if (this.#order?.epoch !== epoch) {
      const { dataset, random } = this.#plan;
      const indices = Array.from({ length: dataset.length }, (_, index) => index);
      this.#order = { epoch, indices: random.fork('order').fork(epoch).shuffle(indices) };
    }
    return this.#order.indices;
  }

  async #prepare(index: number, random: RandomStream): Promise<Sample> {
    const { dataset, transforms } = this.#plan;
    const sample = this.#weightMaps.addTo(await dataset.load(index), index);
    return applyTransforms(transforms, sample, random);
  }
}
