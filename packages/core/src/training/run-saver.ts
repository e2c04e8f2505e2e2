import { checkpointOfStep, checkpointPaths } from '../checkpoint/checkpoint-files.js';
import type { GuardsState, RunPosition } from '../checkpoint/checkpoint-state.js';
import type { CheckpointName } from '../checkpoint/checkpoint-pointer.js';
import {
  CheckpointStore,
  type CheckpointContent,
  type SavedCheckpoint,
} from '../checkpoint/checkpoint-store.js';
import type { UnsavedError } from '../checkpoint/disk-space.js';
import { collectWeights } from '../checkpoint/weights.js';
import type { CheckpointRequest } from '../components/callback.js';
import type { LowDisk } from '../components/training-event.js';
import { CheckpointError, messageOf, TrainingError } from '../errors.js';
import { trainedWeights } from './restore-checkpoint.js';
import type { NamedCallback, RunPlan } from './run-plan.js';

const defaultKeep = 2;

/** Collects what callbacks ask to be saved, copies the run's state and has it written. */
export class RunSaver {
  readonly #plan: RunPlan;
  readonly #store: CheckpointStore | null;
  /** The step whose tensors were copied last: they are not copied again. */
  #copiedAt = -1;
  #requests: { readonly name: CheckpointName; readonly keep: number }[] = [];

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#store = plan.folder === null ? null : new CheckpointStore(plan.folder);
  }

  /**
   * Notes a request.
   * @returns Where the weights will lie.
   * @throws CheckpointError if the run has no folder.
   */
  request(
    name: string,
    { keep = defaultKeep, note = {} }: CheckpointRequest,
    step: number,
  ): string {
    const { folder } = this.#plan;
    if (folder === null) {
      throw new CheckpointError(`checkpoint "${name}": the run has no folder; give fit() one.`);
    }
    if (!/^[a-z0-9][\w-]*$/i.test(name) || /^step-\d+$/.test(name)) {
      throw new CheckpointError(
        `checkpoint "${name}": expected a name of letters, digits, "-" and "_" that is not "step-<number>".`,
      );
    }
    this.#requests.push({ name: { name, note }, keep });
    return checkpointPaths(folder, checkpointOfStep(step)).weights;
  }

  /** Copies the run's state if somebody asked for it; the writing goes on in the background. */
  async copyRequested(position: RunPosition, guards: GuardsState): Promise<void> {
    const requests = this.#requests;
    if (requests.length === 0 || this.#store === null) return;
    this.#requests = [];
    const { schedule, callbacks, seed, engine, trainSamples } = this.#plan;
    // One copy waits to be written at a time: memory must not fill up when the disk is slower than training.
    await this.#store.settle();
    const tensors = this.#copiedAt === position.step ? null : await copyTensors(this.#plan);
    this.#store.save({
      names: requests.map(({ name }) => name),
      keep: Math.max(...requests.map(({ keep }) => keep)),
      tensors,
      state: {
        format: 1,
        seed,
        engine,
        trainSamples,
        position,
        guards,
        schedule: schedule.state?.() ?? null,
        callbacks: callbacks.map(stateOf),
      },
    });
    this.#copiedAt = position.step;
  }

  /** Forgets what was copied: the run went back, and a step may come again with other weights. */
  forget(): void {
    this.#copiedAt = -1;
  }

  /** What reached the disk since the last call. */
  takeSaved(): readonly SavedCheckpoint[] {
    return this.#store?.takeSaved() ?? [];
  }

  /** Warnings of a disk that fills up, since the last call. */
  takeLow(): readonly LowDisk[] {
    return this.#store?.takeLow() ?? [];
  }

  /** Why something is not written, if the disk refused it. */
  get failure(): UnsavedError | undefined {
    return this.#store?.failure;
  }

  /** Tries again what the disk refused. */
  async retry(): Promise<void> {
    await this.#store?.retry();
  }

  /** Waits for the disk. */
  async settle(): Promise<void> {
    await this.#store?.settle();
  }
}

/** @throws TrainingError naming the callback, if it cannot give its state. */
function stateOf({ name, callback }: NamedCallback): CallbackState {
  try {
    return { name, state: callback.state?.() ?? null };
  } catch (cause) {
    throw new TrainingError(`callback "${name}" cannot give its state: ${messageOf(cause)}`, {
      cause,
    });
  }
}

type CallbackState = CheckpointContent['state']['callbacks'][number];

type Tensors = NonNullable<CheckpointContent['tensors']>;

/** The weights are those that validations use: averages, if the run keeps them. */
async function copyTensors({ model, optimizer, averages }: RunPlan): Promise<Tensors> {
  await averages?.returned();
  const weights = await collectWeights(model);
  const state = await optimizer.state();
  if (averages === null) return { weights, optimizer: state };
  return {
    weights: await averages.state(),
    optimizer: new Map([...state, ...trainedWeights(weights)]),
  };
}
