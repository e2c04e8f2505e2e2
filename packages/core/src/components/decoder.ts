import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { Mode, Module } from '../nn/module.js';
import type { Size } from '../tensor/size.js';

/** Climbs from the centre's output back to the resolution of the finest feature map. */
export interface Decoder extends Module {
  readonly outChannels: number;
  /** Stride of the output against the image. */
  readonly outputStride: number;
  /**
   * Size of the output for feature maps of these sizes, finest first, the centre's output last.
   * @throws ShapeError if two maps cannot be joined.
   */
  outputSize(features: readonly Size[]): Size;
  /**
   * @param features - One `[batch, h, w, channels]` per level, finest first, the centre's output last.
   * @returns `[batch, h, w, outChannels]`.
   */
  forward(features: readonly Tensor4D[], mode: Mode): Tensor4D;
}

/** What a decoder's factory is told. */
export interface DecoderArguments {
  /** Channels of the feature maps, finest first, the centre's output last. */
  readonly channels: readonly number[];
  /** Strides of the same maps against the image. */
  readonly strides: readonly number[];
  /** Logits per pixel, decided by the loss; for decoders that score the classes themselves. */
  readonly outChannels: number;
}

/** Options of every decoder by name; plugins merge theirs in. */
export interface DecoderOptions {}
