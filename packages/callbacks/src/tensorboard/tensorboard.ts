import {
  type Callback,
  defineCallback,
  type RunControl,
  type Step,
  type Validation,
} from '@segkit/core';
import { encodePng } from '@segkit/data';
import * as z from 'zod';

import { drawPredictions, firstIndices } from '../draw-predictions.js';
import { EventFile } from './event-file.js';
import type { SummaryValue } from './event-message.js';
import { histogramOf } from './histogram.js';

const options = z.strictObject({
  every: z.number().int().positive().default(1).describe('Write every so manyth step.'),
  images: z
    .number()
    .int()
    .nonnegative()
    .default(4)
    .describe('How many validation samples to draw at every validation.'),
  histograms: z
    .boolean()
    .default(true)
    .describe('Whether every validation writes histograms of all weights.'),
});

/** Options of the callback `tensorboard`. */
export type TensorboardOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CallbackOptions {
    tensorboard: TensorboardOptions;
  }
}

function scalars(values: Readonly<Record<string, number>>): SummaryValue[] {
  return Object.entries(values).map(([tag, scalar]) => ({ tag, scalar }));
}

function stepScalars({ loss, learningRate, seconds, dataSeconds, imagesPerSecond }: Step) {
  return scalars({
    'loss/train': loss,
    'training/learning-rate': learningRate,
    'training/step-seconds': seconds,
    'training/data-seconds': dataSeconds,
    'training/images-per-second': imagesPerSecond,
  });
}

/** Scores of single classes, `iou/cell`, have groups of their own; all others stand together. */
function validationScalars({ loss, metrics }: Validation): SummaryValue[] {
  const named = Object.entries(metrics).map(
    ([name, value]) => [name.includes('/') ? name : `validation/${name}`, value] as const,
  );
  return scalars({ 'loss/validation': loss, ...Object.fromEntries(named) });
}

async function sampleImages(run: RunControl, count: number): Promise<SummaryValue[]> {
  const images: SummaryValue[] = [];
  for (const index of firstIndices(count, count)) {
    const { height, width, ...pixels } = await drawPredictions(run, [index]);
    const png = await encodePng({ height, width, ...pixels });
    images.push({ tag: `samples/${String(index)}`, image: { height, width, png } });
  }
  return images;
}

async function weightHistograms(run: RunControl): Promise<SummaryValue[]> {
  return [...(await run.weights())].flatMap(([name, { data }]) => {
    const histogram = histogramOf(data);
    return histogram === undefined ? [] : [{ tag: `weights/${name}`, histogram }];
  });
}

/** @param now - Milliseconds since 1970. */
export function tensorboardCallback(
  { every, images, histograms }: z.output<typeof options>,
  now: () => number = Date.now,
): Callback {
  const file = new EventFile(now);
  let drawn = 0;
  return {
    // A log that cannot be written is no reason to lose hours of training.
    onError: 'warn',
    handle: async (event, run) => {
      const { folder } = run;
      if (folder === null) return;
      switch (event.type) {
        case 'run-start':
          drawn = Math.min(images, event.validationSamples);
          file.startSession(folder, run.config);
          break;
        case 'step':
          file.startSteps(folder, event.step);
          if (event.step % every === 0) file.append(folder, event.step, stepScalars(event));
          break;
        case 'validation':
          // Numbers first: an image that cannot be drawn must not take them along.
          file.append(folder, event.step, validationScalars(event));
          file.append(folder, event.step, histograms ? await weightHistograms(run) : []);
          file.append(folder, event.step, await sampleImages(run, drawn));
          break;
        case 'measurement':
          file.append(folder, event.step, scalars(event.values));
          break;
        case 'run-end':
          file.endSession(folder, event.step);
          break;
        default:
          break;
      }
    },
    close: () => {
      file.close();
    },
  };
}

/**
 * Writes event files for TensorBoard into the run's folder: `tensorboard --logdir runs` shows them while the run goes
 * on.
 *
 * - scalars: losses, the learning rate, speeds, every metric, and whatever callbacks `report`;
 * - images: image | truth | prediction of the first validation samples;
 * - histograms of all weights;
 * - hyper-parameters: the config's numbers, texts and switches by path, e.g. `optimizer.learningRate`.
 *
 * Every start of a run makes a file of its own; one that resumes voids what earlier files hold from its first step on.
 * Each event is in the file before the next step begins. Does nothing in a run without a folder. An error becomes a
 * warning event; training goes on.
 */
export const tensorboard = defineCallback({
  name: 'tensorboard',
  description:
    'Writes scalars, predictions, histograms and hyper-parameters for TensorBoard into the run folder.',
  source: 'https://www.tensorflow.org/tensorboard',
  options,
  create: (resolved) => tensorboardCallback(resolved),
});
