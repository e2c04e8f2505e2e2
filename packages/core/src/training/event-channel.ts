import type { RunControl } from '../components/callback.js';
import type { TrainingEvent, Warning } from '../components/training-event.js';
import { messageOf, SegkitError, TrainingError } from '../errors.js';
import { RepeatedFailures } from './repeated-failures.js';
import type { NamedCallback } from './run-plan.js';

/** An event and how many events, each the answer to the one before, led to it. */
interface Queued {
  readonly event: TrainingEvent;
  readonly depth: number;
}

/** Answers to answers that are taken for a loop: a checkpoint for every saved checkpoint, say. */
const deepest = 16;

/**
 * Delivers events one at a time: to every callback in the order of the config, waiting for each, and then to the
 * subscriber. Events raised by a callback (a saved checkpoint, a warning) follow the event it was handling.
 */
export class EventChannel {
  readonly #callbacks: readonly NamedCallback[];
  readonly #next: (event: TrainingEvent) => void;
  readonly #queue: Queued[] = [];
  readonly #repeated = new RepeatedFailures();
  #delivery: Promise<void> | undefined;
  /** Depth of the event that is being delivered. */
  #depth = -1;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;

  constructor(callbacks: readonly NamedCallback[], next: (event: TrainingEvent) => void) {
    this.#callbacks = callbacks;
    this.#next = next;
  }

  /**
   * Delivers an event of the loop and all that callbacks raise meanwhile. Not for callbacks: they would wait for
   * themselves.
   * @throws TrainingError if a callback that stops the run on errors fails, or events are answered without end.
   */
  async emit(event: TrainingEvent, run: RunControl): Promise<void> {
    this.#queue.push({ event, depth: 0 });
    await this.#deliverAll(run);
  }

  /**
   * Queues an event of a callback. It is delivered after the one that is being delivered, or at once if there is none;
   * a failure then waits for the loop's next event. Ignored once the channel is closed.
   */
  raise(event: TrainingEvent, run: RunControl): void {
    if (this.#closed) return;
    this.#queue.push({ event, depth: this.#depth + 1 });
    if (this.#delivery !== undefined) return;
    this.#deliverAll(run).catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  /** Joins the delivery that is under way, or begins one. */
  #deliverAll(run: RunControl): Promise<void> {
    this.#delivery ??= Promise.resolve().then(() => this.#drain(run));
    return this.#delivery;
  }

  async #drain(run: RunControl): Promise<void> {
    try {
      if (this.#failure !== undefined) throw this.#failure.error;
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        this.#depth = next.depth;
        if (next.depth > deepest) throw endless(next.event);
        await this.#deliver(next.event, run);
      }
    } finally {
      // At the same moment as the queue was found empty, so that no event is left behind.
      this.#delivery = undefined;
      this.#depth = -1;
    }
  }

  async #deliver(event: TrainingEvent, run: RunControl): Promise<void> {
    for (const { name, callback } of this.#callbacks) {
      try {
        await callback.handle(event, run);
      } catch (error) {
        const message = `callback "${name}" failed on ${event.type}: ${messageOf(error)}`;
        if (callback.onError === 'stop') {
          throw error instanceof SegkitError ? error : new TrainingError(message, { cause: error });
        }
        // A callback that fails on warnings must not warn about itself for ever.
        const told =
          event.type === 'warning'
            ? undefined
            : this.#repeated.tell(`${name} ${event.type}`, message);
        if (told !== undefined) {
          this.#queue.push({ event: warning(event, told), depth: this.#depth + 1 });
        }
      }
    }
    this.#next(event);
  }

  /**
   * Closes every callback, even if one of them fails; a failure of one that declares `warn` is a last warning to the
   * subscriber.
   * @param step - Steps taken.
   * @throws SegkitError on the first failure of one that declares `stop`.
   */
  async close(step: number): Promise<void> {
    await this.#delivery?.catch(() => undefined);
    this.#closed = true;
    const failures: unknown[] = this.#failure === undefined ? [] : [this.#failure.error];
    for (const { name, callback } of this.#callbacks) {
      try {
        await callback.close?.();
      } catch (cause) {
        const message = `callback "${name}" failed to close: ${messageOf(cause)}`;
        if (callback.onError === 'warn') this.#next({ type: 'warning', step, message });
        else failures.push(new TrainingError(message, { cause }));
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

function warning(event: TrainingEvent, message: string): Warning {
  return { type: 'warning', step: 'step' in event ? event.step : 0, message };
}

function endless({ type }: TrainingEvent): TrainingError {
  return new TrainingError(
    `callbacks: ${String(deepest)} events were each raised in answer to another, the last of them ${type}; ` +
      'a callback must not answer the events that it raises itself.',
  );
}
