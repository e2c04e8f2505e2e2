/**
 * Everything that happens in a run, in order, told apart by `type`. Events carry numbers and texts, never
 * tensors, so they can be stored, sent and compared.
 */
export type TrainingEvent =
  | RunStart
  | EpochStart
  | Step
  | Validation
  | CheckpointSaved
  | EpochEnd
  | RunEnd
  | Warning
  | Measurement
  | Paused
  | Resumed;

/** The run is about to take its first step, or goes on after an interruption. */
export interface RunStart {
  readonly type: 'run-start';
  /** The run's folder, or `null` if nothing is written. */
  readonly folder: string | null;
  readonly engine: string;
  readonly seed: number;
  /** Steps taken before: 0, or those of the checkpoint that a resumed run goes on from. */
  readonly step: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly batchSize: number;
  /** Trainable scalars. */
  readonly parameters: number;
  /** Threads that prepare batches; 0 means the main thread. */
  readonly loaderThreads: number;
  readonly trainSamples: number;
  readonly validationSamples: number;
}

/** The training set is about to be read from its start. */
export interface EpochStart {
  readonly type: 'epoch-start';
  /** Counts from 1. */
  readonly epoch: number;
  /** Steps taken before. */
  readonly step: number;
}

/** One update was made. */
export interface Step {
  readonly type: 'step';
  /** Counts from 1. */
  readonly step: number;
  readonly epoch: number;
  readonly totalSteps: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Norm of all gradients together, before they were clipped. */
  readonly gradientNorm?: number;
  /** Whether a guard left the update out. */
  readonly skipped?: true;
  /** Seconds that this step took, waiting for data included. */
  readonly seconds: number;
  /** Seconds of it spent waiting for data. */
  readonly dataSeconds: number;
  /** Images per second over the last steps. */
  readonly imagesPerSecond: number;
}

/** The validation set was evaluated. */
export interface Validation {
  readonly type: 'validation';
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** By name, e.g. `meanIoU`; plus whatever the config's metrics compute. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** A checkpoint lies on disk. */
export interface CheckpointSaved {
  readonly type: 'checkpoint-saved';
  readonly step: number;
  /** `last`, `best`, … */
  readonly name: string;
  readonly path: string;
}

/** The training set was read to its end, or the run ends in the middle of it. */
export interface EpochEnd {
  readonly type: 'epoch-end';
  readonly epoch: number;
  readonly step: number;
  /** Mean training loss of the epoch. */
  readonly loss: number;
}

/** The run is over; what may follow is a callback's answer to it, such as a last checkpoint. */
export interface RunEnd {
  readonly type: 'run-end';
  readonly step: number;
  readonly epoch: number;
  /** `completed`, or the reason given to `RunControl.stop`. */
  readonly reason: string;
  readonly seconds: number;
  /** Seconds of it in which training steps waited for data. */
  readonly dataSeconds: number;
  /** Training samples that could not be loaded and were skipped, each counted once. */
  readonly skippedSamples: number;
}

/** Something the user should know, that does not stop the run. */
export interface Warning {
  readonly type: 'warning';
  readonly step: number;
  readonly message: string;
  /** What a guard of the run saw, told apart by `guard`. */
  readonly cause?: WarningCause;
}

/** What made a guard of the run speak, in numbers. */
export type WarningCause = NonFinite | Spike | TensorLeak | StalledLoader | LowDisk | Unsaved;

/** A loss or gradient was NaN or infinite. */
export interface NonFinite {
  readonly guard: 'non-finite';
  readonly loss: number;
  /** Norm of all gradients together. */
  readonly gradientNorm: number;
  /** Ids of the batch's samples. */
  readonly samples: readonly string[];
  /** Whether the update was left out, or the run went back to a checkpoint. */
  readonly action: 'skip' | 'rollback';
}

/** A loss was far above those before it. */
export interface Spike {
  readonly guard: 'loss-spike';
  readonly loss: number;
  /** Of the losses before. */
  readonly median: number;
  /** From which on a loss is a spike. */
  readonly limit: number;
  readonly action: 'warn' | 'skip';
}

/** Every step leaves tensors in memory. */
export interface TensorLeak {
  readonly guard: 'tensor-leak';
  /** Held by the engine now. */
  readonly tensors: number;
  readonly bytes: number;
  /** Steps in a row over which they grew. */
  readonly steps: number;
  readonly tensorsPerStep: number;
  readonly bytesPerStep: number;
}

/** The next batch does not come. */
export interface StalledLoader {
  readonly guard: 'stalled-loader';
  readonly epoch: number;
  /** Seconds waited so far. */
  readonly seconds: number;
}

/** The disk has hardly room for a checkpoint. */
export interface LowDisk {
  readonly guard: 'low-disk';
  readonly freeBytes: number;
  /** Of the checkpoint that is about to be written. */
  readonly neededBytes: number;
}

/** A checkpoint could not be written; the run waits and tries again. */
export interface Unsaved {
  readonly guard: 'unsaved';
  /** `null` where the system does not tell. */
  readonly freeBytes: number | null;
  /** Of the checkpoint. */
  readonly neededBytes: number;
  /** Seconds until the next attempt. */
  readonly retrySeconds: number;
}

/** A callback measured something and reported it. */
export interface Measurement {
  readonly type: 'measurement';
  readonly step: number;
  /** By name, e.g. `system/memory-mb`. */
  readonly values: Readonly<Record<string, number>>;
}

/** The run waits, before its next step, to be resumed. */
export interface Paused {
  readonly type: 'paused';
  /** Steps taken before. */
  readonly step: number;
}

/** A run that was paused goes on. */
export interface Resumed {
  readonly type: 'resumed';
  /** Steps taken before. */
  readonly step: number;
  /** Seconds that it waited. */
  readonly seconds: number;
}
