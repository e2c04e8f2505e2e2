import type { Raster } from '@segkit/core';

/** A mask as its file stores it. */
export interface RawMask extends Raster<Uint8Array | Uint16Array> {
  /** Colours (red, green, blue, 0-255) of the indices, if the file is a palette PNG; `data` then holds the indices. */
  readonly palette?: readonly (readonly number[])[];
}
