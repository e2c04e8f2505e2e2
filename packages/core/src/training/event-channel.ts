import type { RunControl } from '../components/callback.js';
import type { TrainingEvent, Warning } from '../components/training-event.js';
import { messageOf, SegkitError, TrainingError } from '../errors.js';
import type { NamedCallback } from './run-plan.js';

/**
 * Delivers events one at a time: to every callback in the order of the config, waiting for each, and then to the
 * subscriber. Events raised by a callback (a saved checkpoint, a warning) follow the event it was handling.
 */
export class EventChannel {
  readonly #callbacks: readonly NamedCallback[];
  readonly #next: (event: TrainingEvent) => void;
  readonly #queue: TrainingEvent[] = [];
  #delivering = false;

  constructor(callbacks: readonly NamedCallback[], next: (event: TrainingEvent) => void) {
    this.#callbacks = callbacks;
    this.#next = next;
  }

  /**
   * Queues an event and, unless a delivery is under way, delivers all that are queued.
   * @throws TrainingError if a callback that stops the run on errors fails.
   */
  async emit(event: TrainingEvent, run: RunControl): Promise<void> {
    this.#queue.push(event);
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        await this.#deliver(next, run);
      }
    } finally {
      this.#delivering = false;
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
        if (event.type !== 'warning') this.#queue.push(warning(event, message));
      }
    }
    this.#next(event);
  }

  /** Closes every callback, even if one of them fails; then throws the first failure. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const { callback } of this.#callbacks) {
      try {
        await callback.close?.();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw new TrainingError(`a callback failed to close: ${messageOf(failures[0])}`, {
        cause: failures[0],
      });
    }
  }
}

function warning(event: TrainingEvent, message: string): Warning {
  return { type: 'warning', step: 'step' in event ? event.step : 0, message };
}
