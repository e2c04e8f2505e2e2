import type { GuardsState, RunPosition } from '../checkpoint/checkpoint-state.js';
import type { RunLock } from '../checkpoint/run-lock.js';
import type { Callback } from '../components/callback.js';
import type { Loss } from '../components/loss.js';
import type { Optimizer } from '../components/optimizer.js';
import type { Schedule } from '../components/schedule.js';
import type { Config } from '../config/config-schema.js';
import type { EvaluationPlan } from '../inference/evaluate.js';
import type { Loader } from '../loading/loader.js';
import type { TrainConfig } from '../config/train-schema.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import type { RandomStream } from '../tensor/random-stream.js';
import type { Freezer } from './freezer.js';
import type { WeightAverages } from './weight-averages.js';

/** A callback and the name it was asked for by. */
export interface NamedCallback {
  readonly name: string;
  readonly callback: Callback;
}

/** Everything a training loop works with, checked and ready. */
export interface RunPlan {
  readonly config: Config;
  readonly model: SegmentationModel;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly loader: Loader;
  /** `null` if the config names no validation set. */
  readonly validation: EvaluationPlan | null;
  readonly callbacks: readonly NamedCallback[];
  /** `null` if nothing is written. */
  readonly folder: string | null;
  /** Keeps the folder for this process; `null` without a folder. */
  readonly lock: RunLock | null;
  /** Where the run begins, or goes on. */
  readonly start: RunPosition;
  /** What the guards of its updates remember. */
  readonly guards: GuardsState;
  /** What was passed over or changed on the way to this plan, to be told as warning events. */
  readonly warnings: readonly string[];
  readonly engine: string;
  readonly seed: number;
  readonly random: RandomStream;
  /** Images per update. */
  readonly batchSize: number;
  readonly totalSteps: number;
  /** Steps between validations; `null` validates at the end of every epoch. */
  readonly validateEvery: number | null;
  readonly train: TrainConfig;
  readonly freezer: Freezer;
  /** `null` if the config asks for none. */
  readonly averages: WeightAverages | null;
  readonly trainSamples: number;
}
