import { setTimeout as sleep } from 'node:timers/promises';

/** How long work may take. */
export interface Patience {
  /** Seconds after which it is told, and again after twice, four times … as many. */
  readonly after: number;
  /** Seconds after which nobody waits any more. */
  readonly limit: number;
  /** Ends the wait at once. */
  readonly signal: AbortSignal;
}

/**
 * Waits for work and tells when it takes long.
 * @param stalled - Told the seconds waited so far; the wait goes on when it is done.
 * @returns The work's outcome; `undefined` if it was not waited for any longer.
 */
export async function watchStall<T extends object>(
  work: Promise<T>,
  { after, limit, signal }: Patience,
  stalled: (waited: number) => Promise<void>,
): Promise<T | undefined> {
  let waited = 0;
  for (let next = after; ; next *= 2) {
    const until = Math.min(next, limit);
    const outcome = await beforeTimeout(work, until - waited, signal);
    if (outcome !== undefined || until === limit || signal.aborted) return outcome;
    waited = until;
    await stalled(waited);
  }
}

async function beforeTimeout<T>(
  work: Promise<T>,
  seconds: number,
  signal: AbortSignal,
): Promise<T | undefined> {
  const done = new AbortController();
  const either = AbortSignal.any([done.signal, signal]);
  const timeout = sleep(1000 * seconds, undefined, { signal: either }).catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    done.abort();
  }
}
