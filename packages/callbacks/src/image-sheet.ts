import { join } from 'node:path';

import { type Callback, defineCallback, TrainingError } from '@segkit/core';
import { writePng } from '@segkit/data';
import * as z from 'zod';

import { drawPredictions, firstIndices } from './draw-predictions.js';

const options = z.strictObject({
  every: z.number().int().positive().default(1).describe('Draw at every so manyth validation.'),
  samples: z
    .union([z.number().int().positive(), z.array(z.number().int().nonnegative()).min(1)])
    .default(4)
    .describe('How many of the first validation samples to draw, or the indices of those to draw.'),
});

/** Options of the callback `image-sheet`. */
export type ImageSheetOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CallbackOptions {
    'image-sheet': ImageSheetOptions;
  }
}

/** Steps in file names, so that names sort as steps do. */
const digits = 7;

/**
 * Draws, at every `every`th validation, what the network makes of some validation samples: image | truth (or target) |
 * prediction, one row each, into `sheets/step-0000100.png` of the run's folder. Does nothing in a run without a
 * folder. An error (no validation set, images that are neither gray nor colour) becomes a warning event.
 */
export const imageSheet = defineCallback({
  name: 'image-sheet',
  description: 'Draws predictions of some validation samples into the run folder.',
  options,
  create: ({ every, samples }): Callback => {
    let indices: readonly number[] = [];
    let validations = 0;
    return {
      // A picture that cannot be drawn is no reason to lose hours of training.
      onError: 'warn',
      handle: async (event, run) => {
        if (run.folder === null) return;
        if (event.type === 'run-start') {
          indices = chosen(samples, event.validationSamples);
        } else if (event.type === 'validation') {
          validations += 1;
          if (validations % every !== 0 || indices.length === 0) return;
          const name = `step-${String(event.step).padStart(digits, '0')}.png`;
          await writePng(join(run.folder, 'sheets', name), await drawPredictions(run, indices));
        }
      },
      state: () => validations,
      restore: (state) => {
        validations = z.number().int().nonnegative().parse(state);
      },
    };
  },
});

function chosen(samples: number | readonly number[], count: number): readonly number[] {
  const indices = typeof samples === 'number' ? firstIndices(samples, count) : samples;
  const missing = count === 0 ? 0 : indices.find((index) => index >= count);
  if (missing === undefined) return indices;
  throw new TrainingError(
    `image-sheet: expected indices of ${String(count)} validation samples, received ${String(missing)}; ` +
      'draw others, or name a data.validation.',
  );
}
