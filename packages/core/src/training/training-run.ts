import { setImmediate as nextTurn } from 'node:timers/promises';

import { collectWeights, writeTensors } from '../checkpoint/weights.js';
import { checkpointPaths, writeJson } from '../checkpoint/run-folder.js';
import type { RunControl } from '../components/callback.js';
import type { Sample } from '../components/sample.js';
import type { TrainingEvent } from '../components/training-event.js';
import { CheckpointError } from '../errors.js';
import { evaluate } from '../inference/evaluate.js';
import { EventChannel } from './event-channel.js';
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
  #step = 0;
  #epoch = 0;
  #validatedAt = -1;
  #dataSeconds = 0;
  #stopReason: string | undefined;
  #abandoned = false;

  constructor(plan: RunPlan, next: (event: TrainingEvent) => void) {
    this.#plan = plan;
    this.folder = plan.folder;
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
    const { loader, totalSteps } = this.#plan;
    try {
      await loader.open(totalSteps);
      await this.#emitStart();
      while (!this.#finished()) await this.#runEpoch();
      await this.#validate();
      await this.#emit({
        type: 'run-end',
        step: this.#step,
        epoch: this.#epoch,
        reason: this.#stopReason ?? 'completed',
        seconds: now() - started,
        dataSeconds: this.#dataSeconds,
        skippedSamples: loader.skippedSamples,
      });
    } finally {
      await loader.close();
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
    const { engine, seed, totalSteps, batchSize, model, loader, trainSamples } = this.#plan;
    return this.#emit({
      type: 'run-start',
      folder: this.folder,
      engine,
      seed,
      totalSteps,
      stepsPerEpoch: loader.batchesPerEpoch,
      batchSize,
      parameters: model.parameterCount,
      loaderThreads: loader.threads,
      trainSamples,
      validationSamples: this.#plan.validation?.dataset.length ?? 0,
    });
  }

  async #runEpoch(): Promise<void> {
    const { loader, validateEvery } = this.#plan;
    this.#epoch += 1;
    await this.#emit({ type: 'epoch-start', epoch: this.#epoch, step: this.#step });
    let lossSum = 0;
    let steps = 0;
    while (steps < loader.batchesPerEpoch && !this.#finished()) {
      const requested = now();
      const samples = await loader.batch(this.#epoch, steps);
      const dataSeconds = now() - requested;
      this.#dataSeconds += dataSeconds;
      await this.#warnOfSkipped();
      lossSum += await this.#takeStep(samples, requested, dataSeconds);
      steps += 1;
      // An engine and data that never wait would otherwise keep timers and signals from ever being heard.
      await nextTurn();
      if (validateEvery !== null && this.#step % validateEvery === 0) await this.#validate();
    }
    if (steps === 0) return;
    await this.#emit({
      type: 'epoch-end',
      epoch: this.#epoch,
      step: this.#step,
      loss: lossSum / steps,
    });
    if (validateEvery === null) await this.#validate();
  }

  async #warnOfSkipped(): Promise<void> {
    for (const message of this.#plan.loader.takeWarnings()) {
      await this.#emit({ type: 'warning', step: this.#step, message });
    }
  }

  async #takeStep(
    samples: readonly Sample[],
    started: number,
    dataSeconds: number,
  ): Promise<number> {
    const { model, loss, optimizer, schedule, random, totalSteps } = this.#plan;
    const step = this.#step + 1;
    const learningRate = optimizer.learningRate * schedule.factor(this.#step);
    const mode = { training: true, random: random.fork('step').fork(step) } as const;
    const lossValue = await trainStep(
      { model, loss, optimizer, learningRate, mode, step },
      samples,
    );
    this.#step = step;
    const seconds = now() - started;
    await this.#emit({
      type: 'step',
      step,
      epoch: this.#epoch,
      totalSteps,
      loss: lossValue,
      learningRate,
      seconds,
      dataSeconds,
      imagesPerSecond: this.#rate.add(samples.length, seconds),
    });
    return lossValue;
  }

  async #validate(): Promise<void> {
    const { validation } = this.#plan;
    if (validation === null || this.#abandoned || this.#validatedAt === this.#step) return;
    this.#validatedAt = this.#step;
    const started = now();
    const { loss, metrics } = await evaluate(validation);
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
