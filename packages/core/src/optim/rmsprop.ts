import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { defineOptimizer } from '../registry/plugin.js';
import { epsOption, learningRateOption, weightDecayOption } from './optimizer-options.js';
import { groupOptions } from './parameter-groups.js';
import { penalizedGradient } from './penalized-gradient.js';
import { each, slotOptimizer } from './slot-optimizer.js';

const options = z.strictObject({
  learningRate: learningRateOption(1e-2),
  alpha: z.number().min(0).lt(1).default(0.99).describe('Decay rate of the running averages.'),
  eps: epsOption(),
  momentum: z.number().min(0).lt(1).default(0).describe('Share of the last update kept.'),
  centered: z
    .boolean()
    .default(false)
    .describe('Divide by the standard deviation instead of the root mean square.'),
  weightDecay: weightDecayOption(),
  ...groupOptions,
});

/** Options of `rmsprop`. */
export type RmspropOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface OptimizerOptions {
    rmsprop: RmspropOptions;
  }
}

type Slot = 'square_avg' | 'grad_avg' | 'momentum_buffer';

/**
 * RMSprop as in PyTorch. With `g = gradient + weightDecay * p` and `s = alpha * s + (1 - alpha) * g^2`, the
 * direction is `g / (sqrt(s) + eps)`; centred, `a += (1 - alpha) * (g - a)` and `sqrt(s - a^2)` instead. Then
 * `p -= lr * direction`, or with momentum `b = momentum * b + direction; p -= lr * b`.
 * @see https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
 */
export const rmsprop = defineOptimizer({
  name: 'rmsprop',
  description: 'RMSprop: steps divided by a running root mean square of the gradient.',
  source: 'https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html',
  options,
  create: ({ learningRate, alpha, eps, momentum, centered, ...grouping }, { parameters, path }) => {
    const names: Slot[] = ['square_avg'];
    if (centered) names.push('grad_avg');
    if (momentum > 0) names.push('momentum_buffer');
    return slotOptimizer<Slot>(
      {
        name: 'rmsprop',
        learningRate,
        slots: names,
        updateAll: each((update) => {
          const { value, slots, learningRate: rate } = update;
          const g = penalizedGradient(update);
          const next = { ...slots };
          next.square_avg = tf.add(
            tf.mul(slots.square_avg, alpha),
            tf.mul(tf.mul(g, 1 - alpha), g),
          );
          let variance = next.square_avg;
          if (centered) {
            next.grad_avg = tf.add(slots.grad_avg, tf.mul(tf.sub(g, slots.grad_avg), 1 - alpha));
            variance = tf.sub(variance, tf.square(next.grad_avg));
          }
          let direction = tf.div(g, tf.add(tf.sqrt(variance), eps));
          if (momentum > 0) {
            next.momentum_buffer = tf.add(tf.mul(slots.momentum_buffer, momentum), direction);
            direction = next.momentum_buffer;
          }
          return { value: tf.sub(value, tf.mul(direction, rate)), slots: next };
        }),
      },
      parameters,
      { ...grouping, path },
    );
  },
});
