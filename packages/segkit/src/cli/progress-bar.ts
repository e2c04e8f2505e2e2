import { SingleBar } from 'cli-progress';

import type { Terminal } from './terminal.js';

/** Shows how far a piece of work is. */
export interface ProgressBar {
  /** @param done - Of `all`, which may change from call to call. */
  readonly update: (done: number, all: number) => void;
  /** Removes the bar. */
  readonly stop: () => void;
}

/**
 * A bar on the terminal's last line; nothing where there is no terminal, or the caller wants silence.
 * @param what - Stands before the bar.
 * @param unit - Stands behind the numbers.
 */
export function progressBar(
  { progress }: Pick<Terminal, 'progress'>,
  what: string,
  unit: string,
): ProgressBar {
  if (progress === null) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    stream: progress,
    format: `${what} [{bar}] {value}/{total} ${unit}`,
    barsize: 30,
    // As in training: a killed process leaves the terminal as it was.
    linewrap: true,
    clearOnComplete: true,
  });
  return {
    update(done, all) {
      if (bar.isActive) {
        bar.setTotal(all);
        bar.update(done);
      } else bar.start(all, done);
    },
    stop: () => {
      bar.stop();
    },
  };
}
