import * as z from 'zod';

import { defineSchedule } from '../registry/plugin.js';
import { warmupFactor, warmupOption } from './warmup.js';

const count = z.number().int().positive();
const options = z
  .strictObject({
    every: count.optional().describe('Multiply by gamma after every so many steps.'),
    milestones: z
      .array(count)
      .min(1)
      .optional()
      .describe('Multiply by gamma at each of these steps.'),
    gamma: z.number().positive().default(0.1).describe('What the factor is multiplied by.'),
    warmupSteps: warmupOption(),
  })
  .refine(({ every, milestones }) => (every === undefined) !== (milestones === undefined), {
    error: 'expected either "every" or "milestones", and not both',
  });

/** Options of the schedule `step`. */
export type StepScheduleOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface ScheduleOptions {
    step: StepScheduleOptions;
  }
}

/**
 * Falls by `gamma`: `gamma ^ floor(step / every)`, or `gamma ^ (milestones at or before step)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
 */
export const stepSchedule = defineSchedule({
  name: 'step',
  description: 'Multiplies the learning rate by gamma every N steps or at milestones.',
  source: 'https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html',
  options,
  create: ({ every, milestones = [], gamma, warmupSteps }) => ({
    factor: (step) => {
      const falls =
        every === undefined
          ? milestones.filter((milestone) => milestone <= step).length
          : Math.floor(step / every);
      return gamma ** falls * warmupFactor(step, warmupSteps);
    },
  }),
});
