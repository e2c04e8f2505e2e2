import { randomStream, type App } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';

import { openNetwork, type TrialNetwork } from './open-network.js';

/** How fast an engine trains. */
export interface Speed {
  readonly network: string;
  readonly batch: number;
  /** Height and width of the images, in pixels. */
  readonly size: number;
  /** Training steps a second. */
  readonly stepsPerSecond: number;
  /** Median of a step's seconds: forward, loss, backward, Adam, reading the loss. */
  readonly secondsPerStep: number;
  /** Steps that were timed. */
  readonly steps: number;
  /** For how long they ran, in seconds; steps to warm up came before. */
  readonly seconds: number;
}

const network: TrialNetwork = {
  model: { backbone: { name: 'cbr', width: 16 }, center: 'cbr', decoder: 'unet' },
  loss: 'ce',
  classes: 2,
  channels: 3,
};

interface Batch {
  readonly batch: number;
  readonly size: number;
}

/** What engines are compared by, and a 32nd of the work for those that are too slow. */
export const wholeBatch: Batch = { batch: 2, size: 128 };
const smallBatch: Batch = { batch: 1, size: 32 };

/** Seconds: a step that would take longer is not made; for how long steps are timed, and to warm up at most. */
const limits = { step: 15, timed: 2, warmUp: 3 };
const mostSteps = 50;
/** Engines that compile do so in the first steps. */
const warmUpSteps = 5;

/**
 * Times training steps of a U-Net of base width 16 on the engine that runs; takes some seconds.
 * @param onStep - Called after every step, timed or not.
 */
export async function timeSteps(app: App, onStep: () => Promise<void>): Promise<Speed> {
  const small = trainingStep(app, smallBatch, onStep);
  // The first one may compile.
  const estimates = [await secondsOf(small), await secondsOf(small)];
  const expected = 32 * Math.min(...estimates);
  return expected > limits.step
    ? measure(small, smallBatch)
    : measure(trainingStep(app, wholeBatch, onStep), wholeBatch);
}

async function measure(step: () => Promise<void>, { batch, size }: Batch): Promise<Speed> {
  const begun = performance.now();
  for (let i = 0; i < warmUpSteps && since(begun) < limits.warmUp; i++) await step();
  const times: number[] = [];
  const start = performance.now();
  while (times.length < 1 || (since(start) < limits.timed && times.length < mostSteps)) {
    times.push(await secondsOf(step));
  }
  const seconds = since(start);
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  return {
    network: 'U-Net of base width 16',
    batch,
    size,
    stepsPerSecond: times.length / seconds,
    secondsPerStep: median,
    steps: times.length,
    seconds,
  };
}

const since = (start: number): number => (performance.now() - start) / 1e3;

async function secondsOf(step: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await step();
  return since(start);
}

/** Forward, loss, backward, reading the loss, Adam, on noise. */
function trainingStep(
  app: App,
  { batch, size }: Batch,
  onStep: () => Promise<void>,
): () => Promise<void> {
  const { config, model, loss, parameters } = openNetwork(app, network);
  model.initialize(randomStream(1));
  const optimizer = app.registry.create(
    'optimizer',
    config.optimizer,
    { parameters },
    { path: 'optimizer' },
  );
  const image = tf.randomNormal<tf.Rank.R4>([batch, size, size, 3], 0, 1, 'float32', 1);
  const labels = tf.tidy(() =>
    tf.cast(tf.randomUniform<tf.Rank.R3>([batch, size, size], 0, 2, 'float32', 2), 'int32'),
  );
  const mode = { training: true, random: randomStream(2) } as const;
  const variables = [...parameters.values()].map(({ value }) => value);
  return async () => {
    const { value, grads } = tf.variableGrads(
      () => loss.forward(model.forward(image, mode), { labels }),
      variables,
    );
    const gradients = [...parameters].flatMap(([name, { value: variable }]) => {
      const gradient = grads[variable.name];
      return gradient === undefined ? [] : [[name, gradient] as const];
    });
    // As in a run the loss is read before the update.
    await value.data();
    optimizer.step(new Map(gradients), optimizer.learningRate);
    tf.dispose([value, grads]);
    await onStep();
  };
}
