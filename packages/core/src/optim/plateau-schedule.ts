import * as z from 'zod';

import type { ObservedValidation, Schedule } from '../components/schedule.js';
import { CheckpointError, ConfigError } from '../errors.js';
import { defineSchedule } from '../registry/plugin.js';
import { warmupFactor, warmupOption } from './warmup.js';

const validations = z.number().int().nonnegative();
const options = z.strictObject({
  monitor: z.string().min(1).default('loss').describe('"loss" or the name of a metric.'),
  mode: z
    .enum(['min', 'max'])
    .optional()
    .describe('Whether smaller or larger is better; by default min for "loss", else max.'),
  gamma: z.number().gt(0).lt(1).default(0.1).describe('What the factor is multiplied by.'),
  patience: validations.default(10).describe('Validations without a better value that are borne.'),
  threshold: z
    .number()
    .nonnegative()
    .default(1e-4)
    .describe('By how much a value must beat the best to count as better.'),
  thresholdMode: z
    .enum(['rel', 'abs'])
    .default('rel')
    .describe('Whether the threshold is a share of the best value or an amount.'),
  cooldown: validations.default(0).describe('Validations after a fall that do not count.'),
  minFactor: z.number().min(0).max(1).default(0).describe('The factor never falls below this.'),
  warmupSteps: warmupOption(),
});

/** Options of the schedule `plateau`. */
export type PlateauScheduleOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface ScheduleOptions {
    plateau: PlateauScheduleOptions;
  }
}

/** What a plateau schedule remembers. */
interface Memory {
  readonly factor: number;
  /** The worst there is before the first number. */
  readonly best: number;
  /** Validations in a row that brought nothing better. */
  readonly bad: number;
  readonly coolingDown: number;
}

const saved = z.strictObject({
  factor: z.number(),
  // zod's number() refuses infinities.
  best: z.custom<number>((value) => typeof value === 'number'),
  bad: validations,
  coolingDown: validations,
});

type Settings = z.output<typeof options>;

function isBetter(
  value: number,
  best: number,
  mode: 'min' | 'max',
  { threshold, thresholdMode }: Settings,
): boolean {
  const sign = mode === 'max' ? 1 : -1;
  const margin = sign * threshold;
  return sign * value > sign * (thresholdMode === 'rel' ? best * (1 + margin) : best + margin);
}

function plateau(settings: Settings, path: string): Schedule {
  const { monitor, mode = monitor === 'loss' ? 'min' : 'max', warmupSteps } = settings;
  const worst = mode === 'max' ? -Infinity : Infinity;
  let now: Memory = { factor: 1, best: worst, bad: 0, coolingDown: 0 };
  return {
    factor: (step) => now.factor * warmupFactor(step, warmupSteps),
    observe: (validation) => {
      const value = monitored(validation, monitor, path);
      const better = isBetter(value, now.best, mode, settings);
      const coolingDown = Math.max(0, now.coolingDown - 1);
      const bad = better || now.coolingDown > 0 ? 0 : now.bad + 1;
      const best = better ? value : now.best;
      now =
        bad > settings.patience
          ? {
              factor: Math.max(now.factor * settings.gamma, settings.minFactor),
              best,
              bad: 0,
              coolingDown: settings.cooldown,
            }
          : { factor: now.factor, best, bad, coolingDown };
    },
    state: () => ({ ...now }),
    restore: (state) => {
      const parsed = saved.safeParse(state);
      if (!parsed.success) {
        throw new CheckpointError(
          `${path}: the saved state is not one of "plateau"; ` +
            'resume with the schedule it was saved with.',
        );
      }
      now = parsed.data;
    },
  };
}

function monitored({ loss, metrics }: ObservedValidation, monitor: string, path: string): number {
  const value = monitor === 'loss' ? loss : metrics[monitor];
  if (value !== undefined) return value;
  const message = `expected one of the validation's numbers, ${['loss', ...Object.keys(metrics)].join(', ')}; received "${monitor}"`;
  throw new ConfigError(`${path}.monitor: ${message}.`, [{ path: `${path}.monitor`, message }]);
}

/**
 * Falls by `gamma` when the monitored number of the validations has not become better more than `patience` times in a
 * row. As PyTorch's `ReduceLROnPlateau` with `eps=0`; `mode` follows the number that is watched.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 */
export const plateauSchedule = defineSchedule({
  name: 'plateau',
  description: 'Multiplies the learning rate by gamma when validations stop getting better.',
  source:
    'https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html',
  options,
  create: (settings, { path }) => plateau(settings, path),
});
