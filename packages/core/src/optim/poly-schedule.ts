import * as z from 'zod';

import { defineSchedule } from '../registry/plugin.js';
import { warmupFactor, warmupOption } from './warmup.js';

const options = z.strictObject({
  power: z.number().positive().default(0.9).describe('1 is a straight line to zero.'),
  warmupSteps: warmupOption(),
});

/** Options of the schedule `poly`. */
export type PolyScheduleOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface ScheduleOptions {
    poly: PolyScheduleOptions;
  }
}

/**
 * Falls to zero at the run's end: `(1 - step / totalSteps) ^ power`, with DeepLab's power 0.9 by default.
 * @see https://arxiv.org/abs/1606.00915
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
 */
export const polySchedule = defineSchedule({
  name: 'poly',
  description: 'Falls to zero as a power of the remaining share of the run.',
  source: 'https://arxiv.org/abs/1606.00915',
  options,
  create: ({ power, warmupSteps }, { totalSteps }) => ({
    factor: (step) => Math.max(0, 1 - step / totalSteps) ** power * warmupFactor(step, warmupSteps),
  }),
});
