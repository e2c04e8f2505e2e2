import { Worker } from 'node:worker_threads';

import { DataError } from '../../errors.js';
import type { PreparedSample, SampleJob } from '../sample-maker.js';
import { samplesAtOnce, type Answer, type Order, type ThreadRecipe } from './messages.js';
import { receivedError } from './sent-error.js';
import { threadProgram } from './thread-program.js';

interface Pending {
  readonly job: SampleJob;
  readonly resolve: (prepared: PreparedSample) => void;
  readonly reject: (error: Error) => void;
}

/** How long a thread may take to finish what it is at, in milliseconds, before it is ended. */
const patience = 3000;

/** One thread that makes samples. It does not keep the process alive unless somebody waits for it. */
export class SampleThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #nameOf: (index: number) => string;
  readonly #exited: Promise<void>;
  #nextId = 0;
  #death: Error | undefined;
  /** Resolves when the thread can make samples; rejects if it cannot. */
  readonly ready: Promise<void>;

  /**
   * @param nameOf - Names a sample in the message about a thread that died making it.
   * @throws DOMException (DataCloneError) if the recipe holds what cannot be sent to a thread.
   */
  constructor(recipe: ThreadRecipe, nameOf: (index: number) => string) {
    this.#nameOf = nameOf;
    this.#worker = new Worker(threadProgram(), { workerData: recipe, name: 'segkit-loader' });
    this.#worker.on('error', (error) => {
      this.#die(error.message);
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#die(`it ended with code ${String(code)}`);
        resolve();
      });
    });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (answer: Answer) => {
        if (answer.type === 'ready') resolve();
        else if (answer.type === 'unable') reject(receivedError(answer.error));
        else this.#receive(answer);
        if (this.#pending.size === 0) this.#worker.unref();
      });
      void this.#exited.then(() => {
        reject(this.#death ?? new DataError('loader: it is closed.'));
      });
    });
    // Whoever does not wait for it hears of a death when asking for a sample.
    this.ready.catch(() => undefined);
  }

  /** Samples that the thread still has to make. */
  get load(): number {
    return this.#pending.size;
  }

  /**
   * Makes one sample, after those that were asked for before.
   * @throws DataError if the thread dies.
   */
  prepare(job: SampleJob): Promise<PreparedSample> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#pending.set(id, { job, resolve, reject });
      this.#worker.ref();
      this.#tell({ ...job, id });
    });
  }

  /** Ends the thread; what it still had to make is never answered. */
  async close(): Promise<void> {
    this.#death ??= new DataError('loader: it is closed.');
    this.#pending.clear();
    // The process waits for the end as long as somebody does.
    this.#worker.ref();
    this.#tell('close');
    const timer = setTimeout(() => void this.#worker.terminate(), patience);
    await this.#exited;
    clearTimeout(timer);
  }

  #tell(order: Order): void {
    this.#worker.postMessage(order);
  }

  #receive(answer: Exclude<Answer, { type: 'ready' | 'unable' }>): void {
    const pending = this.#pending.get(answer.id);
    if (pending === undefined) return;
    this.#pending.delete(answer.id);
    if (answer.type === 'prepared') pending.resolve(answer.prepared);
    else pending.reject(receivedError(answer.error));
  }

  #die(reason: string): void {
    // Jobs are begun in order.
    const names = [...this.#pending.values()]
      .slice(0, samplesAtOnce)
      .map(({ job }) => this.#nameOf(job.index));
    const work = names.length === 0 ? '' : ` while it made ${names.join(' and ')}`;
    this.#death ??= new DataError(
      `loader: a thread died${work} (${reason}); set loader.workers to 0 to see where, or leave that sample out.`,
    );
    for (const { reject } of this.#pending.values()) reject(this.#death);
    this.#pending.clear();
  }
}
