import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { Mode, Module } from '../nn/module.js';
import type { Size } from '../tensor/size.js';

/** Works on the deepest feature map, between backbone and decoder. */
export interface Center extends Module {
  readonly outChannels: number;
  /** Size of the output. @throws ShapeError if the map is too small. */
  outputSize(input: Size): Size;
  /**
   * @param x - `[batch, h, w, inChannels]` float32.
   * @returns `[batch, h', w', outChannels]`.
   */
  forward(x: Tensor4D, mode: Mode): Tensor4D;
}

/** What a centre's factory is told. */
export interface CenterArguments {
  /** Channels of the deepest feature map. */
  readonly inChannels: number;
}

/** Options of every centre block by name; plugins merge theirs in. */
export interface CenterOptions {}
