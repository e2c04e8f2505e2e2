import type { StateValue } from './state-value.js';

/** What a schedule hears of a validation. */
export interface ObservedValidation {
  readonly loss: number;
  /** By name, e.g. `meanIoU`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Scales the learning rate over the run. A factor is a function of the step alone, unless the schedule listens to
 * validations: then it also has `state` and `restore`, and goes on exactly from what it saved.
 */
export interface Schedule {
  /**
   * Factor of the optimiser's base rate.
   * @param step - Steps already taken: 0 before the first update.
   */
  factor(step: number): number;
  /**
   * Hears every validation of the run, in order. A schedule that has this needs a validation set.
   * @throws ConfigError if the validation lacks the number that the schedule watches.
   */
  observe?(validation: ObservedValidation): void;
  /** What it remembers beside the step, for a checkpoint. Left out: nothing. */
  state?(): StateValue;
  /** Takes up what `state` gave. @throws CheckpointError if it is not its own. */
  restore?(state: StateValue): void;
}

/** What a schedule's factory is told. */
export interface ScheduleArguments {
  /** Steps of the whole run. */
  readonly totalSteps: number;
}

/** Options of every schedule by name; plugins merge theirs in. */
export interface ScheduleOptions {}
