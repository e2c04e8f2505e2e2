import type { StateValue } from './state-value.js';

/** Scales the learning rate over the run. */
export interface Schedule {
  /**
   * Factor of the optimiser's base rate.
   * @param step - Steps already taken: 0 before the first update.
   */
  factor(step: number): number;
  /** What it remembers beside the step, for a checkpoint. Left out: nothing. */
  state?(): StateValue;
  /** Takes up what `state` gave. */
  restore?(state: StateValue): void;
}

/** What a schedule's factory is told. */
export interface ScheduleArguments {
  /** Steps of the whole run. */
  readonly totalSteps: number;
}

/** Options of every schedule by name; plugins merge theirs in. */
export interface ScheduleOptions {}
