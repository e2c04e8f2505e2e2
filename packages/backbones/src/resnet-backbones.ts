import { defineBackbone, weightsOption, type Plugin } from '@segkit/core';
import * as z from 'zod';

import { ResNet, tapNames } from './resnet.js';

const options = z.strictObject({
  taps: z
    .array(z.enum(tapNames))
    .min(1)
    .refine(
      (taps) =>
        taps.every((tap, i) => {
          const previous = taps[i - 1];
          return previous === undefined || tapNames.indexOf(previous) < tapNames.indexOf(tap);
        }),
      { error: `expected each tap once, in the order ${tapNames.join(', ')}` },
    )
    .default(['stem', 'layer1', 'layer2', 'layer3', 'layer4'])
    .describe(
      'Outputs that become feature maps, finest first: stem (stride 2), pool (4), layer1 (4), layer2 (8), layer3 (16), layer4 (32).',
    ),
  width: z
    .number()
    .int()
    .positive()
    .default(64)
    .describe(
      'Channels of the stem; layers have 1, 2, 4 and 8 times as many, of resnet50 and resnet101 four times these.',
    ),
  weights: weightsOption(),
});

/** Options of the `resnet18`, `resnet34`, `resnet50` and `resnet101` backbones. */
export type ResNetOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface BackboneOptions {
    resnet18: ResNetOptions;
    resnet34: ResNetOptions;
    resnet50: ResNetOptions;
    resnet101: ResNetOptions;
  }
}

interface Architecture {
  readonly name: 'resnet18' | 'resnet34' | 'resnet50' | 'resnet101';
  readonly title: string;
  /** Residual blocks of layers 1 to 4. */
  readonly blocks: readonly [number, number, number, number];
  /** Whether blocks narrow the map for their 3x3 convolution. */
  readonly bottleneck: boolean;
}

function resnet({ name, title, blocks, bottleneck }: Architecture): Plugin<'backbone'> {
  return defineBackbone({
    name,
    description: `${title} without its classifier, with torchvision's parameter names.`,
    source: 'https://arxiv.org/abs/1512.03385',
    options,
    create: ({ taps, width, weights }, { inChannels }) =>
      Object.assign(new ResNet({ inChannels, width, taps, blocks, bottleneck }), {
        // torchvision's files fit, whatever the number of channels of the image.
        pretrained: { architecture: name, weights, imageFilter: 'conv1.weight', unused: ['fc.'] },
      }),
  });
}

/**
 * ResNet-18 without its classifier. U-Nets tap `['stem', 'layer1', …, 'layer4']`, LinkNet `['pool', 'layer1', …]`,
 * D-LinkNet `['layer1', …]`.
 * @see https://arxiv.org/abs/1512.03385
 */
export const resnet18 = resnet({
  name: 'resnet18',
  title: 'ResNet-18',
  blocks: [2, 2, 2, 2],
  bottleneck: false,
});

/**
 * ResNet-34 without its classifier; taps as for `resnet18`.
 * @see https://arxiv.org/abs/1512.03385
 */
export const resnet34 = resnet({
  name: 'resnet34',
  title: 'ResNet-34',
  blocks: [3, 4, 6, 3],
  bottleneck: false,
});

/**
 * ResNet-50 without its classifier, of bottleneck blocks whose stride stands in the 3x3 convolution; taps as for
 * `resnet18`. Layers 1 to 4 have 256, 512, 1024 and 2048 channels.
 * @see https://arxiv.org/abs/1512.03385
 */
export const resnet50 = resnet({
  name: 'resnet50',
  title: 'ResNet-50',
  blocks: [3, 4, 6, 3],
  bottleneck: true,
});

/**
 * ResNet-101 without its classifier; blocks and taps as for `resnet50`.
 * @see https://arxiv.org/abs/1512.03385
 */
export const resnet101 = resnet({
  name: 'resnet101',
  title: 'ResNet-101',
  blocks: [3, 4, 23, 3],
  bottleneck: true,
});
