import type { PredictedImage } from './predict-image.js';
import type { Terminal } from './terminal.js';

/** Seconds between two lines about an image that takes long. */
const every = 5;

/** Tells on standard error how far a prediction is. */
export class PredictProgress {
  readonly #terminal: Terminal;
  readonly #images: number;
  readonly #now: () => number;

  /** @param now - Milliseconds. */
  constructor(terminal: Terminal, images: number, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#images = images;
    this.#now = now;
  }

  /** Begins an image; the function returned takes how much of it is done, in [0, 1]. */
  start(input: string): (done: number) => void {
    const started = this.#now();
    let last = started;
    return (done) => {
      const now = this.#now();
      if (now - last < every * 1000 || done === 1) return;
      last = now;
      const left = Math.round(((now - started) / 1000) * (1 / done - 1));
      this.#terminal.writeErr(
        `${input}: ${String(Math.floor(100 * done))} %, about ${String(left)} s left\n`,
      );
    };
  }

  /** Tells that an image is done. */
  finish(position: number, { outputs: [first = ''] }: Pick<PredictedImage, 'outputs'>): void {
    this.#terminal.writeErr(`${String(position)}/${String(this.#images)} ${first}\n`);
  }
}
