import {
  ConfigError,
  formatSize,
  type Observation,
  type Raster,
  sameSize,
  ShapeError,
} from '@segkit/core';

/** True and predicted class indices of one image, alike in size, and the true objects if they are known. */
export interface LabelPair {
  /** One channel of class indices or `ignoreIndex`. */
  readonly truth: Raster<Int32Array>;
  /** One channel of class indices. */
  readonly prediction: Raster<Int32Array>;
  /** One channel of object ids; 0 is no object. */
  readonly instances?: Raster<Int32Array>;
}

/**
 * The observation's labels.
 * @param name - The metric's name.
 * @param path - Where the metric stands in the config.
 * @throws ConfigError if the task has no labels.
 * @throws ShapeError if the rasters differ in size.
 */
export function expectLabels(observation: Observation, name: string, path: string): LabelPair {
  const { labels: truth, predictedLabels: prediction, instances } = observation;
  if (truth === undefined || prediction === undefined) {
    throw new ConfigError(
      `${path}: ${name} compares labels, but the task is image to image and has none; ` +
        'use metrics: ["psnr", "ssim"].',
    );
  }
  for (const [what, raster] of Object.entries({ predictions: prediction, instances })) {
    if (raster === undefined || sameSize(raster, truth)) continue;
    throw new ShapeError(
      `${name}: the labels are ${formatSize(truth)}, but ${what} of ${formatSize(raster)} came with them; ` +
        'all rasters of an observation share one size.',
    );
  }
  return { truth, prediction, ...(instances && { instances }) };
}
