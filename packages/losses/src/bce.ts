import { defineLoss } from '@segkit/core';
import * as z from 'zod';

import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { channelClasses } from './channel-classes.js';
import { expectPerClass } from './expect-per-class.js';
import { pixelLoss } from './pixel-loss.js';
import { ignoreIndexOption } from './shared-options.js';

const bceOptions = z.strictObject({
  posWeight: z
    .union([z.number().nonnegative(), z.array(z.number().nonnegative()).readonly()])
    .optional()
    .describe('Weight of positive pixels: one number, or one per output channel.'),
  ignoreIndex: ignoreIndexOption,
});

/** Options of `bce`. */
export type BceOptions = Readonly<z.input<typeof bceOptions>>;

declare module '@segkit/core' {
  interface LossOptions {
    bce: BceOptions;
  }
}

/**
 * Binary cross entropy of sigmoid logits, mean over counted pixels and channels, stable for any logit. Two classes
 * have one channel, the logit of class 1; more classes are told apart one against the rest.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 */
export const bce = defineLoss({
  name: 'bce',
  description: 'Binary cross entropy of sigmoid logits, with a weight for positive pixels.',
  source: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html',
  options: bceOptions,
  create: ({ posWeight, ignoreIndex }, { labels, path }) => {
    const channels = channelClasses('sigmoid', labels.classes.length).length;
    const perChannel =
      typeof posWeight === 'number' ? new Array<number>(channels).fill(posWeight) : posWeight;
    if (perChannel !== undefined) expectPerClass(perChannel, channels, `${path}.posWeight`);
    return pixelLoss({
      name: 'bce',
      activation: 'sigmoid',
      labels,
      ignoreIndex,
      score: (logits, pixels) => binaryCrossEntropy(logits, pixels, perChannel),
    });
  },
});
