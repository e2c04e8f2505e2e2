import type { Scalar, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

import type { Raster } from '../tensor/raster.js';
import type { LabelSchema } from './label-schema.js';

/** What the network should have said. */
export interface Target {
  /** `[batch, height, width]` int32 class indices or `ignoreIndex`. */
  readonly labels?: Tensor3D;
  /** `[batch, height, width]` float32 per-pixel weights, for losses that make a weight map. */
  readonly weights?: Tensor3D;
  /** `[batch, height, width, channels]` float32, for image-to-image tasks. */
  readonly image?: Tensor4D;
}

/**
 * How logits become a prediction: `softmax` over the channels, `sigmoid` per channel, or `none` for
 * image-to-image tasks.
 */
export type Activation = 'softmax' | 'sigmoid' | 'none';

/** Scores logits against a target. */
export interface Loss {
  readonly activation: Activation;
  /** Logits per pixel for this many classes; a binary sigmoid loss wants 1 for 2 classes. */
  outChannels(classes: number): number;
  /**
   * @param logits - `[batch, height, width, outChannels]` float32, unnormalised.
   * @returns Float32 scalar.
   * @throws ShapeError if the leading dimensions differ.
   */
  forward(logits: Tensor4D, target: Target): Scalar;
  /**
   * Per-pixel weights of one whole image, computed once per image before any transform, and cached.
   * @param labels - Class indices or `ignoreIndex`, one channel.
   * @param instances - Object ids if the data set knows them.
   */
  weightMap?(labels: Raster<Int32Array>, instances?: Raster<Int32Array>): Raster<Float32Array>;
}

/** What a loss's factory is told. */
export interface LossArguments {
  readonly labels: LabelSchema;
}

/** Options of every loss by name; plugins merge theirs in. */
export interface LossOptions {}
