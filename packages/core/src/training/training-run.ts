import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import * as tf from '@tensorflow/tfjs-core';

import { collectWeights } from '../checkpoint/weights.js';
import type { CheckpointRequest, RunControl, SamplePrediction } from '../components/callback.js';
import type { LabelSchema } from '../components/label-schema.js';
import type { NamedArray } from '../components/optimizer.js';
import type { Sample } from '../components/sample.js';
import type { TrainingEvent, Warning, WarningCause } from '../components/training-event.js';
import { listCheckpoints } from '../checkpoint/checkpoint-files.js';
import { describeLowDisk, type UnsavedError } from '../checkpoint/disk-space.js';
import { readNewestCheckpoint, type WholeCheckpoint } from '../checkpoint/open-checkpoint.js';
import { TrainingError } from '../errors.js';
import { evaluate } from '../inference/evaluate.js';
import { predictSample } from '../inference/predict-sample.js';
import { EventChannel } from './event-channel.js';
import { describeLeak, TensorLeaks } from './guards/tensor-leaks.js';
import { UpdateGuard, type Verdict } from './guards/update-guard.js';
import { watchStall } from './guards/watch-stall.js';
import { PauseGate } from './pause-gate.js';
import { RateMeter } from './rate-meter.js';
import type { RunPlan } from './run-plan.js';
import { restoreCheckpoint, trainingTensors } from './restore-checkpoint.js';
import { RunProgress } from './run-progress.js';
import { RunSaver } from './run-saver.js';
import { trainStep } from './train-step.js';

const now = (): number => performance.now() / 1000;

/** One run of the training loop: steps, validations and their events, until done or stopped. */
export class TrainingRun implements RunControl {
  readonly folder: string | null;
  readonly #plan: RunPlan;
  readonly #channel: EventChannel;
  readonly #progress: RunProgress;
  readonly #saver: RunSaver;
  readonly #rate = new RateMeter();
  readonly #guard: UpdateGuard;
  readonly #leaks = new TensorLeaks();
  readonly #gate = new PauseGate();
  /** Aborted when no further step shall be taken: nobody waits for data any longer. */
  readonly #ending = new AbortController();
  /** Aborted when the run is interrupted: nobody waits for the disk any longer either. */
  readonly #interruption = new AbortController();
  #dataSeconds = 0;
  #abandoned: string | undefined;
  /** What the run ends with, once it is saved. */
  #fatal: TrainingError | undefined;

  constructor(plan: RunPlan, next: (event: TrainingEvent) => void) {
    this.#plan = plan;
    this.folder = plan.folder;
    this.#channel = new EventChannel(plan.callbacks, next);
    this.#progress = new RunProgress(plan.start);
    this.#saver = new RunSaver(plan);
    this.#guard = new UpdateGuard(plan.train, plan.guards);
  }

