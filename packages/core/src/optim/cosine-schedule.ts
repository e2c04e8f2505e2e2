import * as z from 'zod';

import { defineSchedule } from '../registry/plugin.js';
import { warmupFactor, warmupOption } from './warmup.js';

const count = z.number().int().positive();
const options = z
  .strictObject({
    minFactor: z.number().min(0).max(1).default(0).describe('The factor at the end of a cycle.'),
    restartEvery: count
      .optional()
      .describe(
        'Steps of the first cycle, after which the rate is back at its top; default: none.',
      ),
    restartGrowth: count
      .default(1)
      .describe('How many times as long each cycle is as the one before it.'),
    warmupSteps: warmupOption(),
  })
  .refine(({ restartEvery, restartGrowth }) => restartEvery !== undefined || restartGrowth === 1, {
    path: ['restartGrowth'],
    error: 'expected restartEvery with it, the steps of the first cycle',
  });

/** Options of the schedule `cosine`. */
export type CosineScheduleOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface ScheduleOptions {
    cosine: CosineScheduleOptions;
  }
}

/** The share of the current cycle that lies behind `step`, where each cycle is `growth` times as long as the last. */
function shareOfCycle(step: number, first: number, growth: number): number {
  if (growth === 1) return (step % first) / first;
  let start = 0;
  let length = first;
  while (step >= start + length) {
    start += length;
    length *= growth;
  }
  return (step - start) / length;
}

/**
 * Half a cosine from 1 to `minFactor`: `minFactor + (1 - minFactor) * (1 + cos(pi * t)) / 2`, where `t` is the share of
 * the run that is over, and `minFactor` after the end. With `restartEvery`, `t` is the share of a cycle and jumps back
 * to 0 at its end: warm restarts.
 * @see https://arxiv.org/abs/1608.03983
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
 */
export const cosineSchedule = defineSchedule({
  name: 'cosine',
  description: 'Falls along half a cosine to minFactor at the end of the run, or of each cycle.',
  source: 'https://arxiv.org/abs/1608.03983',
  options,
  create: ({ minFactor, restartEvery, restartGrowth, warmupSteps }, { totalSteps }) => ({
    factor: (step) => {
      const share =
        restartEvery === undefined
          ? Math.min(1, step / totalSteps)
          : shareOfCycle(step, restartEvery, restartGrowth);
      const factor = minFactor + ((1 - minFactor) * (1 + Math.cos(Math.PI * share))) / 2;
      return factor * warmupFactor(step, warmupSteps);
    },
  }),
});
