import { ConfigError, defineLoss } from '@segkit/core';
import * as z from 'zod';

import { expectPerClass } from './expect-per-class.js';
import { sigmoidFocal, softmaxFocal } from './focal-terms.js';
import { pixelLoss } from './pixel-loss.js';
import { activationOption, ignoreIndexOption } from './shared-options.js';

const focalOptions = z.strictObject({
  gamma: z
    .number()
    .nonnegative()
    .default(2)
    .describe('How strongly well-classified pixels are played down; 0 is cross entropy.'),
  alpha: z
    .union([z.number().min(0).max(1), z.array(z.number().nonnegative()).readonly()])
    .optional()
    .describe(
      'softmax: one weight per class. sigmoid: weight of positive pixels, negative ones get 1 - alpha.',
    ),
  activation: activationOption.default('softmax'),
  ignoreIndex: ignoreIndexOption,
});

/** Options of `focal`. */
export type FocalOptions = Readonly<z.input<typeof focalOptions>>;

declare module '@segkit/core' {
  interface LossOptions {
    focal: FocalOptions;
  }
}

function wrongAlpha(path: string, message: string): ConfigError {
  return new ConfigError(`${path}.alpha: ${message}.`, [{ path: `${path}.alpha`, message }]);
}

/**
 * Focal loss: cross entropy times `(1 - p_t) ** gamma`, p_t the probability of what is true; mean over counted pixels
 * (softmax) or over counted pixels and channels (sigmoid). 0 where all pixels are ignored.
 * @see https://arxiv.org/abs/1708.02002
 */
export const focal = defineLoss({
  name: 'focal',
  description: 'Cross entropy that plays well-classified pixels down.',
  source: 'https://arxiv.org/abs/1708.02002',
  options: focalOptions,
  create: ({ gamma, alpha, activation, ignoreIndex }, { labels, path }) => {
    const parts = { name: 'focal', activation, labels, ignoreIndex };
    if (activation === 'softmax') {
      if (typeof alpha === 'number') {
        throw wrongAlpha(
          path,
          `expected one weight per class with softmax, received ${String(alpha)}; give a list, or set activation "sigmoid"`,
        );
      }
      if (alpha !== undefined) expectPerClass(alpha, labels.classes.length, `${path}.alpha`);
      return pixelLoss({
        ...parts,
        score: (logits, pixels) => softmaxFocal(logits, pixels, gamma, alpha),
      });
    }
    if (alpha !== undefined && typeof alpha !== 'number') {
      throw wrongAlpha(path, 'expected one number in [0, 1] with sigmoid, received a list');
    }
    return pixelLoss({
      ...parts,
      score: (logits, pixels) => sigmoidFocal(logits, pixels, gamma, alpha),
    });
  },
});
