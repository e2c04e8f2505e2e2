import { promises as fs } from 'node:fs';

import type { LowDisk } from '../components/training-event.js';
import { CheckpointError, messageOf } from '../errors.js';

/**
 * Bytes that this process may still write where a folder lies; infinite where the system does not tell.
 * @param folder - Exists.
 */
async function freeBytesOf(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await fs.statfs(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

/** A checkpoint that the disk refused. */
export class UnsavedError extends CheckpointError {
  /** Of the checkpoint. */
  readonly neededBytes: number;
  /** On the disk; infinite where the system does not tell. */
  readonly freeBytes: number;

  constructor(message: string, room: Omit<LowDisk, 'guard'>, options?: ErrorOptions) {
    super(message, options);
    this.neededBytes = room.neededBytes;
    this.freeBytes = room.freeBytes;
  }
}

const remedy = 'The checkpoints before it are whole: make room, then resume the run.';

/**
 * Looks before a checkpoint is written whether it fits on the disk.
 * @param neededBytes - Of the checkpoint.
 * @returns What to warn of, if there is room for this checkpoint but not for another one after it.
 * @throws UnsavedError if there is no room.
 */
export async function checkDiskSpace(
  folder: string,
  neededBytes: number,
): Promise<LowDisk | undefined> {
  const freeBytes = await freeBytesOf(folder);
  if (freeBytes < neededBytes) {
    throw new UnsavedError(`${folder}: ${describeRoom({ freeBytes, neededBytes })}. ${remedy}`, {
      freeBytes,
      neededBytes,
    });
  }
  if (freeBytes >= 2 * neededBytes) return undefined;
  return { guard: 'low-disk', freeBytes, neededBytes };
}

/**
 * What to say of a checkpoint that could not be written.
 * @param error - What was thrown while it was.
 */
export async function unsavedError(
  folder: string,
  neededBytes: number,
  error: unknown,
): Promise<UnsavedError> {
  if (error instanceof UnsavedError) return error;
  const room = { freeBytes: await freeBytesOf(folder), neededBytes };
  const where =
    error instanceof CheckpointError ? '' : `${folder}: a checkpoint cannot be written: `;
  const reason = messageOf(error).replace(/\.$/, '');
  return new UnsavedError(`${where}${reason}; ${describeRoom(room)}. ${remedy}`, room, {
    cause: error,
  });
}

/** What to tell of a disk that fills up. */
export function describeLowDisk(room: LowDisk): string {
  return `the run's folder: ${describeRoom(room)}; the next one may not fit.`;
}

function describeRoom({ freeBytes, neededBytes }: Omit<LowDisk, 'guard'>): string {
  const takes = `a checkpoint takes ${inMegabytes(neededBytes)}`;
  return Number.isFinite(freeBytes)
    ? `the disk has ${inMegabytes(freeBytes)} left, ${takes}`
    : takes;
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
