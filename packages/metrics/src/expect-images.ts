import { ConfigError, formatSize, type Observation, type Raster, ShapeError } from '@segkit/core';

/** A prediction and its target, alike in size and channels. */
export interface ImagePair {
  readonly prediction: Raster<Float32Array>;
  readonly target: Raster<Float32Array>;
}

/**
 * The observation's images.
 * @param name - The metric's name.
 * @param path - Where the metric stands in the config.
 * @throws ConfigError if the task's targets are labels.
 */
export function expectImages(
  { prediction, target }: Observation,
  name: string,
  path: string,
): ImagePair {
  if (prediction !== undefined && target !== undefined) return { prediction, target };
  throw new ConfigError(
    `${path}: ${name} compares images, but the task's targets are labels; use metrics: ["segmentation"].`,
  );
}

/**
 * Checks that two images can be compared.
 * @param name - The metric's name.
 * @throws ShapeError if size or channels differ.
 */
export function expectAlike({ prediction, target }: ImagePair, name: string): void {
  const format = (raster: Raster): string => `${formatSize(raster)}x${String(raster.channels)}`;
  if (format(prediction) === format(target)) return;
  throw new ShapeError(
    `${name}: the prediction is ${format(prediction)} but the target is ${format(target)}; ` +
      'give the head as many channels as the target has, and use "same" padding.',
  );
}
