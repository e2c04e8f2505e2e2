import { setImmediate as nextTurn } from 'node:timers/promises';

import * as tf from '@tensorflow/tfjs-core';

import { collectWeights, writeTensors } from '../checkpoint/weights.js';
import { checkpointPaths, writeJson } from '../checkpoint/run-folder.js';
import type { RunControl } from '../components/callback.js';
import type { Sample } from '../components/sample.js';
import type { TrainingEvent } from '../components/training-event.js';
import { CheckpointError } from '../errors.js';
import { evaluate } from '../inference/evaluate.js';
import { EventChannel } from './event-channel.js';
import { TensorLeaks } from './guards/tensor-leaks.js';
import { UpdateGuard, type Verdict } from './guards/update-guard.js';
import { watchStall } from './guards/watch-stall.js';
import { RateMeter } from './rate-meter.js';
import type { RunPlan } from './run-plan.js';
import { trainStep } from './train-step.js';

const now = (): number => performance.now() / 1000;

/** One run of the training loop: steps, validations and their events, until done or stopped. */
export class TrainingRun implements RunControl {
  readonly folder: string | null;
  readonly #plan: RunPlan;
  readonly #channel: EventChannel;
  readonly #rate = new RateMeter();
  readonly #guard: UpdateGuard;
  readonly #leaks = new TensorLeaks();
  #step = 0;
  #epoch = 0;
  #validatedAt = -1;
  #stopReason: string | undefined;
  #abandoned = false;

  constructor(plan: RunPlan, next: (event: TrainingEvent) => void) {
    this.#plan = plan;
    this.folder = plan.folder;
    this.#guard = new UpdateGuard(plan.train);
    this.#channel = new EventChannel(plan.callbacks, next);
  }

  /** Ends the run after the current step. */
  stop(reason: string): void {
    this.#stopReason ??= reason;
  }

  /** Ends the run after the current step because nobody waits for it any more: no further validation. */
  abandon(reason: string): void {
    this.#abandoned = true;
    this.stop(reason);
  }

  async saveCheckpoint(name: string): Promise<string> {
    if (this.folder === null) {
      throw new CheckpointError(`checkpoint "${name}": the run has no folder; give fit() one.`);
    }
    const { model, optimizer, seed } = this.#plan;
    const paths = checkpointPaths(this.folder, name);
    await writeTensors(paths.weights, await collectWeights(model), { framework: 'segkit' });
    await writeTensors(paths.optimizer, await optimizer.state());
    await writeJson(paths.state, { step: this.#step, epoch: this.#epoch, seed });
    await this.#emit({ type: 'checkpoint-saved', step: this.#step, name, path: paths.weights });
    return paths.weights;
  }

  /** Trains to the end and closes the callbacks, however it ends. */
  async run(): Promise<void> {
    const started = now();
    try {
      await this.#emitStart();
      while (!this.#finished()) await this.#runEpoch();
      await this.#validate();
      await this.#emit({
        type: 'run-end',
        step: this.#step,
        epoch: this.#epoch,
        reason: this.#stopReason ?? 'completed',
        seconds: now() - started,
      });
    } finally {
      await this.#channel.close();
    }
  }

  #finished(): boolean {
    return this.#step >= this.#plan.totalSteps || this.#stopReason !== undefined;
  }

