import * as z from 'zod';

/** Options that several losses take, described once. */

/** Which label is left out. */
export const ignoreIndexOption = z
  .number()
  .int()
  .optional()
  .describe("Label that counts neither in value nor in gradient; default: the label schema's.");

/** How logits become probabilities. */
export const activationOption = z
  .enum(['softmax', 'sigmoid'])
  .describe(
    'softmax: one logit per class. sigmoid: a single logit for two classes, else one against the rest.',
  );

/** Whether overlap is counted image by image. */
export const perImageOption = z
  .boolean()
  .default(false)
  .describe('Count overlap in every image and average, rather than once in the whole batch.');

/** Keeps overlap ratios finite. */
export const smoothOption = z
  .number()
  .nonnegative()
  .describe('Added to numerator and denominator; an empty 0/0 counts as perfect overlap.');
