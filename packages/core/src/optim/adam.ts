import * as z from 'zod';

import { defineOptimizer } from '../registry/plugin.js';
import { adamUpdates } from './adam-update.js';
import {
  betasOption,
  epsOption,
  learningRateOption,
  weightDecayOption,
} from './optimizer-options.js';
import { groupOptions } from './parameter-groups.js';
import { penalizedGradient } from './penalized-gradient.js';
import { slotOptimizer } from './slot-optimizer.js';

const options = z.strictObject({
  learningRate: learningRateOption(1e-3),
  betas: betasOption(),
  eps: epsOption(),
  weightDecay: weightDecayOption(),
  ...groupOptions,
});

/** Options of `adam`. */
export type AdamOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface OptimizerOptions {
    adam: AdamOptions;
  }
}

/**
 * Adam as in PyTorch; weight decay is an L2 penalty in the gradient (`adamw` decouples it).
 * @see https://arxiv.org/abs/1412.6980
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
 */
export const adam = defineOptimizer({
  name: 'adam',
  description: 'Adam: steps scaled by running averages of the gradient and of its square.',
  source: 'https://arxiv.org/abs/1412.6980',
  options,
  create: ({ learningRate, betas, eps, ...grouping }, { parameters, path }) =>
    slotOptimizer(
      {
        name: 'adam',
        learningRate,
        slots: ['exp_avg', 'exp_avg_sq'],
        updateAll: (updates) =>
          adamUpdates(
            updates.map((update) => ({
              ...update,
              gradient: penalizedGradient(update),
            })),
            { betas, eps },
          ),
      },
      parameters,
      { ...grouping, path },
    ),
});
