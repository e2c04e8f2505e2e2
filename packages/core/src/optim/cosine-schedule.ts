import * as z from 'zod';

import { defineSchedule } from '../registry/plugin.js';
import { warmupFactor, warmupOption } from './warmup.js';

const options = z.strictObject({
  minFactor: z.number().min(0).max(1).default(0).describe('The factor at the end of the run.'),
  warmupSteps: warmupOption(),
});

/** Options of the schedule `cosine`. */
export type CosineScheduleOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface ScheduleOptions {
    cosine: CosineScheduleOptions;
  }
}

/**
 * Half a cosine from 1 to `minFactor`:
 * `minFactor + (1 - minFactor) * (1 + cos(pi * step / totalSteps)) / 2`, and `minFactor` after the end.
 * @see https://arxiv.org/abs/1608.03983
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
 */
export const cosineSchedule = defineSchedule({
  name: 'cosine',
  description: 'Falls along half a cosine to minFactor at the end of the run.',
  source: 'https://arxiv.org/abs/1608.03983',
  options,
  create: ({ minFactor, warmupSteps }, { totalSteps }) => ({
    factor: (step) => {
      const cosine = Math.cos(Math.PI * Math.min(1, step / totalSteps));
      const factor = minFactor + ((1 - minFactor) * (1 + cosine)) / 2;
      return factor * warmupFactor(step, warmupSteps);
    },
  }),
});
