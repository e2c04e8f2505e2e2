import type { Raster } from '../tensor/raster.js';
import type { ConfusionMatrix } from './confusion-matrix.js';
import type { LabelSchema } from './label-schema.js';

/** What is known of one evaluated image. */
export interface Observation {
  /** This image's counts; absent in image-to-image tasks. */
  readonly confusion?: ConfusionMatrix;
  /** True class indices or `ignoreIndex`, one channel; absent in image-to-image tasks. */
  readonly labels?: Raster<Int32Array>;
  /** Predicted class indices, of the size of `labels`; absent in image-to-image tasks. */
  readonly predictedLabels?: Raster<Int32Array>;
  /**
   * Probabilities by class, of the size of `labels`; one channel is the probability of class 1. Absent in image-to-image
   * tasks.
   */
  readonly probabilities?: Raster<Float32Array>;
  /** True object ids, 0 being none, of the size of `labels`; absent where the data set knows no objects. */
  readonly instances?: Raster<Int32Array>;
  /** The network's output of an image-to-image task, float32. */
  readonly prediction?: Raster<Float32Array>;
  /** The wanted output of an image-to-image task, float32. */
  readonly target?: Raster<Float32Array>;
}

/** Accumulates over images and computes named numbers. */
export interface Metric {
  /** What it compares; checked against the loss before training. Left out: it takes either. */
  readonly compares?: 'labels' | 'images';
  /** Adds one image. */
  update(observation: Observation): void;
  /** The numbers so far; NaN where nothing was seen. */
  compute(): Record<string, number>;
  /** Forgets everything. */
  reset(): void;
}

/** What a metric's factory is told. */
export interface MetricArguments {
  readonly labels: LabelSchema;
}

/** Options of every metric by name; plugins merge theirs in. */
export interface MetricOptions {}
