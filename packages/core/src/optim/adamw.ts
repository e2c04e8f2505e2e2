import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { defineOptimizer } from '../registry/plugin.js';
import { adamUpdates } from './adam-update.js';
import { betasOption, epsOption, learningRateOption } from './optimizer-options.js';
import { groupOptions } from './parameter-groups.js';
import { slotOptimizer } from './slot-optimizer.js';

const options = z.strictObject({
  learningRate: learningRateOption(1e-3),
  betas: betasOption(),
  eps: epsOption(),
  weightDecay: z
    .number()
    .nonnegative()
    .default(1e-2)
    .describe('Decoupled decay: the parameter shrinks by learningRate * weightDecay each step.'),
  ...groupOptions,
});

/** Options of `adamw`. */
export type AdamwOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface OptimizerOptions {
    adamw: AdamwOptions;
  }
}

/**
 * AdamW as in PyTorch: `p *= 1 - lr * weightDecay`, then Adam's update without a penalty in the gradient.
 * @see https://arxiv.org/abs/1711.05101
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 */
export const adamw = defineOptimizer({
  name: 'adamw',
  description: 'Adam with decoupled weight decay.',
  source: 'https://arxiv.org/abs/1711.05101',
  options,
  create: ({ learningRate, betas, eps, ...grouping }, { parameters, path }) =>
    slotOptimizer(
      {
        name: 'adamw',
        learningRate,
        slots: ['exp_avg', 'exp_avg_sq'],
        updateAll: (updates) => {
          const decayed = updates.map((update) => {
            const decay = 1 - update.learningRate * update.weightDecay;
            return { ...update, value: decay === 1 ? update.value : tf.mul(update.value, decay) };
          });
          return adamUpdates(decayed, { betas, eps });
        },
      },
      parameters,
      { ...grouping, path },
    ),
});
