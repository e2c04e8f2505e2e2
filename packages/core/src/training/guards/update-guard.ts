import type { WarningCause } from '../../components/training-event.js';
import type { TrainConfig } from '../../config/train-schema.js';
import { TrainingError } from '../../errors.js';
import type { StepMeasure } from '../train-step.js';
import { LossSpikes } from './loss-spikes.js';

/** What becomes of a step's update, and what to tell of it. */
export interface Verdict {
  readonly action: 'update' | 'skip' | 'rollback';
  readonly warning?: { readonly message: string; readonly cause: WarningCause };
}

/** What a guard remembers: plain JSON. */
export interface UpdateGuardState {
  /** Updates left out in a row because a loss or gradient was not finite. */
  readonly skipped: number;
  /** The last losses, oldest first. */
  readonly losses: readonly number[];
}

/** A step as messages describe it. */
export interface JudgedStep {
  /** Counts from 1. */
  readonly step: number;
  readonly learningRate: number;
  readonly samples: readonly { readonly id: string }[];
}

/** Decides whether a step's update is made: not with a loss or gradient that is not finite, nor, if asked, at a spike. */
export class UpdateGuard {
  readonly #train: Pick<TrainConfig, 'onNonFinite' | 'onLossSpike'>;
  readonly #spikes: LossSpikes;
  #skipped = 0;

  constructor(train: Pick<TrainConfig, 'onNonFinite' | 'onLossSpike'>) {
    this.#train = train;
    this.#spikes = new LossSpikes(train.onLossSpike);
  }

  /** @throws TrainingError if the run cannot go on. */
  judge(measured: StepMeasure, judged: JudgedStep): Verdict {
    const { loss, gradientNorm } = measured;
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      return this.#judgeNonFinite(measured, judged);
    }
    this.#skipped = 0;
    return this.#judgeLoss(loss, judged);
  }

  state(): UpdateGuardState {
    return { skipped: this.#skipped, losses: this.#spikes.state() };
  }

  restore({ skipped, losses }: UpdateGuardState): void {
    this.#skipped = skipped;
    this.#spikes.restore(losses);
  }

  #judgeNonFinite(measured: StepMeasure, judged: JudgedStep): Verdict {
    const { do: action, limit } = this.#train.onNonFinite;
    const found = describe(measured, judged);
    if (action === 'stop') throw new TrainingError(`${found}; ${remedy}`);
    const samples = judged.samples.map(({ id }) => id);
    const cause = { guard: 'non-finite', ...measured, samples, action } as const;
    if (action === 'rollback') return { action, warning: { message: found, cause } };
    this.#skipped += 1;
    if (this.#skipped > limit) {
      const before = `${String(limit)} updates in a row were left out before it`;
      throw new TrainingError(`${found}; ${before} (train.onNonFinite). ${remedy}`);
    }
    return { action, warning: { message: `${found}; the update was left out`, cause } };
  }

  #judgeLoss(loss: number, { step }: JudgedStep): Verdict {
    const spike = this.#spikes.observe(loss);
    const { do: action } = this.#train.onLossSpike;
    if (spike === undefined || action === 'ignore') return { action: 'update' };
    const { median, limit } = spike;
    const message =
      `step ${String(step)}: the loss is ${loss.toPrecision(4)}, the median of the steps before ${median.toPrecision(4)} ` +
      `(a spike from ${limit.toPrecision(4)} on)${action === 'skip' ? '; the update was left out' : ''}`;
    const warning = { message, cause: { guard: 'loss-spike', loss, ...spike, action } } as const;
    return { action: action === 'skip' ? 'skip' : 'update', warning };
  }
}

const remedy =
  'the weights were left as they were. Lower optimizer.learningRate, set train.clipNorm, check the images for extreme ' +
  'values, or normalise them.';

function describe({ loss, gradientNorm }: StepMeasure, judged: JudgedStep): string {
  const { step, learningRate, samples } = judged;
  const wrong = Number.isFinite(loss)
    ? `the norm of the gradients is ${String(gradientNorm)} (loss ${String(loss)})`
    : `the loss is ${String(loss)}`;
  const ids = samples.map(({ id }) => `"${id}"`).join(', ');
  return `step ${String(step)}: ${wrong} at learning rate ${String(learningRate)}, samples ${ids}`;
}