  #emit(event: TrainingEvent): Promise<void> {
    return this.#channel.emit(event, this);
  }

  #emitStart(): Promise<void> {
    const { engine, seed, totalSteps, train, model, loader, trainSamples } = this.#plan;
    return this.#emit({
      type: 'run-start',
      folder: this.folder,
      engine,
      seed,
      totalSteps,
      stepsPerEpoch: loader.batchesPerEpoch,
      batchSize: train.batchSize * train.accumulate,
      parameters: model.parameterCount,
      trainSamples,
      validationSamples: this.#plan.validation?.dataset.length ?? 0,
    });
  }

  async #runEpoch(): Promise<void> {
    const {
      loader,
      train: { validateEvery, stalledAfter },
    } = this.#plan;
    this.#epoch += 1;
    await this.#emit({ type: 'epoch-start', epoch: this.#epoch, step: this.#step });
    let lossSum = 0;
    let steps = 0;
    let updates = 0;
    let upcoming = this.#load(0);
    while (steps < loader.batchesPerEpoch && !this.#finished()) {
      const requested = now();
      const samples = await watchStall(upcoming, stalledAfter, (seconds) => this.#stalled(seconds));
      const dataSeconds = now() - requested;
      // The next batch is decoded and augmented while this one trains.
      if (steps + 1 < loader.batchesPerEpoch) upcoming = this.#load(steps + 1);
      const { loss, updated } = await this.#takeStep(samples, requested, dataSeconds);
      steps += 1;
      if (updated) {
        lossSum += loss;
        updates += 1;
      }
      // An engine and data that never wait would otherwise keep timers and signals from ever being heard.
      await nextTurn();
      if (validateEvery !== null && this.#step % validateEvery === 0) await this.#validate();
    }
    if (steps === 0) return;
    await this.#emit({
      type: 'epoch-end',
      epoch: this.#epoch,
      step: this.#step,
      loss: lossSum / updates,
    });
    if (validateEvery === null) await this.#validate();
  }

  #load(position: number): Promise<readonly Sample[]> {
    const loading = this.#plan.loader.batch(this.#epoch, position);
    // Awaited later; without this an error before then would end the process.
    loading.catch(() => undefined);
    return loading;
  }

  async #stalled(seconds: number): Promise<void> {
    const message = `loading: no batch for ${String(seconds)} s in epoch ${String(this.#epoch)}; is the disk or the network slow?`;
    const cause = { guard: 'stalled-loader', epoch: this.#epoch, seconds } as const;
    await this.#emit({ type: 'warning', step: this.#step, message, cause });
  }

  /** @returns The loss, and whether the weights were updated. */
  async #takeStep(
    samples: readonly Sample[],
    started: number,
    dataSeconds: number,
  ): Promise<{ readonly loss: number; readonly updated: boolean }> {
    const { model, loss, optimizer, schedule, random, totalSteps, train, freezer, averages } =
      this.#plan;
    const step = this.#step + 1;
    freezer.apply(this.#step);
    const learningRate = optimizer.learningRate * schedule.factor(this.#step);
    const mode = { training: true, random: random.fork('step').fork(step) } as const;
    let verdict: Verdict = { action: 'skip' };
    const measured = await trainStep(
      { model, loss, optimizer, learningRate, mode, clip: train, batchSize: train.batchSize },
      samples,
      (found) => {
        verdict = this.#guard.judge(found, { step, learningRate, samples });
        return verdict.action === 'update';
      },
    );
    const { action, warning } = verdict as Verdict;
    const updated = action === 'update';
    if (updated) averages?.update();
    this.#step = step;
    if (warning !== undefined) await this.#emit({ type: 'warning', step, ...warning });
    await this.#watchMemory();
    const seconds = now() - started;
    await this.#emit({
      type: 'step',
      step,
      epoch: this.#epoch,
      totalSteps,
      ...measured,
      learningRate,
      ...(!updated && { skipped: true }),
      seconds,
      dataSeconds,
      imagesPerSecond: this.#rate.add(samples.length, seconds),
    });
    return { loss: measured.loss, updated };
  }

  async #watchMemory(): Promise<void> {
    const { numTensors: tensors, numBytes: bytes } = tf.memory();
    const leak = this.#leaks.observe({ tensors, bytes });
    if (leak === undefined) return;
    const message =
      `memory: each of the last ${String(leak.steps)} steps left tensors behind, ${leak.tensorsPerStep.toFixed(1)} and ` +
      `${(leak.bytesPerStep / 1024).toFixed(1)} KiB a step (${String(tensors)} tensors, ${(bytes / 2 ** 20).toFixed(1)} MiB now); ` +
      'tidy what your own parts make (tf.tidy).';
    await this.#emit({ type: 'warning', step: this.#step, message, cause: leak });
  }

  async #validate(): Promise<void> {
    const { validation, averages, schedule } = this.#plan;
    if (validation === null || this.#abandoned || this.#validatedAt === this.#step) return;
    this.#validatedAt = this.#step;
    const started = now();
    const work = () => evaluate(validation);
    const { loss, metrics } = await (averages === null ? work() : averages.lend(work));
    schedule.observe?.({ loss, metrics });
    await this.#emit({
      type: 'validation',
      step: this.#step,
      epoch: this.#epoch,
      loss,
      metrics,
      seconds: now() - started,
    });
  }
}
