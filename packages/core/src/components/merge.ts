import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { Size } from '../tensor/size.js';

/** Joins an upsampled map with the skip of the same level. */
export interface Merge {
  /**
   * Channels after joining.
   * @throws ConfigError if the two cannot be joined (adding maps of different channel counts).
   */
  outChannels(skip: number, up: number): number;
  /** Size after aligning the two. @throws ShapeError if they cannot be aligned. */
  outputSize(skip: Size, up: Size): Size;
  /**
   * @param skip - `[batch, hs, ws, cs]` float32.
   * @param up - `[batch, hu, wu, cu]` float32.
   * @returns `[batch, h, w, outChannels(cs, cu)]`.
   */
  forward(skip: Tensor4D, up: Tensor4D): Tensor4D;
}

/** Options of every merge by name; plugins merge theirs in. */
export interface MergeOptions {}
