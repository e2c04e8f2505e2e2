import { setImmediate as nextTurn } from 'node:timers/promises';

import * as tf from '@tensorflow/tfjs-core';

import { ConfusionMatrix } from '../components/confusion-matrix.js';
import type { Dataset } from '../components/dataset.js';
import type { LabelSchema } from '../components/label-schema.js';
import type { Loss } from '../components/loss.js';
import type { Metric, Observation } from '../components/metric.js';
import type { Sample } from '../components/sample.js';
import type { Transform } from '../components/transform.js';
import { DataError } from '../errors.js';
import { applyTransforms } from '../loading/apply-transforms.js';
import { targetFromSamples } from '../loading/batch.js';
import type { WeightMaps } from '../loading/weight-maps.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import { randomStream } from '../tensor/random-stream.js';
import type { Raster } from '../tensor/raster.js';
import { forwardImage } from './forward-image.js';
import {
  labelsFromProbabilities,
  logitsFromProbabilities,
  probabilitiesFromLogits,
} from './labels-from-logits.js';
import type { PredictOptions } from './predict-options.js';
import { predictTiled } from './predict-tiled.js';
import { createWindowProbe, type WindowProbe } from './window-probe.js';

/** What an evaluation needs. */
export interface EvaluationPlan {
  readonly model: SegmentationModel;
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
  readonly dataset: Dataset;
  readonly transforms: readonly Transform[];
  readonly labels: LabelSchema;
  /** The loss's weight maps of this data set, kept from one evaluation to the next. */
  readonly weightMaps: WeightMaps;
  /** How images are divided and turned; default: each as a whole, as in training. */
  readonly tiling?: PredictOptions | undefined;
  /**
   * Called after each image, e.g. to draw a sheet, with its sample, the predicted labels (`undefined` in
   * image-to-image tasks), the probabilities by class or the output image, and what came out for this image.
   */
  readonly onImage?: (
    sample: Sample,
    prediction: Int32Array | undefined,
    output: Raster<Float32Array>,
    image: ImageEvaluation,
  ) => void;
  /** Metrics to compute of every image by itself; they are reset before each. Default: none. */
  readonly imageMetrics?: readonly Metric[];
}

/** What came out for one image. */
export interface ImageEvaluation {
  /** The sample's. */
  readonly id: string;
  readonly loss: number;
  /** This image's counts; absent in image-to-image tasks. */
  readonly confusion?: ConfusionMatrix;
  /** What the plan's `imageMetrics` computed. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** The outcome of an evaluation. */
export interface Evaluation {
  /** Mean over images. */
  readonly loss: number;
  /** Everything the metrics computed. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Counts over the whole data set. */
  readonly confusion: ConfusionMatrix;
  readonly images: number;
  /** By image, in the data set's order. */
  readonly perImage: readonly ImageEvaluation[];
}

/**
 * Evaluates a network on every sample of a data set, each as a whole image or in tiles, in inference mode.
 * @throws DataError if the data set has no labels and no targets; ConfigError if `tiling` is wrong.
 */
export async function evaluate(plan: EvaluationPlan): Promise<Evaluation> {
  const { dataset, metrics, labels } = plan;
  for (const metric of metrics) metric.reset();
  const confusion = new ConfusionMatrix(labels.classes.length);
  const probe = createWindowProbe(plan.model);
  const perImage: ImageEvaluation[] = [];
  for (let index = 0; index < dataset.length; index++) {
    const sample = await loadForEvaluation(plan, index);
    const { loss, prediction, output } = await evaluateImage(plan, sample, probe);
    const observation = observe(plan, sample, prediction, output);
    if (observation.confusion !== undefined) confusion.merge(observation.confusion);
    for (const metric of metrics) metric.update(observation);
    const image = imageEvaluation(plan, sample.id, loss, observation);
    perImage.push(image);
    plan.onImage?.(sample, prediction, output, image);
    // Timers and signals are heard between images.
    await nextTurn();
  }
  return {
    loss: perImage.reduce((sum, { loss }) => sum + loss, 0) / dataset.length,
    metrics: computeAll(metrics),
    confusion,
    images: dataset.length,
    perImage,
  };
}

function computeAll(metrics: readonly Metric[]): Readonly<Record<string, number>> {
  return Object.assign({}, ...metrics.map((metric) => metric.compute())) as Record<string, number>;
}

function imageEvaluation(
  { imageMetrics = [] }: EvaluationPlan,
  id: string,
  loss: number,
  observation: Observation,
): ImageEvaluation {
  for (const metric of imageMetrics) {
    metric.reset();
    metric.update(observation);
  }
  const { confusion } = observation;
  return { id, loss, metrics: computeAll(imageMetrics), ...(confusion && { confusion }) };
}

async function loadForEvaluation(plan: EvaluationPlan, index: number): Promise<Sample> {
  const loaded = await plan.dataset.load(index);
  if (loaded.labels === undefined && loaded.target === undefined) {
    throw new DataError(
      `evaluation: sample "${loaded.id}" has neither labels nor a target image; evaluate a data set with masks.`,
    );
  }
  const weighted = plan.weightMaps.addTo(loaded, index);
  return applyTransforms(plan.transforms, weighted, randomStream(0));
}

async function evaluateImage(plan: EvaluationPlan, sample: Sample, probe: WindowProbe) {
  const { model, loss, tiling } = plan;
  const tiled = tiling && (await predictTiled(model, loss.activation, sample.image, tiling, probe));
  const [lossTensor, probabilities] = tf.tidy(() => {
    const logits = tiled
      ? logitsFromProbabilities(tensorOf(tiled), loss.activation)
      : forwardImage(model, sample.image);
    const target = targetFromSamples([sample]);
    return [loss.forward(logits, target), probabilitiesFromLogits(logits, loss.activation)];
  });
  try {
    const [[value], data] = await Promise.all([lossTensor.data(), probabilities.data()]);
    const [, height, width, channels] = probabilities.shape;
    const output = { height, width, channels, data: data as Float32Array };
    const prediction =
      loss.activation === 'none' ? undefined : labelsFromProbabilities(output.data, channels);
    return { loss: value ?? Number.NaN, prediction, output };
  } finally {
    tf.dispose([lossTensor, probabilities]);
  }
}

function tensorOf({ data, height, width, channels }: Raster<Float32Array>): tf.Tensor4D {
  return tf.tensor4d(data, [1, height, width, channels]);
}

function observe(
  { labels }: EvaluationPlan,
  sample: Sample,
  prediction: Int32Array | undefined,
  output: Raster<Float32Array>,
): Observation {
  if (prediction !== undefined && sample.labels !== undefined) {
    const confusion = new ConfusionMatrix(labels.classes.length);
    confusion.add(sample.labels.data, prediction, labels.ignoreIndex);
    const predictedLabels = { ...sample.labels, data: prediction };
    const { labels: truth, instances } = sample;
    return {
      confusion,
      labels: truth,
      predictedLabels,
      probabilities: output,
      ...(instances && { instances }),
    };
  }
  return sample.target === undefined ? {} : { prediction: output, target: sample.target };
}
