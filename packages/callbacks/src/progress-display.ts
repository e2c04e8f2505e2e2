import type { Step } from '@segkit/core';
import { SingleBar } from 'cli-progress';

import type { ProgressTexts } from './progress-state.js';

/** Where progress is written: standard error, or a stand-in. */
export interface ProgressStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  /** Characters in a line. */
  readonly columns?: number;
}

/** Shows progress and messages. */
export interface ProgressDisplay {
  /** Shows how far the run is. */
  step(event: Step, texts: ProgressTexts): void;
  /** Writes a line that stays. */
  line(text: string): void;
  /** Leaves the stream at the start of an empty line; may be called again. */
  close(): void;
}

/**
 * One line for every `every` seconds.
 * @param now - Milliseconds.
 */
export function plainDisplay(
  stream: ProgressStream,
  every: number,
  now: () => number,
): ProgressDisplay {
  let last = now();
  const line = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    step: ({ step, totalSteps, epoch }, { loss, score, imagesPerSecond, timeLeft, stall }) => {
      if (now() - last < every * 1000) return;
      last = now();
      const measured = score === '' ? '' : `${score}, `;
      const waiting = stall === '' ? '' : `${stall}, `;
      line(
        `step ${String(step)}/${String(totalSteps)}, epoch ${String(epoch)}: loss ${loss}, ` +
          `${measured}${imagesPerSecond} images/s, ${waiting}${timeLeft} left`,
      );
    },
    line,
    close: () => undefined,
  };
}

/**
 * A bar on the terminal's last line. It neither hides the cursor nor switches line wrapping off (long lines are cut
 * instead), so that even a killed process leaves the terminal as it was.
 * @see https://github.com/npkgz/cli-progress
 */
export function barDisplay(stream: ProgressStream): ProgressDisplay {
  const bar = new SingleBar({
    stream,
    format:
      '[{bar}] {value}/{total} | loss {loss}{measured} | {imagesPerSecond} images/s{waiting} | {timeLeft} left',
    barsize: 20,
    linewrap: true,
    clearOnComplete: true,
  });
  let shown: { readonly event: Step; readonly texts: ProgressTexts } | undefined;
  const show = (): void => {
    if (shown === undefined) return;
    const { event, texts } = shown;
    const after = (text: string): string => (text === '' ? '' : ` | ${text}`);
    const payload = { ...texts, measured: after(texts.score), waiting: after(texts.stall) };
    if (bar.isActive) bar.update(event.step, payload);
    else bar.start(event.totalSteps, event.step, payload);
  };
  return {
    step: (event, texts) => {
      shown = { event, texts };
      show();
    },
    line: (text) => {
      bar.stop();
      stream.write(`${text}\n`);
      show();
    },
    close: () => {
      shown = undefined;
      bar.stop();
    },
  };
}
