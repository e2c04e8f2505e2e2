import * as z from 'zod';

import { defineSchedule } from '../registry/plugin.js';
import { warmupFactor, warmupOption } from './warmup.js';

const factor = z.number().min(0).max(1);
const options = z.strictObject({
  risingShare: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.3)
    .describe('Share of the run over which the rate climbs.'),
  startFactor: factor.default(0.04).describe('The factor of the first step.'),
  endFactor: factor.default(4e-6).describe('The factor of the last step.'),
  anneal: z.enum(['cos', 'linear']).default('cos').describe('The shape of climb and fall.'),
  warmupSteps: warmupOption(),
});

/** Options of the schedule `one-cycle`. */
export type OneCycleScheduleOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface ScheduleOptions {
    'one-cycle': OneCycleScheduleOptions;
  }
}

const shapes = {
  cos: (from: number, to: number, share: number) =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share)),
  linear: (from: number, to: number, share: number) => from + (to - from) * share,
};

/**
 * Climbs from `startFactor` to 1 over `risingShare` of the run and falls to `endFactor` at its last step; the optimiser's
 * rate is the top. As PyTorch's `OneCycleLR` with `div_factor = 1 / startFactor` and
 * `final_div_factor = startFactor / endFactor`; momentum stays as it is (`cycle_momentum=False`).
 * @see https://arxiv.org/abs/1708.07120
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
 */
export const oneCycleSchedule = defineSchedule({
  name: 'one-cycle',
  description: 'Climbs to the full learning rate and falls to almost nothing, once.',
  source: 'https://arxiv.org/abs/1708.07120',
  options,
  create: ({ risingShare, startFactor, endFactor, anneal, warmupSteps }, { totalSteps }) => {
    // PyTorch's clock: the top lies one step before the share is over, the end is the last step.
    const top = Math.max(0, risingShare * totalSteps - 1);
    const end = Math.max(top + 1, totalSteps - 1);
    const between = shapes[anneal];
    return {
      factor: (step) => {
        const cycle =
          step <= top
            ? between(startFactor, 1, top === 0 ? 1 : step / top)
            : between(1, endFactor, Math.min(1, (step - top) / (end - top)));
        return cycle * warmupFactor(step, warmupSteps);
      },
    };
  },
});
