import { promises as fs } from 'node:fs';

import type { LowDisk } from '../components/training-event.js';
import { CheckpointError } from '../errors.js';

/**
 * Bytes that this process may still write where a folder lies; infinite where the system does not tell.
 * @param folder - Exists.
 */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await fs.statfs(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

/**
 * Looks before a checkpoint is written whether it fits on the disk.
 * @param neededBytes - Of the checkpoint.
 * @returns What to warn of, if there is room for this checkpoint but not for another one after it.
 * @throws CheckpointError if there is no room.
 */
export async function checkDiskSpace(
  folder: string,
  neededBytes: number,
): Promise<LowDisk | undefined> {
  const free = await freeBytes(folder);
  if (free < neededBytes) {
    throw new CheckpointError(
      `${folder}: the disk has ${inMegabytes(free)} left, a checkpoint takes ${inMegabytes(neededBytes)}; ` +
        'the checkpoints before are whole. Make room, then resume the run.',
    );
  }
  if (free >= 2 * neededBytes) return undefined;
  return { guard: 'low-disk', freeBytes: free, neededBytes };
}

/** What to tell of a disk that fills up. */
export function describeLowDisk({ freeBytes: free, neededBytes }: LowDisk): string {
  return (
    `the disk of the run has ${inMegabytes(free)} left, a checkpoint takes ${inMegabytes(neededBytes)}; ` +
    'the next one may not fit.'
  );
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
