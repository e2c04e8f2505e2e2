import {
  BatchNorm2d,
  Conv2d,
  mapSize,
  MaxPool2d,
  Module,
  type Backbone,
  type Mode,
  type Size,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';

import { BasicBlock } from './basic-block.js';
import { BottleneckBlock, bottleneckExpansion } from './bottleneck-block.js';
import { kaimingFanOut } from './kaiming-fan-out.js';

/** Points of a ResNet whose output can be a feature map, in order. */
export const tapNames = ['stem', 'pool', 'layer1', 'layer2', 'layer3', 'layer4'] as const;

/** A point of a ResNet whose output can be a feature map. */
export type Tap = (typeof tapNames)[number];

const stageNames = ['layer1', 'layer2', 'layer3', 'layer4'] as const;
const tapStrides = { stem: 2, pool: 4, layer1: 4, layer2: 8, layer3: 16, layer4: 32 } as const;
const widthFactors = { stem: 1, pool: 1, layer1: 1, layer2: 2, layer3: 4, layer4: 8 } as const;

type Block = BasicBlock | BottleneckBlock;

/** How a ResNet is made. */
export interface ResNetArguments {
  readonly inChannels: number;
  /** Channels of the stem; layers 1 to 4 have 1, 2, 4 and 8 times as many, with bottlenecks four times these. */
  readonly width: number;
  /** Blocks of layers 1 to 4. */
  readonly blocks: readonly [number, number, number, number];
  /** Whether blocks are bottlenecks (ResNet-50 and deeper). Default `false`. */
  readonly bottleneck?: boolean;
  /** Which outputs are the feature maps, in the order of `tapNames`. */
  readonly taps: readonly Tap[];
}

/**
 * ResNet of basic or bottleneck blocks without its classifier, in torchvision's structure, parameter names and first weights.
 * Layers deeper than the last tap are left out.
 * @see https://arxiv.org/abs/1512.03385
 * @see https://github.com/pytorch/vision/blob/main/torchvision/models/resnet.py
 */
export class ResNet extends Module implements Backbone {
  readonly channels: readonly number[];
  readonly strides: readonly number[];
  readonly #taps: readonly Tap[];
  readonly #conv1: Conv2d;
  readonly #bn1: BatchNorm2d;
  readonly #pool: MaxPool2d;
  readonly #stages: readonly { readonly tap: Tap; readonly blocks: readonly Block[] }[];

  constructor({ inChannels, width, blocks, taps, bottleneck = false }: ResNetArguments) {
    super();
    this.#taps = taps;
    const expansion = bottleneck ? bottleneckExpansion : 1;
    const channelsOf = (tap: Tap): number =>
      width * widthFactors[tap] * (tap === 'stem' || tap === 'pool' ? 1 : expansion);
    this.channels = taps.map(channelsOf);
    this.strides = taps.map((tap) => tapStrides[tap]);
    const weightInitializer = kaimingFanOut;
    this.#conv1 = this.child(
      'conv1',
      new Conv2d({
        inChannels,
        outChannels: width,
        kernelSize: 7,
        stride: 2,
        padding: 3,
        bias: false,
        weightInitializer,
      }),
    );
    this.#bn1 = this.child('bn1', new BatchNorm2d({ channels: width }));
    this.#pool = this.child('maxpool', new MaxPool2d({ kernelSize: 3, stride: 2, padding: 1 }));
    const deepest = Math.max(...taps.map((tap) => tapNames.indexOf(tap)));
    let from = width;
    this.#stages = stageNames
      .filter((tap) => tapNames.indexOf(tap) <= deepest)
      .map((tap, stage) => ({
        tap,
        blocks: Array.from({ length: blocks[stage] ?? 0 }, (_, index) => {
          const outChannels = channelsOf(tap);
          const stride = index === 0 && tap !== 'layer1' ? 2 : 1;
          const shape = { inChannels: from, outChannels, stride, weightInitializer };
          const block = bottleneck ? new BottleneckBlock(shape) : new BasicBlock(shape);
          from = outChannels;
          return this.child(`${tap}.${String(index)}`, block);
        }),
      }));
  }

  sizes(image: Size): readonly Size[] {
    // Every stride-2 step (kernel 7 padding 3, kernel 3 padding 1, kernel 1) takes n to ceil(n / 2).
    return this.strides.map((stride) => mapSize(image, (length) => Math.ceil(length / stride)));
  }

  forward(image: tf.Tensor4D, mode: Mode): tf.Tensor4D[] {
    return tf.tidy(() => {
      const outputs = new Map<Tap, tf.Tensor4D>();
      let x: tf.Tensor4D = tf.relu(this.#bn1.forward(this.#conv1.forward(image), mode));
      outputs.set('stem', x);
      if (this.#taps.some((tap) => tap !== 'stem')) {
        x = this.#pool.forward(x);
        outputs.set('pool', x);
      }
      for (const { tap, blocks } of this.#stages) {
        for (const block of blocks) x = block.forward(x, mode);
        outputs.set(tap, x);
      }
      return this.#taps.flatMap((tap) => outputs.get(tap) ?? []);
    });
  }
}
