import * as tf from '@tensorflow/tfjs-core';

import { addBias } from '../ops/add-bias.js';
import { conv2d, type Conv2dOptions } from '../ops/conv2d.js';
import { windowedSize } from '../ops/windowed-size.js';
import type { Size } from '../tensor/size.js';
import { torchBiasUniform, torchUniform, type Initializer } from './initializers.js';
import { Module } from './module.js';
import type { Parameter } from './parameter.js';

/** What a convolution is made of. */
export interface Conv2dLayerOptions extends Conv2dOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Height and width of the kernel, in pixels. */
  readonly kernelSize: number;
  /** Whether a bias is added. Default `true`. */
  readonly bias?: boolean;
  /** Default `torchUniform()`. */
  readonly weightInitializer?: Initializer;
  /** Default `torchBiasUniform(fanIn)`. */
  readonly biasInitializer?: Initializer;
}

/** Convolution with bias, as PyTorch's `nn.Conv2d`; its parameters are `weight` and `bias`. */
export class Conv2d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  constructor({
    inChannels,
    outChannels,
    kernelSize,
    stride = 1,
    padding = 0,
    dilation = 1,
    bias = true,
    weightInitializer = torchUniform(),
    biasInitializer = torchBiasUniform(inChannels * kernelSize * kernelSize),
  }: Conv2dLayerOptions) {
    super();
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.weight = this.parameter('weight', {
      shape: [kernelSize, kernelSize, inChannels, outChannels],
      initializer: weightInitializer,
      torchAxes: [3, 2, 0, 1],
    });
    this.bias = bias
      ? this.parameter('bias', { shape: [outChannels], initializer: biasInitializer })
      : undefined;
  }

  /**
   * Size of the output map.
   * @throws ShapeError if the map is smaller than the kernel.
   */
  outputSize(size: Size): Size {
    const { kernelSize, stride, padding, dilation } = this;
    const kernel = { height: kernelSize, width: kernelSize };
    return windowedSize(size, { kernel, stride, padding, dilation }, 'conv2d');
  }

  /** Multiplications of one image whose output map has this size, bias not counted. */
  macs(outputSize: Size): number {
    const { kernelSize, inChannels, outChannels } = this;
    return outputSize.height * outputSize.width * kernelSize ** 2 * inChannels * outChannels;
  }

  /**
   * @param x - `[batch, height, width, inChannels]` float32.
   * @returns `[batch, height', width', outChannels]` float32.
   * @throws ShapeError if the channels differ or the map is smaller than the kernel.
   */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    const { stride, padding, dilation } = this;
    return tf.tidy(() => {
      const y = conv2d(x, this.weight.value as tf.Tensor4D, { stride, padding, dilation });
      return this.bias === undefined ? y : addBias(y, this.bias.value as tf.Tensor1D);
    });
  }
}
