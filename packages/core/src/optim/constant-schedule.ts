import * as z from 'zod';

import { defineSchedule } from '../registry/plugin.js';
import { warmupFactor, warmupOption } from './warmup.js';

const options = z.strictObject({ warmupSteps: warmupOption() });

/** Options of the schedule `constant`. */
export type ConstantScheduleOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface ScheduleOptions {
    constant: ConstantScheduleOptions;
  }
}

/** The base learning rate throughout, after an optional warm-up. */
export const constantSchedule = defineSchedule({
  name: 'constant',
  description: 'The same learning rate throughout.',
  options,
  create: ({ warmupSteps }) => ({ factor: (step) => warmupFactor(step, warmupSteps) }),
});
