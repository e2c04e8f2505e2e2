import type { CheckpointState } from '../checkpoint/checkpoint-state.js';
import type { WholeCheckpoint } from '../checkpoint/open-checkpoint.js';
import { applyWeights } from '../checkpoint/weights.js';
import type { NamedArray, Optimizer } from '../components/optimizer.js';
import { CheckpointError, messageOf } from '../errors.js';
import type { NamedCallback, RunPlan } from './run-plan.js';

/** Before the names of the weights that are trained, where a checkpoint's own are their averages. */
const trainedPrefix = 'trained-weights.';

/** The weights that are trained, named for the file of the optimiser's state. */
export function trainedWeights(
  weights: ReadonlyMap<string, NamedArray>,
): ReadonlyMap<string, NamedArray> {
  return new Map([...weights].map(([name, array]) => [trainedPrefix + name, array]));
}

/** A checkpoint's tensors, told apart. */
export interface TrainingTensors {
  /** What validations used: averages, if the run kept them. */
  readonly evaluated: ReadonlyMap<string, NamedArray>;
  readonly trained: ReadonlyMap<string, NamedArray>;
  readonly optimizer: ReadonlyMap<string, NamedArray>;
}

/**
 * Tells a checkpoint's tensors apart.
 * @param where - Opens the message.
 * @throws CheckpointError if it holds weights alone.
 */
export function trainingTensors(
  where: string,
  { weights, optimizer: file }: WholeCheckpoint,
): TrainingTensors {
  if (file === null) {
    throw new CheckpointError(
      `${where}: holds weights alone, no optimizer state; start a new run that begins with these weights.`,
    );
  }
  const trained = new Map<string, NamedArray>();
  const optimizer = new Map<string, NamedArray>();
  for (const [name, array] of file) {
    if (name.startsWith(trainedPrefix)) trained.set(name.slice(trainedPrefix.length), array);
    else optimizer.set(name, array);
  }
  return { evaluated: weights, trained: trained.size === 0 ? weights : trained, optimizer };
}

/**
 * Gives a run's parts the state that a checkpoint holds.
 * @param where - Opens messages.
 * @throws CheckpointError if it belongs to another network, optimiser, schedule or callback.
 */
export function restoreCheckpoint(
  parts: Pick<RunPlan, 'model' | 'schedule' | 'callbacks' | 'averages'> & { optimizer: Optimizer },
  where: string,
  { evaluated, trained, optimizer }: TrainingTensors,
  state: CheckpointState,
): void {
  const { model, averages, schedule, callbacks } = parts;
  if (averages !== null) {
    applyWeights(model, evaluated, where);
    averages.restart();
  }
  applyWeights(model, trained, where);
  parts.optimizer.restore(optimizer);
  if (state.schedule !== null) schedule.restore?.(state.schedule);
  restoreCallbacks(callbacks, state.callbacks, where);
}

/** Hands each callback the state that one of its name, in the same order, left. */
function restoreCallbacks(
  callbacks: readonly NamedCallback[],
  states: CheckpointState['callbacks'],
  where: string,
): void {
  const left = [...states];
  for (const { name, callback } of callbacks) {
    const index = left.findIndex((entry) => entry.name === name);
    const [entry] = index < 0 ? [] : left.splice(index, 1);
    if (entry === undefined || entry.state === null) continue;
    try {
      callback.restore?.(entry.state);
    } catch (cause) {
      throw new CheckpointError(
        `${where}: callback "${name}" cannot take up its state: ${messageOf(cause)}`,
        { cause },
      );
    }
  }
}
