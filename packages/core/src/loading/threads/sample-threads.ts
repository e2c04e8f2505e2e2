import type { Sample } from '../../components/sample.js';
import { sampleRasters } from '../packed-sample.js';
import type { PreparedSample, SampleJob } from '../sample-maker.js';
import { createBufferDrop } from './drop-buffers.js';
import type { ThreadRecipe } from './messages.js';
import { SampleThread } from './sample-thread.js';

function buffersOf(sample: Sample): ArrayBuffer[] {
  return sampleRasters
    .map((name) => sample[name]?.data.buffer)
    .filter((buffer) => buffer instanceof ArrayBuffer);
}

/** Threads that share the making of samples. */
export class SampleThreads {
  readonly #threads: readonly SampleThread[];
  readonly #drop = createBufferDrop();
  /** Samples that are out. */
  readonly #made = new WeakSet<Sample>();

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
  async prepare(job: SampleJob): Promise<PreparedSample> {
    const free = this.#threads.reduce((best, thread) => (thread.load < best.load ? thread : best));
    const prepared = await free.prepare(job);
    this.#made.add(prepared.sample);
    return prepared;
  }

  /** Gives back the memory of a sample that threads made; its rasters are empty then. */
  release(sample: Sample): void {
    // What threads send is all the sample's own.
    if (this.#made.delete(sample)) this.#drop(buffersOf(sample));
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}
