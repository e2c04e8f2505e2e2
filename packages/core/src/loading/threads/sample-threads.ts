import type { PreparedSample, SampleJob } from '../sample-maker.js';
import type { ThreadRecipe } from './messages.js';
import { SampleThread } from './sample-thread.js';

/** Threads that share the making of samples. */
export class SampleThreads {
  readonly #threads: readonly SampleThread[];

  private constructor(threads: readonly SampleThread[]) {
    this.#threads = threads;
  }

  /**
   * Starts threads and waits until all are ready.
   * @param nameOf - Names a sample in the message about a thread that died making it.
   * @throws Error if one of them cannot make samples; none is left running then.
   */
  static async start(
    recipe: ThreadRecipe,
    count: number,
    nameOf: (index: number) => string,
  ): Promise<SampleThreads> {
    const threads = Array.from({ length: count }, () => new SampleThread(recipe, nameOf));
    const started = new SampleThreads(threads);
    try {
      await Promise.all(threads.map(({ ready }) => ready));
    } catch (error) {
      await started.close();
      throw error;
    }
    return started;
  }

  /** How many threads there are. */
  get count(): number {
    return this.#threads.length;
  }

  /**
   * Makes one sample, in the thread that has least to do.
   * @throws DataError if the sample cannot be made or its thread dies.
   */
  prepare(job: SampleJob): Promise<PreparedSample> {
    const free = this.#threads.reduce((best, thread) => (thread.load < best.load ? thread : best));
    return free.prepare(job);
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}
