import * as z from 'zod';

import { matchOption } from '../optim/parameter-match.js';

const count = z.number().int().positive();
const limit = (meaning: string) => z.number().positive().nullable().default(null).describe(meaning);

const freeze = z.strictObject({
  match: matchOption(),
  untilStep: count
    .nullable()
    .default(null)
    .describe('Steps for which they are left as they are; null: the whole run.'),
});

const ema = z.strictObject({
  decay: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.999)
    .describe('average = decay * average + (1 - decay) * weights, after every step.'),
});

const actions = {
  nonFinite: ['stop', 'skip', 'rollback'],
  spike: ['ignore', 'warn', 'skip'],
  stall: ['warn', 'stop'],
  unsaved: ['stop', 'wait'],
} as const;

const nonFinite = z.strictObject({
  do: z
    .enum(actions.nonFinite)
    .default('stop')
    .describe('End the run, leave the update out, or go back to the last checkpoint.'),
  limit: count
    .default(3)
    .describe('Updates left out in a row, or returns to a checkpoint, before the run ends.'),
  rateFactor: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('What the learning rate is multiplied by at each return to a checkpoint.'),
});

const lossSpike = z.strictObject({
  do: z
    .enum(actions.spike)
    .default('warn')
    .describe('Whether to tell of a spike, and whether to leave the update out.'),
  window: count.min(10).default(50).describe('Losses that are remembered.'),
  threshold: z
    .number()
    .positive()
    .default(20)
    .describe('Spreads above the median of the remembered losses at which a loss is a spike.'),
});

const seconds = z.number().positive();

const stall = z.strictObject({
  do: z
    .enum(actions.stall)
    .default('warn')
    .describe('Whether to go on waiting, or to save the run and end it with an error.'),
  after: seconds
    .default(60)
    .describe('Seconds without a batch before the run warns, and again after twice as many.'),
  limit: seconds.default(600).describe('Seconds without a batch before "stop" ends the run.'),
});

const unsaved = z.strictObject({
  do: z
    .enum(actions.unsaved)
    .default('stop')
    .describe('End the run, or keep it in memory and try again until the disk takes it.'),
  every: seconds.default(30).describe('Seconds between attempts.'),
  limit: seconds
    .nullable()
    .default(null)
    .describe('Seconds after which waiting ends the run; null: never.'),
});

/** Accepts what to do alone, as a word. */
function orWord<Word extends string, T extends z.ZodObject>(words: readonly Word[], schema: T) {
  const word = z.enum(words).transform((action) => schema.parse({ do: action }));
  return z.union([word, schema], {
    error: `expected ${words.map((each) => `"${each}"`).join(', ')} or { ${Object.keys(schema.shape).join(', ')} }`,
  });
}

/** Schema of `train`: how long, how much at a time, and what is done to gradients and weights on the way. */
export const trainSchema = z
  .strictObject({
    steps: count.nullable().default(null).describe('Updates to make; give either this or epochs.'),
    epochs: count
      .nullable()
      .default(null)
      .describe('Passes over the training set; give either this or steps.'),
    batchSize: count.default(2).describe('Images per batch.'),
    validateEvery: count
      .nullable()
      .default(null)
      .describe('Steps between validations; null: at the end of every epoch.'),
    accumulate: count
      .default(1)
      .describe('Batches whose gradients are averaged for one update; an update is one step.'),
    clipNorm: limit('Longest the vector of all gradients may be.'),
    clipValue: limit('Largest magnitude of a single number of a gradient.'),
    freeze: z.array(freeze).default([]).describe('Parameters that are not trained (yet).'),
    ema: ema.nullable().default(null).describe('Average weights to evaluate and to save.'),
    onNonFinite: orWord(actions.nonFinite, nonFinite)
      .prefault({})
      .describe('When a loss or gradient is not finite.'),
    onLossSpike: orWord(actions.spike, lossSpike)
      .prefault({})
      .describe('When a loss is far above those before it.'),
    onStall: orWord(actions.stall, stall)
      .prefault({})
      .describe('When the next batch does not come.'),
    onUnsaved: orWord(actions.unsaved, unsaved)
      .prefault({})
      .describe('When a checkpoint cannot be written, because the disk is full, say.'),
  })
  .refine(({ steps, epochs }) => (steps === null) !== (epochs === null), {
    error: 'expected either "steps" or "epochs", and not both',
  })
  .refine(({ clipNorm, clipValue }) => clipNorm === null || clipValue === null, {
    error: 'expected either "clipNorm" or "clipValue", and not both',
  });

/** A config's `train` after validation. */
export type TrainConfig = z.output<typeof trainSchema>;
