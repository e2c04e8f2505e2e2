import type { Size } from './size.js';

/** The typed arrays that rasters are made of. */
export type PixelArray = Float32Array | Int32Array | Uint8Array | Uint16Array;

/**
 * Pixels in plain memory: row-major, channels last, so pixel (y, x), channel c lies at
 * `(y * width + x) * channels + c`.
 */
export interface Raster<T extends PixelArray = PixelArray> extends Size {
  readonly channels: number;
  readonly data: T;
}
