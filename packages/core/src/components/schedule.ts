/** Scales the learning rate over the run. */
export interface Schedule {
  /**
   * Factor of the optimiser's base rate.
   * @param step - Steps already taken: 0 before the first update.
   */
  factor(step: number): number;
}

/** What a schedule's factory is told. */
export interface ScheduleArguments {
  /** Steps of the whole run. */
  readonly totalSteps: number;
}

/** Options of every schedule by name; plugins merge theirs in. */
export interface ScheduleOptions {}
