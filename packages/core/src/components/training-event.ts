/**
 * Everything that happens in a run, in order, told apart by `type`. Events carry numbers and texts, never
 * tensors, so they can be stored, sent and compared.
 */
export type TrainingEvent =
  RunStart | EpochStart | Step | Validation | CheckpointSaved | EpochEnd | RunEnd | Warning;

/** The run is about to take its first step. */
export interface RunStart {
  readonly type: 'run-start';
  /** The run's folder, or `null` if nothing is written. */
  readonly folder: string | null;
  readonly engine: string;
  readonly seed: number;
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
}