  get config(): Readonly<Record<string, unknown>> {
    return { ...this.#plan.config };
  }

  get labels(): LabelSchema {
    return this.#plan.config.data.labels;
  }

  /** Ends the run after the current step; resuming it does not go on. */
  stop(reason: string): void {
    this.#progress.end(reason);
    this.#leave();
  }

  /** Lets the run wait before its next step. */
  pause(): void {
    if (!this.#finished()) this.#gate.shut();
  }

  /** Lets a paused run go on. */
  resume(): void {
    this.#gate.open();
  }

  /** Interrupts the run after the current step, without a further validation; it can be resumed. */
  abandon(reason: string): void {
    this.#abandoned ??= reason;
    this.#leave();
    this.#interruption.abort();
  }

  #leave(): void {
    this.#gate.open();
    this.#ending.abort();
  }

  saveCheckpoint(name: string, options: CheckpointRequest = {}): string {
    return this.#saver.request(name, options, this.#progress.step);
  }

  report(values: Readonly<Record<string, number>>): void {
    this.#raise({ type: 'measurement', step: this.#progress.step, values });
  }

  predict(index: number): Promise<SamplePrediction> {
    return this.#averaged(() => predictSample(this.#plan.validation, index));
  }

  async weights(): Promise<ReadonlyMap<string, NamedArray>> {
    await this.#plan.averages?.returned();
    return collectWeights(this.#plan.model);
  }

  /** Trains to the end and closes the callbacks, however it ends. */
  async run(): Promise<void> {
    const { loader, totalSteps } = this.#plan;
    try {
      await loader.open(totalSteps);
      await this.#emitStart();
      await this.#validateIfDue();
      while (!this.#finished()) await this.#runEpoch();
      await this.#validate();
      const { step, epoch, seconds, stopReason } = this.#progress;
      const reason = this.#abandoned ?? stopReason ?? 'completed';
      const { skippedSamples } = loader;
      const times = { seconds, dataSeconds: this.#dataSeconds };
      await this.#emit({ type: 'run-end', step, epoch, reason, ...times, skippedSamples });
      await this.#saver.settle();
      await this.#tellSaved();
      if (this.#fatal !== undefined) throw this.#fatal;
    } finally {
      await loader.close();
      // What was copied is written even if the run failed.
      await this.#saver.settle();
      await this.#channel.close(this.#progress.step);
    }
  }

  #finished(): boolean {
    const { step, stopReason } = this.#progress;
    return step >= this.#plan.totalSteps || stopReason !== null || this.#abandoned !== undefined;
  }

  /** Delivers an event, then saves what callbacks asked for meanwhile. */
  async #emit(event: TrainingEvent): Promise<void> {
    await this.#channel.emit(event, this);
    // A callback may not have waited for them; the weights must be the run's own again.
    await this.#plan.averages?.returned();
    await this.#saver.copyRequested(this.#progress.position, this.#guard.state());
    await this.#tellSaved();
  }

  #raise(event: TrainingEvent): void {
    this.#channel.raise(event, this);
  }

  async #waitWhilePaused(): Promise<void> {
    if (!this.#gate.isShut) return;
    const { step } = this.#progress;
    const started = now();
    await this.#emit({ type: 'paused', step });
    await this.#gate.pass();
    await this.#emit({ type: 'resumed', step, seconds: now() - started });
  }

  /** @throws UnsavedError if the disk refused a checkpoint and the run shall not wait for it. */
  async #tellSaved(): Promise<void> {
    for (;;) {
      for (const low of this.#saver.takeLow()) {
        await this.#channel.emit(this.#warning(describeLowDisk(low), low), this);
      }
      for (const saved of this.#saver.takeSaved()) {
        await this.#channel.emit({ type: 'checkpoint-saved', ...saved }, this);
      }
      const { failure } = this.#saver;
      if (failure === undefined) return;
      await this.#saveAgain(failure);
    }
  }

  /** Tries to write what the disk refused until it does not any more. */
  async #saveAgain(failure: UnsavedError): Promise<void> {
    const { do: action, every, limit } = this.#plan.train.onUnsaved;
    if (action === 'stop') throw failure;
    const { message, freeBytes: free, neededBytes } = failure;
    const freeBytes = Number.isFinite(free) ? free : null;
    const cause = { guard: 'unsaved', freeBytes, neededBytes, retrySeconds: every } as const;
    const plan = `The run waits and tries again every ${String(every)} s.`;
    await this.#channel.emit(this.#warning(`${message} ${plan}`, cause), this);
    const { signal } = this.#interruption;
    const last = limit === null ? Infinity : now() + limit;
    while (this.#saver.failure !== undefined) {
      if (signal.aborted || now() >= last) throw this.#saver.failure;
      await sleep(1000 * every, undefined, { signal }).catch(() => undefined);
      // Once more at the end: there may be room by now.
      await this.#saver.retry();
    }
  }

