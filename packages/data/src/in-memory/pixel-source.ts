import { DataError, type PixelArray, type Raster } from '@segkit/core';

import type { NumericPixels } from '../reading/decode-pixels.js';
import type { RawMask } from '../reading/raw-mask.js';

/** What TensorFlow.js calls a tensor: `[height, width]` or `[height, width, channels]`. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly data: () => Promise<PixelArray>;
}

/** Pixels in memory, row by row, channels last; or a tensor. */
export type PixelSource = Raster | TensorLike;

async function rasterOf(where: string, source: PixelSource): Promise<Raster> {
  const raster = 'shape' in source ? await rasterOfTensor(where, source) : source;
  const { height, width, channels, data } = raster;
  if (![height, width, channels].every((count) => Number.isInteger(count) && count > 0)) {
    throw new DataError(
      `${where}: expected a height, width and channels of 1 or more, received ${[height, width, channels].map(String).join('x')}.`,
    );
  }
  if (data.length === height * width * channels) return raster;
  throw new DataError(
    `${where}: expected ${String(height)} x ${String(width)} x ${String(channels)} numbers, received ${String(data.length)}; give height, width and channels of the data.`,
  );
}

async function rasterOfTensor(where: string, tensor: TensorLike): Promise<Raster> {
  const [height, width, channels = 1, ...more] = tensor.shape;
  if (height === undefined || width === undefined || more.length > 0) {
    throw new DataError(
      `${where}: expected a tensor [height, width] or [height, width, channels], received [${tensor.shape.join(', ')}].`,
    );
  }
  return { height, width, channels, data: await tensor.data() };
}

/**
 * Pixels of an image as a file would store them.
 * @param where - Opens the messages of errors.
 */
export async function imagePixels(where: string, source: PixelSource): Promise<NumericPixels> {
  const { data, ...shape } = await rasterOf(where, source);
  if (data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Float32Array) {
    return { ...shape, data, whole: false };
  }
  throw new DataError(
    `${where}: expected an image as Uint8Array, Uint16Array, or Float32Array in [0, 1], received Int32Array; convert it.`,
  );
}

/**
 * Pixels of a mask as a file would store them.
 * @param where - Opens the messages of errors.
 * @throws DataError if there is more than one channel, or a number that is no whole one from 0 to 65535.
 */
export async function maskPixels(where: string, source: PixelSource): Promise<RawMask> {
  const { height, width, channels, data } = await rasterOf(where, source);
  if (channels !== 1) {
    throw new DataError(
      `${where}: expected one channel of mask values, received ${String(channels)}; give the class of every pixel.`,
    );
  }
  const values = Uint16Array.from(data);
  const odd = data.find((value: number, at: number) => value !== values[at]);
  if (odd === undefined) return { height, width, channels, data: values };
  throw new DataError(
    `${where}: expected whole numbers from 0 to 65535, received ${String(odd)}; convert the mask.`,
  );
}
