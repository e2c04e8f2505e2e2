// The program of a loader's thread: makes the samples that it is told to make, a few at a time, in order of the orders.
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import type { SampleMaker } from '../sample-maker.js';
import { samplesAtOnce, type Answer, type Order, type ThreadRecipe } from './messages.js';
import { openSampleMaker } from './open-sample-maker.js';
import { sendableSample } from './owned-buffers.js';
import { sendableError } from './sent-error.js';

type Job = Exclude<Order, 'close'>;

/** Serves one loader. */
class Server {
  readonly #port: MessagePort;
  readonly #maker: SampleMaker;
  readonly #waiting: Job[] = [];
  #running = 0;

  constructor(port: MessagePort, maker: SampleMaker) {
    this.#port = port;
    this.#maker = maker;
  }

  take(job: Job): void {
    this.#waiting.push(job);
    this.#goOn();
  }

  /** Forgets what is not begun yet. */
  stop(): void {
    this.#waiting.length = 0;
  }

  #goOn(): void {
    if (this.#running >= samplesAtOnce) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#running += 1;
    void this.#serve(job).then(() => {
      this.#running -= 1;
      this.#goOn();
    });
  }

  async #serve({ id, ...job }: Job): Promise<void> {
    try {
      const { held, sample, ...rest } = await this.#maker.prepare(job);
      const { transfer, ...sendable } = sendableSample(sample, held);
      this.#answer({ type: 'prepared', id, prepared: { ...rest, ...sendable } }, transfer);
    } catch (error) {
      this.#answer({ type: 'failed', id, error: sendableError(error) });
    }
  }

  #answer(answer: Answer, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(answer, transfer);
  }
}

async function serve(port: MessagePort, recipe: ThreadRecipe): Promise<void> {
  const tell = (answer: Answer): void => {
    port.postMessage(answer);
  };
  let server: Server | undefined;
  port.on('message', (order: Order) => {
    if (order !== 'close') {
      server?.take(order);
      return;
    }
    server?.stop();
    port.close();
  });
  try {
    server = new Server(port, await openSampleMaker(recipe));
    tell({ type: 'ready' });
  } catch (error) {
    tell({ type: 'unable', error: sendableError(error) });
  }
}

if (parentPort !== null) await serve(parentPort, workerData as ThreadRecipe);
