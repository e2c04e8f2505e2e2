import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { Mode, Module } from '../nn/module.js';
import type { Size } from '../tensor/size.js';

/** Turns the decoder's output into logits. */
export interface Head extends Module {
  /** How much the head itself raises the resolution: 1 for a 1x1 convolution. */
  readonly upscale: number;
  /** Size of the logits. */
  outputSize(input: Size): Size;
  /**
   * @param x - `[batch, h, w, inChannels]` float32.
   * @returns Logits `[batch, h', w', outChannels]`.
   */
  forward(x: Tensor4D, mode: Mode): Tensor4D;
}

/** What a head's factory is told. */
export interface HeadArguments {
  readonly inChannels: number;
  /** Stride of the decoder's output against the image. */
  readonly stride: number;
  /** Logits per pixel, decided by the loss. */
  readonly outChannels: number;
}

/** Options of every head by name; plugins merge theirs in. */
export interface HeadOptions {}
