import { availableParallelism } from 'node:os';

/** Preparing all batches of a run in the main thread may take this long, in seconds, before threads are worth their start. */
const worthwhile = 1;

/**
 * How many threads `loader.workers` means.
 * @param seconds - What preparing all batches of the run would take in the main thread.
 * @param cores - Processor cores; default: those of this machine that the process may use.
 */
export function threadCount(
  workers: number | 'auto',
  seconds: number,
  cores: number = availableParallelism(),
): number {
  if (workers !== 'auto') return workers;
  if (cores < 2 || seconds < worthwhile) return 0;
  return Math.min(4, Math.floor(cores / 2));
}
