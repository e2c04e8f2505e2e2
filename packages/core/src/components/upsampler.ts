import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { Mode, Module } from '../nn/module.js';
import type { Size } from '../tensor/size.js';

/** Doubles the resolution of a feature map (or keeps it, at `stride` 1). */
export interface Upsampler extends Module {
  /** Channels that come out. */
  readonly outChannels: number;
  /** Size of the output. */
  outputSize(input: Size): Size;
  /**
   * @param x - `[batch, h, w, inChannels]` float32.
   * @returns `[batch, 2h, 2w, outChannels]` (stride 2).
   */
  forward(x: Tensor4D, mode: Mode): Tensor4D;
}

/** What an upsampler's factory is told. */
export interface UpsamplerArguments {
  readonly inChannels: number;
  /**
   * Channels the decoder would like; an upsampler that cannot change the channel count (plain bilinear) ignores
   * it and says so by its `outChannels`.
   */
  readonly outChannels: number;
  /** Factor of the resolution, 1 or 2. */
  readonly stride: number;
}

/** Options of every upsampler by name; plugins merge theirs in. */
export interface UpsamplerOptions {}