  async #emitStart(): Promise<void> {
    const { engine, seed, totalSteps, batchSize, model, loader, trainSamples } = this.#plan;
    const { step } = this.#progress;
    await this.#emit({
      type: 'run-start',
      folder: this.folder,
      engine,
      seed,
      step,
      totalSteps,
      stepsPerEpoch: loader.batchesPerEpoch,
      batchSize,
      parameters: model.parameterCount,
      loaderThreads: loader.threads,
      trainSamples,
      validationSamples: this.#plan.validation?.dataset.length ?? 0,
    });
    for (const message of this.#plan.warnings) await this.#emit({ type: 'warning', step, message });
  }

  /** One epoch, or what an interruption left of it. */
  async #runEpoch(): Promise<void> {
    const { loader } = this.#plan;
    const progress = this.#progress;
    if (
      progress.epoch === 0 ||
      (progress.epochEnded && progress.batches === loader.batchesPerEpoch)
    ) {
      progress.beginEpoch();
      await this.#emit({ type: 'epoch-start', epoch: progress.epoch, step: progress.step });
    }
    if ((await this.#runBatches()) === 'returned' || progress.batches === 0) return;
    const isWhole = progress.batches === loader.batchesPerEpoch;
    if (!progress.epochEnded) {
      // The end of an epoch that was left in its middle is told, but comes again when the run is resumed.
      if (isWhole) progress.endEpoch();
      const { epoch, step, meanLoss: loss } = progress;
      await this.#emit({ type: 'epoch-end', epoch, step, loss });
    }
    if (this.#plan.validateEvery === null) await this.#validate();
  }

  /** @returns Whether the epoch is over, or the run went back to a checkpoint. */
  async #runBatches(): Promise<'over' | 'returned'> {
    const { loader } = this.#plan;
    const progress = this.#progress;
    if (progress.batches === loader.batchesPerEpoch) return 'over';
    while (progress.batches < loader.batchesPerEpoch) {
      await this.#waitWhilePaused();
      if (this.#finished()) break;
      const requested = now();
      const samples = await this.#nextBatch();
      if (samples === undefined) break;
      const dataSeconds = now() - requested;
      this.#dataSeconds += dataSeconds;
      await this.#warnOfSkipped();
      if ((await this.#takeStep(samples, requested, dataSeconds)) === 'returned') return 'returned';
      // An engine and data that never wait would otherwise keep timers and signals from ever being heard.
      await nextTurn();
      await this.#validateIfDue();
    }
    return 'over';
  }

  /** @returns `undefined` if the run ends without it. */
  async #nextBatch(): Promise<readonly Sample[] | undefined> {
    const { loader, train } = this.#plan;
    const { epoch, batches } = this.#progress;
    const { do: action, after, limit } = train.onStall;
    const { signal } = this.#ending;
    const patience = { after, limit: action === 'stop' ? limit : Infinity, signal };
    const batch = loader.batch(epoch, batches);
    const samples = await watchStall(batch, patience, (seconds) => this.#stalled(seconds));
    if (samples === undefined && !signal.aborted) {
      const found = `no batch for ${String(limit)} s`;
      this.abandon(found);
      this.#fatal = new TrainingError(
        `loading: ${found} in epoch ${String(epoch)} (train.onStall.limit); is the disk or the network slow? ` +
          'Resume the run when its data can be read again.',
      );
    }
    return samples;
  }

  async #warnOfSkipped(): Promise<void> {
    for (const message of this.#plan.loader.takeWarnings()) {
      await this.#emit({ type: 'warning', step: this.#progress.step, message });
    }
  }

  async #takeStep(
    samples: readonly Sample[],
    started: number,
    dataSeconds: number,
  ): Promise<'taken' | 'returned'> {
    const { optimizer, schedule, random, totalSteps, train, freezer, averages, loader } =
      this.#plan;
    const progress = this.#progress;
    const step = progress.step + 1;
    await averages?.returned();
    freezer.apply(progress.step);
    const learningRate =
      optimizer.learningRate * schedule.factor(progress.step) * this.#guard.rateFactor;
    const mode = { training: true, random: random.fork('step').fork(step) } as const;
    const { verdict, ...measured } = await trainStep(
      { ...this.#plan, learningRate, mode, clip: train, batchSize: train.batchSize },
      samples,
      (found) => this.#guard.judge(found, { step, learningRate, samples }),
    );
    loader.release(samples);
    if (verdict.action === 'rollback') {
      await this.#returnToCheckpoint(verdict);
      return 'returned';
    }
    const updated = verdict.action === 'update';
    if (updated) averages?.update();
    progress.addStep(measured.loss, updated);
    if (verdict.warning !== undefined) {
      await this.#emit(this.#warning(verdict.warning.message, verdict.warning.cause));
    }
    await this.#watchMemory();
    const seconds = now() - started;
    await this.#emit({
      type: 'step',
      step,
      epoch: progress.epoch,
      totalSteps,
      ...measured,
      learningRate,
      ...(!updated && { skipped: true }),
      seconds,
      dataSeconds,
      imagesPerSecond: this.#rate.add(samples.length, seconds),
    });
    return 'taken';
  }

  /** Takes up the newest checkpoint, as if the run had been resumed from it, with a lower rate. */
  async #returnToCheckpoint({ warning }: Verdict): Promise<void> {
    await this.#saver.settle();
    await this.#tellSaved();
    const { message = '', cause } = warning ?? {};
    const { folder } = this;
    const checkpoint = folder === null ? undefined : await newestCheckpoint(folder);
    if (checkpoint === undefined) {
      throw new TrainingError(
        `${message}; there is no checkpoint to go back to (train.onNonFinite): train with a folder and the callback "checkpoint".`,
      );
    }
    const { state, checkpoint: name } = checkpoint;
    restoreCheckpoint(this.#plan, name, trainingTensors(name, checkpoint), state);
    this.#guard.returnTo(state.guards);
    this.#progress.returnTo(state.position);
    this.#saver.forget();
    const rate = `the learning rate times ${String(this.#guard.rateFactor)} from now on`;
    await this.#emit(this.#warning(`${message}; back to ${name}, ${rate}`, cause));
    await this.#validateIfDue();
  }

  #warning(message: string, cause?: WarningCause): Warning {
    const { step } = this.#progress;
    return { type: 'warning', step, message, ...(cause && { cause }) };
  }

  async #stalled(seconds: number): Promise<void> {
    const { epoch } = this.#progress;
    const message = `loading: no batch for ${String(seconds)} s in epoch ${String(epoch)}; is the disk or the network slow?`;
    await this.#emit(this.#warning(message, { guard: 'stalled-loader', epoch, seconds }));
  }

  async #watchMemory(): Promise<void> {
    const { numTensors: tensors, numBytes: bytes } = tf.memory();
    const leak = this.#leaks.observe({ tensors, bytes });
    if (leak !== undefined) await this.#emit(this.#warning(describeLeak(leak), leak));
  }

  /** Does work with the average weights, if the run keeps them. */
  #averaged<T>(work: () => Promise<T>): Promise<T> {
    const { averages } = this.#plan;
    return averages === null ? work() : averages.lend(work);
  }

  async #validateIfDue(): Promise<void> {
    const { validateEvery } = this.#plan;
    const { step } = this.#progress;
    if (validateEvery !== null && step > 0 && step % validateEvery === 0) await this.#validate();
  }

  async #validate(): Promise<void> {
    const { validation, schedule } = this.#plan;
    if (validation === null || this.#abandoned !== undefined) return;
    if (!this.#progress.beginValidation()) return;
    const started = now();
    const { loss, metrics } = await this.#averaged(() => evaluate(validation));
    schedule.observe?.({ loss, metrics });
    await this.#emit({
      type: 'validation',
      step: this.#progress.step,
      epoch: this.#progress.epoch,
      loss,
      metrics,
      seconds: now() - started,
    });
  }
}

async function newestCheckpoint(folder: string): Promise<WholeCheckpoint | undefined> {
  const { steps } = await listCheckpoints(folder);
  return steps.length === 0 ? undefined : readNewestCheckpoint(folder, () => undefined);
}
