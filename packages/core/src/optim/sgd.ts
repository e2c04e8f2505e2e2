import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { defineOptimizer } from '../registry/plugin.js';
import { learningRateOption, weightDecayOption } from './optimizer-options.js';
import { groupOptions } from './parameter-groups.js';
import { penalizedGradient } from './penalized-gradient.js';
import { each, slotOptimizer, type UpdateRule } from './slot-optimizer.js';

const options = z
  .strictObject({
    learningRate: learningRateOption(1e-2),
    momentum: z.number().min(0).lt(1).default(0).describe('Share of the last update kept.'),
    dampening: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Share of the gradient kept out of the momentum.'),
    nesterov: z.boolean().default(false).describe('Look ahead along the momentum.'),
    weightDecay: weightDecayOption(),
    ...groupOptions,
  })
  .refine(({ momentum, dampening, nesterov }) => !nesterov || (momentum > 0 && dampening === 0), {
    path: ['nesterov'],
    error: 'expected momentum above 0 and dampening 0 with nesterov',
  });

/** Options of `sgd`. */
export type SgdOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface OptimizerOptions {
    sgd: SgdOptions;
  }
}

type Rule = UpdateRule<'momentum_buffer'>;

/**
 * Stochastic gradient descent as in PyTorch. With `g = gradient + weightDecay * p`:
 * `b = momentum * b + (1 - dampening) * g` (at a parameter's first step `b = g`), then `p -= lr * b`, or
 * `p -= lr * (g + momentum * b)` with Nesterov's look-ahead.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
export const sgd = defineOptimizer({
  name: 'sgd',
  description: 'Stochastic gradient descent with momentum, Nesterov look-ahead and weight decay.',
  source: 'https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html',
  options,
  create: ({ learningRate, momentum, dampening, nesterov, ...settings }, { parameters, path }) => {
    const grouping = { ...settings, path };
    const plain: UpdateRule<never> = {
      name: 'sgd',
      learningRate,
      slots: [],
      updateAll: each((update) => {
        const { value, learningRate: rate } = update;
        const g = penalizedGradient(update);
        return { value: tf.sub(value, tf.mul(g, rate)), slots: {} };
      }),
    };
    const heavyBall: Rule = {
      name: 'sgd',
      learningRate,
      slots: ['momentum_buffer'],
      updateAll: each((update) => {
        const { value, slots, step, learningRate: rate } = update;
        const g = penalizedGradient(update);
        const kept = dampening === 0 ? g : tf.mul(g, 1 - dampening);
        const buffer = step === 1 ? g : tf.add(tf.mul(slots.momentum_buffer, momentum), kept);
        const direction = nesterov ? tf.add(g, tf.mul(buffer, momentum)) : buffer;
        return {
          value: tf.sub(value, tf.mul(direction, rate)),
          slots: { momentum_buffer: buffer },
        };
      }),
    };
    return momentum === 0
      ? slotOptimizer(plain, parameters, grouping)
      : slotOptimizer(heavyBall, parameters, grouping);
  },
});
