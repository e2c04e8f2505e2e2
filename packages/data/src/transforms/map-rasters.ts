import type { Raster, Sample } from '@segkit/core';

/** The rasters of a sample whose values must stay as they are: indices, ids, weights. */
export type ExactRole = 'labels' | 'instances' | 'weights';

/** What a change of geometry does to the rasters of a sample. */
export interface RasterChange {
  /** For image and target: values may be mixed. */
  readonly smooth: (raster: Raster<Float32Array>) => Raster<Float32Array>;
  /** For labels, instances and weights: values must be picked. */
  readonly exact: <T extends Int32Array | Float32Array>(
    raster: Raster<T>,
    role: ExactRole,
  ) => Raster<T>;
  /** For weights, where they may be mixed; default: `exact`. */
  readonly weights?: (raster: Raster<Float32Array>) => Raster<Float32Array>;
}

/** A new sample with all rasters changed; the sample given stays as it is. */
export function mapRasters(sample: Sample, change: RasterChange): Sample {
  const { image, labels, instances, weights, target } = sample;
  const { smooth, exact } = change;
  const weigh = change.weights ?? ((raster: Raster<Float32Array>) => exact(raster, 'weights'));
  return {
    ...sample,
    image: smooth(image),
    ...(labels && { labels: exact(labels, 'labels') }),
    ...(instances && { instances: exact(instances, 'instances') }),
    ...(weights && { weights: weigh(weights) }),
    ...(target && { target: smooth(target) }),
  };
}

/**
 * A new sample that knows how to undo the last change on a prediction. `restore` is applied in order, and the last
 * change is undone first, so it goes to the front.
 */
export function withRestore(
  sample: Sample,
  undo: (prediction: Raster<Float32Array>) => Raster<Float32Array>,
): Sample {
  return { ...sample, restore: [undo, ...(sample.restore ?? [])] };
}
