import * as z from 'zod';

/** Steps of linear warm-up. */
export function warmupOption() {
  return z
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe('Steps over which the factor is also multiplied by a line that climbs to 1.');
}

/**
 * The warm-up's factor: `(step + 1) / (warmupSteps + 1)` up to 1. It multiplies a schedule's own factor, whose
 * clock starts at step 0 all the same, as PyTorch's `ChainedScheduler` of a `LinearLR` and another does.
 * @param step - Steps already taken.
 */
export function warmupFactor(step: number, warmupSteps: number): number {
  return Math.min(1, (step + 1) / (warmupSteps + 1));
}
