import * as z from 'zod';

import type { StateValue } from '../components/state-value.js';
import { CheckpointError } from '../errors.js';
import { sealJson, unsealJson } from './sealed-json.js';

// zod's number() refuses infinities and NaN.
const anyNumber = z.custom<number>((value) => typeof value === 'number');

const stateValue: z.ZodType<StateValue> = z.lazy(() =>
  z.union([
    z.null(),
    z.boolean(),
    anyNumber,
    z.string(),
    z.array(stateValue),
    z.record(z.string(), stateValue),
  ]),
);

const fileRecord = z.object({ bytes: z.number().int().nonnegative(), sha256: z.string() });

/** Where in its work a run is; together with the config and the seed it determines all that follows. */
const positionSchema = z.object({
  /** Updates made. */
  step: z.number().int().nonnegative(),
  /** The epoch that is being read; 0 before the first. */
  epoch: z.number().int().nonnegative(),
  /** Batches of this epoch that were trained on. */
  batches: z.number().int().nonnegative(),
  /** Those whose update a guard left out. */
  skipped: z.number().int().nonnegative(),
  /** Sum of the losses of the others. */
  lossSum: anyNumber,
  /** Whether the end of this epoch was announced. */
  epochEnded: z.boolean(),
  /** The step of the last validation; -1 before the first. */
  validatedAt: z.number().int(),
  /** Seconds of training before. */
  seconds: z.number(),
  /** Why the run was ended by a callback; null if it was not. */
  stopReason: z.string().nullable(),
});

/** Where in its work a run is. */
export type RunPosition = Readonly<z.infer<typeof positionSchema>>;

/** The position of a run that has not begun. */
export const runBeginning: RunPosition = {
  step: 0,
  epoch: 0,
  batches: 0,
  skipped: 0,
  lossSum: 0,
  epochEnded: false,
  validatedAt: -1,
  seconds: 0,
  stopReason: null,
};

/** What the guards of a run's updates remember. */
const guardsSchema = z.object({
  /** Updates left out in a row because a loss or gradient was not finite. */
  skipped: z.number().int().nonnegative(),
  /** Returns to a checkpoint so far, each with a lower rate. */
  returns: z.number().int().nonnegative(),
  /** The last losses, oldest first. */
  losses: z.array(z.number()),
});

/** What the guards of a run's updates remember. */
export type GuardsState = Readonly<z.infer<typeof guardsSchema>>;

/** What they remember at first. */
export const untroubled: GuardsState = { skipped: 0, returns: 0, losses: [] };

const stateSchema = z.object({
  format: z.literal(1),
  seed: z.number().int(),
  engine: z.string(),
  trainSamples: z.number().int().nonnegative(),
  position: positionSchema,
  guards: guardsSchema,
  schedule: stateValue,
  /** In the config's order. */
  callbacks: z.array(z.object({ name: z.string(), state: stateValue })),
  files: z.object({ weights: fileRecord, optimizer: fileRecord.nullable() }),
});

/** What a checkpoint records beside tensors. */
export type CheckpointState = Readonly<z.infer<typeof stateSchema>>;

/** JSON has no NaN and no infinities; they are written as an object of one key. */
const special = '$number';

function plain(_key: string, value: unknown): unknown {
  return typeof value !== 'number' || Number.isFinite(value) ? value : { [special]: String(value) };
}

function revived(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(special in value)) return value;
  return Number(value[special]);
}

/** The record of a checkpoint: its state as JSON, with a checksum. */
export function encodeState(state: CheckpointState): Uint8Array {
  return sealJson('state', JSON.stringify(state, plain, 2));
}

/**
 * Reads a checkpoint's record.
 * @param where - The file's name, for messages.
 * @throws CheckpointError if it is damaged or of another version.
 */
export function decodeState(bytes: Uint8Array, where: string): CheckpointState {
  const parsed = stateSchema.safeParse(JSON.parse(unsealJson(bytes, 'state', where), revived));
  if (parsed.success) return parsed.data;
  throw new CheckpointError(
    `${where}: was written by another version of segkit, whose checkpoints this one cannot read; ` +
      'use the version that run.json names.',
  );
}
