import type { GuardsState } from '../../checkpoint/checkpoint-state.js';
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
  #skipped: number;
  #returns: number;

  constructor(train: Pick<TrainConfig, 'onNonFinite' | 'onLossSpike'>, start: GuardsState) {
    this.#train = train;
    this.#spikes = new LossSpikes(train.onLossSpike, start.losses);
    this.#skipped = start.skipped;
    this.#returns = start.returns;
  }

  /** What the learning rate is multiplied by: less after each return to a checkpoint. */
  get rateFactor(): number {
    return this.#train.onNonFinite.rateFactor ** this.#returns;
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

  /** The run went back to a checkpoint that holds this state; the returns count on. */
  returnTo({ losses, skipped }: GuardsState): void {
    this.#returns += 1;
    this.#skipped = skipped;
    this.#spikes.restore(losses);
  }

  state(): GuardsState {
    return { skipped: this.#skipped, returns: this.#returns, losses: this.#spikes.state() };
  }

  #judgeNonFinite(measured: StepMeasure, judged: JudgedStep): Verdict {
    const { do: action, limit } = this.#train.onNonFinite;
    const found = describe(measured, judged);
    if (action === 'stop') throw new TrainingError(`${found}; ${remedy}`);
    const samples = judged.samples.map(({ id }) => id);
    const cause = { guard: 'non-finite', ...measured, samples, action } as const;
    const done = action === 'skip' ? this.#skipped : this.#returns;
    if (done >= limit) {
      const before =
        action === 'skip'
          ? `${String(limit)} updates in a row were left out before it`
          : `the run went back to a checkpoint ${String(limit)} times before it`;
      throw new TrainingError(`${found}; ${before} (train.onNonFinite.limit); ${remedy}`);
    }
    if (action === 'rollback') return { action, warning: { message: found, cause } };
    this.#skipped += 1;
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
