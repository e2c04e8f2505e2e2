import type { TrainingEvent, WarningCause } from '@segkit/core';
import * as z from 'zod';

type EventType = TrainingEvent['type'];
type EventOf<T extends EventType> = Extract<TrainingEvent, { readonly type: T }>;

/** A schema for every field of an event: a field too few, too many or of another type does not compile. */
type Fields<T extends EventType> = {
  readonly [Key in Exclude<keyof EventOf<T>, 'type'>]: z.ZodType<EventOf<T>[Key]>;
};

/** A line of `events.jsonl`. */
export type EventLine = TrainingEvent & {
  /** ISO 8601. */
  readonly time: string;
};

const count = z.number().int().nonnegative();
const step = count.describe('Steps taken.');
const epoch = count.describe('Counts from 1.');
const seconds = z.number().nonnegative();

/** JSON knows neither NaN nor infinities. */
const measured = z
  .union([
    z.number(),
    z.null().transform(() => Number.NaN),
    z.enum(['Infinity', '-Infinity']).transform(Number),
  ])
  .describe('A number; null for NaN.');
const measurements = z.record(z.string(), measured);

const cause: z.ZodType<WarningCause> = z
  .discriminatedUnion('guard', [
    z.strictObject({
      guard: z.literal('non-finite'),
      loss: measured,
      gradientNorm: measured,
      samples: z.array(z.string()).readonly(),
      action: z.enum(['skip', 'rollback']),
    }),
    z.strictObject({
      guard: z.literal('loss-spike'),
      loss: measured,
      median: measured,
      limit: measured,
      action: z.enum(['warn', 'skip']),
    }),
    z.strictObject({
      guard: z.literal('tensor-leak'),
      tensors: count,
      bytes: count,
      steps: count,
      tensorsPerStep: z.number(),
      bytesPerStep: z.number(),
    }),
    z.strictObject({ guard: z.literal('stalled-loader'), epoch, seconds }),
    z.strictObject({ guard: z.literal('low-disk'), freeBytes: count, neededBytes: count }),
    z.strictObject({
      guard: z.literal('unsaved'),
      freeBytes: count.nullable(),
      neededBytes: count,
      retrySeconds: seconds,
    }),
  ])
  .describe('What a guard of the run saw.');

const fields: { readonly [T in EventType]: Fields<T> } = {
  'run-start': {
    folder: z.string().nullable().describe("The run's folder; null if nothing is written."),
    engine: z.string(),
    seed: z.number().int(),
    step: step.describe('Steps taken before: 0, or more in a run that is resumed.'),
    totalSteps: count,
    stepsPerEpoch: count,
    batchSize: count,
    parameters: count.describe('Trainable numbers.'),
    loaderThreads: count.describe('Threads that prepare batches; 0: the main thread does.'),
    trainSamples: count,
    validationSamples: count,
  },
  'epoch-start': { epoch, step },
  step: {
    step,
    epoch,
    totalSteps: count,
    loss: measured,
    learningRate: measured,
    gradientNorm: measured.optional().describe('Of all gradients together, before clipping.'),
    skipped: z.literal(true).optional().describe('A guard left the update out.'),
    seconds: seconds.describe('What the step took, waiting for data included.'),
    dataSeconds: seconds.describe('What of it was spent waiting for data.'),
    imagesPerSecond: measured,
  },
  validation: {
    step,
    epoch,
    loss: measured,
    metrics: measurements.describe('By name, e.g. meanIoU.'),
    seconds,
  },
  'checkpoint-saved': { step, name: z.string(), path: z.string() },
  'epoch-end': { epoch, step, loss: measured.describe('Mean training loss of the epoch.') },
  'run-end': {
    step,
    epoch,
    reason: z.string().describe('"completed", or why the run was stopped.'),
    seconds,
    dataSeconds: seconds.describe('What of it steps waited for data.'),
    skippedSamples: count.describe('Samples that could not be loaded.'),
  },
  warning: { step, message: z.string(), cause: cause.optional() },
  measurement: { step, values: measurements.describe('By name, e.g. system/memory-mb.') },
  paused: { step },
  resumed: { step, seconds: seconds.describe('What the run waited.') },
};

/** The types of all events. */
export const eventTypes = Object.keys(fields) as readonly EventType[];

const time = z.iso.datetime().describe('ISO 8601.');
const [first, ...others] = Object.entries(fields).map(([type, shape]) =>
  z.strictObject({ time, type: z.literal(type), ...shape }),
);

/**
 * Schema of a line that `jsonl-log` writes: a training event and its time. NaN is `null` in there, infinities are the
 * texts `"Infinity"` and `"-Infinity"`; parsing gives the numbers back.
 * @example
 * const lines = readFileSync('runs/my-run/events.jsonl', 'utf8').trimEnd().split('\n');
 * const events = lines.map((line) => eventLineSchema.parse(JSON.parse(line)));
 */
export const eventLineSchema = z.discriminatedUnion('type', [
  first as NonNullable<typeof first>,
  ...others,
]) as unknown as z.ZodType<EventLine>;
