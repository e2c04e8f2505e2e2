import * as tf from '@tensorflow/tfjs-core';

import { addBias } from '../ops/add-bias.js';
import {
  convTranspose2d,
  convTranspose2dSize,
  type ConvTranspose2dOptions,
} from '../ops/conv-transpose2d.js';
import { mapSize, type Size } from '../tensor/size.js';
import { torchBiasUniform, torchUniform, type Initializer } from './initializers.js';
import { Module } from './module.js';
import type { Parameter } from './parameter.js';

/** What a transposed convolution is made of. */
export interface ConvTranspose2dLayerOptions extends ConvTranspose2dOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Height and width of the kernel, in pixels. */
  readonly kernelSize: number;
  readonly stride: number;
  /** Whether a bias is added. Default `true`. */
  readonly bias?: boolean;
  /** Default `torchUniform()`. */
  readonly weightInitializer?: Initializer;
  /** Default `torchBiasUniform(fanIn)`, with PyTorch's fan: `outChannels * kernelSize^2`. */
  readonly biasInitializer?: Initializer;
}

/**
 * Transposed convolution with bias, as PyTorch's `nn.ConvTranspose2d`; its parameters are `weight`
 * (`[kernelHeight, kernelWidth, outChannels, inChannels]`) and `bias`.
 */
export class ConvTranspose2d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
  readonly outputPadding: number;
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  constructor({
    inChannels,
    outChannels,
    kernelSize,
    stride,
    padding = 0,
    outputPadding = 0,
    bias = true,
    weightInitializer = torchUniform(),
    biasInitializer = torchBiasUniform(outChannels * kernelSize * kernelSize),
  }: ConvTranspose2dLayerOptions) {
    super();
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.padding = padding;
    this.outputPadding = outputPadding;
    this.weight = this.parameter('weight', {
      shape: [kernelSize, kernelSize, outChannels, inChannels],
      initializer: weightInitializer,
      torchAxes: [3, 2, 0, 1],
    });
    this.bias = bias
      ? this.parameter('bias', { shape: [outChannels], initializer: biasInitializer })
      : undefined;
  }

  /**
   * Size of the output map.
   * @throws ShapeError if nothing is left after cutting the padding.
   */
  outputSize(size: Size): Size {
    const { kernelSize, stride, padding, outputPadding } = this;
    const kernel = { height: kernelSize, width: kernelSize };
    return convTranspose2dSize(size, kernel, { stride, padding, outputPadding });
  }

  /** Multiplications of one image whose output map has this size, bias not counted. */
  macs(outputSize: Size): number {
    const { kernelSize, stride, padding, outputPadding, inChannels, outChannels } = this;
    // Every input pixel is spread over one window, so the input's size counts.
    const input = mapSize(
      outputSize,
      (n) => (n + 2 * padding - kernelSize - outputPadding) / stride + 1,
    );
    return input.height * input.width * kernelSize ** 2 * inChannels * outChannels;
  }

  /**
   * @param x - `[batch, height, width, inChannels]` float32.
   * @returns `[batch, height', width', outChannels]` float32.
   * @throws ShapeError if the channels differ or nothing is left after cutting the padding.
   */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    const { stride, padding, outputPadding } = this;
    const options = { stride, padding, outputPadding };
    return tf.tidy(() => {
      const y = convTranspose2d(x, this.weight.value as tf.Tensor4D, options);
      return this.bias === undefined ? y : addBias(y, this.bias.value as tf.Tensor1D);
    });
  }
}
