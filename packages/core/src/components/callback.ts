import type { Raster } from '../tensor/raster.js';
import type { LabelSchema } from './label-schema.js';
import type { NamedArray } from './optimizer.js';
import type { Sample } from './sample.js';
import type { StateValue } from './state-value.js';
import type { TrainingEvent } from './training-event.js';

/** How a checkpoint is to be kept. */
export interface CheckpointRequest {
  /** How many of the newest checkpoints stay, beside those that have a name. Default 2. */
  readonly keep?: number;
  /** Written beside the name, for people who look: which score was the best, say. */
  readonly note?: Readonly<Record<string, StateValue>>;
}

/** A sample of the validation set and what the network makes of it. */
export interface SamplePrediction {
  /** After the validation transforms, with its labels or target. */
  readonly sample: Sample;
  /** Class indices of the sample's size; `undefined` in image-to-image tasks. */
  readonly prediction: Int32Array | undefined;
  /** Probabilities by class (one channel for a binary sigmoid), or the output image. */
  readonly output: Raster<Float32Array>;
}

/**
 * What a callback may ask of the run it watches, and do to it. All of it may be called inside `handle`: what it raises
 * is delivered after the event that is being handled.
 */
export interface RunControl {
  /** The run's folder; `null` if nothing is written. */
  readonly folder: string | null;
  /** The whole config, defaults filled in, as `config.json` in the run's folder holds it: plain JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The classes and what counts as ignored. */
  readonly labels: LabelSchema;
  /** Ends the run after the current step; `run-end` carries the reason. */
  stop(reason: string): void;
  /**
   * Asks for a checkpoint: weights, optimiser state, position and every callback's state as they are when all callbacks have
   * seen the event that is being handled. It is written while training goes on; a `checkpoint-saved` event follows. If the
   * disk refuses, the run ends with a CheckpointError; earlier checkpoints stay whole.
   * @param name - What it is called, e.g. `last`; the name then no longer stands for the checkpoint it stood for.
   * @returns Where its weights will lie.
   * @throws CheckpointError if the run has no folder.
   */
  saveCheckpoint(name: string, options?: CheckpointRequest): string;
  /** Tells all callbacks and the subscriber some numbers, by a `measurement` event. */
  report(values: Readonly<Record<string, number>>): void;
  /**
   * Shows the network one whole sample of the validation set, in inference mode and with the averaged weights if the run
   * keeps them, as validations do; changes nothing of the run. Only while an event is being handled.
   * @param index - Below the `validationSamples` of `run-start`.
   * @throws DataError if the validation set has no such sample.
   */
  predict(index: number): Promise<SamplePrediction>;
  /** Every parameter and buffer by name, in PyTorch's layout: copies of the moment. */
  weights(): Promise<ReadonlyMap<string, NamedArray>>;
}

/**
 * Watches the event stream of a run. The loop waits for `handle`, in the order of the config, before it goes on.
 */
export interface Callback {
  /**
   * What an error in `handle` or `close` does: `stop` ends the run with that error, `warn` turns it into a warning
   * event.
   */
  readonly onError: 'stop' | 'warn';
  handle(event: TrainingEvent, run: RunControl): void | Promise<void>;
  /** What it remembers, for a checkpoint. Left out: nothing. */
  state?(): StateValue;
  /** Takes up, before the first event, what `state` gave when the run was saved. */
  restore?(state: StateValue): void;
  /** Called once when the run is over, however it ended. */
  close?(): void | Promise<void>;
}

/** Options of every callback by name; plugins merge theirs in. */
export interface CallbackOptions {}
