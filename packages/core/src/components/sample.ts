import type { Raster } from '../tensor/raster.js';

/** One image with everything known about it, in plain memory. All rasters share one size. */
export interface Sample {
  /** Names the sample in messages and file names, unique in its data set. */
  readonly id: string;
  /** `[height, width, channels]` float32; data sets deliver [0, 1]. */
  readonly image: Raster<Float32Array>;
  /** One channel of class indices, or `ignoreIndex`. */
  readonly labels?: Raster<Int32Array>;
  /** One channel of object ids: 0 is background, every object has its own id. */
  readonly instances?: Raster<Int32Array>;
  /** One channel of per-pixel loss weights, made by the loss. */
  readonly weights?: Raster<Float32Array>;
  /** Target of image-to-image tasks, float32 in [0, 1]. */
  readonly target?: Raster<Float32Array>;
  /**
   * Undoes the geometry of validation transforms on a prediction, applied in order. A transform puts its own undo
   * in front: padding the crop back, resizing the resize back.
   */
  readonly restore?: readonly ((prediction: Raster<Float32Array>) => Raster<Float32Array>)[];
}
