import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { CheckpointError } from '@segkit/core';
import * as z from 'zod';

import type { BestValue } from './monitor.js';

// JSON has no infinities, which PSNR reaches: they are stored as texts.
const schema = z.object({
  monitor: z.string(),
  mode: z.enum(['max', 'min']),
  value: z.union([z.number(), z.enum(['Infinity', '-Infinity']).transform(Number)]),
  step: z.number(),
});

function pathIn(folder: string): string {
  return join(folder, 'best.json');
}

/**
 * Reads `best.json` of a run.
 * @returns `undefined` if the run has none yet.
 * @throws CheckpointError if it is unreadable or damaged.
 */
export function readBest(folder: string): BestValue | undefined {
  const path = pathIn(folder);
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const message =
      `checkpoint: ${path} should hold monitor, mode, value and step, but is damaged or unreadable; ` +
      'delete it to let the next validation be the best.';
    throw new CheckpointError(message, { cause });
  }
}

/** Writes `best.json` of a run, aside first and then in one move, so that it is never half there. */
export function writeBest(folder: string, { monitor, mode, value, step }: BestValue): void {
  const path = pathIn(folder);
  const aside = `${path}.tmp`;
  const plain = Number.isFinite(value) ? value : String(value);
  const descriptor = openSync(aside, 'w');
  try {
    writeSync(
      descriptor,
      `${JSON.stringify({ monitor, mode, value: plain, step }, undefined, 2)}\n`,
    );
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(aside, path);
}
