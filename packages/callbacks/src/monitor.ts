import { CheckpointError, ConfigError, type StateValue, type Validation } from '@segkit/core';
import * as z from 'zod';

/** Options of callbacks that watch one number of the validations. */
export const monitorOptions = {
  monitor: z
    .string()
    .min(1)
    .optional()
    .describe('"loss" or a metric\'s name; by default meanIoU, or loss where there is none.'),
  mode: z
    .enum(['max', 'min'])
    .optional()
    .describe('Whether larger or smaller is better; by default min for "loss", else max.'),
};

/** What to watch. */
export interface MonitorSettings {
  readonly monitor?: string | undefined;
  readonly mode?: 'max' | 'min' | undefined;
  /** By how much a value must beat the best to count. */
  readonly minDelta?: number;
  /** The callback's place in the config; opens error messages. */
  readonly path: string;
}

/** The best value so far and where it was seen. */
export interface BestValue {
  readonly monitor: string;
  readonly mode: 'max' | 'min';
  readonly value: number;
  readonly step: number;
}

const bestValue = z.object({
  monitor: z.string(),
  mode: z.enum(['max', 'min']),
  // zod's number() refuses infinities, which PSNR reaches.
  value: z.custom<number>((value) => typeof value === 'number'),
  step: z.number(),
});

/** Watches one number of the validations and remembers its best value. NaN never counts as better. */
export class Monitor {
  readonly #settings: MonitorSettings;
  #best: BestValue | undefined;

  constructor(settings: MonitorSettings) {
    this.#settings = settings;
  }

  /** The best value so far. */
  get best(): BestValue | undefined {
    return this.#best;
  }

  /** The best value, for a checkpoint. */
  state(): StateValue {
    return this.#best === undefined ? null : { ...this.#best };
  }

  /**
   * Takes up what `state` gave, if the same number was watched in the same way.
   * @throws CheckpointError if it is no such state.
   */
  restore(state: StateValue): void {
    const parsed = bestValue.nullable().safeParse(state);
    if (!parsed.success) {
      throw new CheckpointError(
        `${this.#settings.path}: the checkpoint's state of this callback should hold monitor, mode, value and step; ` +
          'it was saved by another callback of the same name.',
      );
    }
    const best = parsed.data;
    if (best === null) return;
    const { monitor = best.monitor, mode = defaultMode(monitor) } = this.#settings;
    if (best.monitor === monitor && best.mode === mode) this.#best = best;
  }

  /**
   * Looks at one validation.
   * @returns Whether it is the best so far, by more than `minDelta`.
   * @throws ConfigError if the validation has no number of that name, listing those it has.
   */
  improves(validation: Validation): boolean {
    const { monitor = defaultMonitor(validation), minDelta = 0 } = this.#settings;
    const { mode = defaultMode(monitor) } = this.#settings;
    const value = this.#valueOf(validation, monitor);
    if (Number.isNaN(value)) return false;
    const best = this.#best?.value;
    const better =
      best === undefined || (mode === 'max' ? value > best + minDelta : value < best - minDelta);
    if (better) this.#best = { monitor, mode, value, step: validation.step };
    return better;
  }

  #valueOf({ loss, metrics }: Validation, monitor: string): number {
    const value = monitor === 'loss' ? loss : metrics[monitor];
    if (value !== undefined) return value;
    const path = `${this.#settings.path}.monitor`;
    const message = `expected one of the validation's numbers, ${['loss', ...Object.keys(metrics)].join(', ')}; received "${monitor}"`;
    throw new ConfigError(`${path}: ${message}.`, [{ path, message }]);
  }
}

function defaultMonitor({ metrics }: Validation): string {
  return 'meanIoU' in metrics ? 'meanIoU' : 'loss';
}

function defaultMode(monitor: string): 'max' | 'min' {
  return monitor === 'loss' ? 'min' : 'max';
}
