import type { TrainingEvent } from './training-event.js';

/** What a callback may do to the run it watches. */
export interface RunControl {
  /** The run's folder; `null` if nothing is written. */
  readonly folder: string | null;
  /** Ends the run after the current step; `run-end` carries the reason. */
  stop(reason: string): void;
  /**
   * Writes weights, optimiser state and position under `checkpoints/<name>`; a `checkpoint-saved` event follows.
   * @throws CheckpointError if the run has no folder or the disk refuses.
   */
  saveCheckpoint(name: string): Promise<string>;
}

/**
 * Watches the event stream of a run. The loop waits for `handle`, in the order of the config, before it goes on:
 * a checkpoint is on disk before the next step begins.
 */
export interface Callback {
  /** What an error in `handle` does: `stop` ends the run with that error, `warn` turns it into a warning event. */
  readonly onError: 'stop' | 'warn';
  handle(event: TrainingEvent, run: RunControl): void | Promise<void>;
  /** Called once when the run is over, however it ended. */
  close?(): void | Promise<void>;
}

/** Options of every callback by name; plugins merge theirs in. */
export interface CallbackOptions {}
