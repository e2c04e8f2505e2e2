import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { Mode, Module } from '../nn/module.js';
import type { Size } from '../tensor/size.js';
import type { WeightsOption } from './weights.js';

/** Which weights of others fit a backbone, and which of them it starts from. */
export interface Pretrained {
  /** Opens the names of registered weights: with `resnet18`, `imagenet` means `resnet18-imagenet`. */
  readonly architecture: string;
  /** The filter that sees the image, e.g. `conv1.weight`; adapted if the image has other channels than the file's. */
  readonly imageFilter: string;
  /** Starts of names in such files that the backbone has no use for, e.g. `fc.` of the classifier. */
  readonly unused: readonly string[];
  /** `null` starts from random weights. */
  readonly weights: WeightsOption | null;
}

/**
 * Turns an image into feature maps of falling resolution. All but the last are the skips; the last one is what
 * the centre block receives.
 */
export interface Backbone extends Module {
  /** Channels of every feature map, finest first. */
  readonly channels: readonly number[];
  /** Stride of every feature map against the image, finest first, e.g. `[1, 2, 4, 8, 16]`. */
  readonly strides: readonly number[];
  /** Applied when a fresh run starts, not when a trained one is opened. Parameters are named as in the files. */
  readonly pretrained?: Pretrained;
  /**
   * Sizes of the feature maps for an image of this size, finest first.
   * @throws ShapeError if the backbone cannot take such an image.
   */
  sizes(image: Size): readonly Size[];
  /**
   * @param image - `[batch, height, width, channels]` float32.
   * @returns One `[batch, h, w, channels[i]]` per feature map, finest first.
   */
  forward(image: Tensor4D, mode: Mode): Tensor4D[];
}

/** What a backbone's factory is told. */
export interface BackboneArguments {
  /** Channels of the image. */
  readonly inChannels: number;
}

/** Options of every backbone by name; plugins merge theirs in. */
export interface BackboneOptions {}
