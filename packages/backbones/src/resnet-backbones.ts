import { defineBackbone } from '@segkit/core';
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

const source = 'https://arxiv.org/abs/1512.03385';

/**
 * ResNet-18 without its classifier. U-Nets tap `['stem', 'layer1', …, 'layer4']`, LinkNet `['pool', 'layer1', …]`,
 * D-LinkNet `['layer1', …]`.
 * @see https://arxiv.org/abs/1512.03385
 */
export const resnet18 = defineBackbone({
  name: 'resnet18',
  description: "ResNet-18 without its classifier, with torchvision's parameter names.",
  source,
  options,
  create: ({ taps, width }, { inChannels }) =>
    new ResNet({ inChannels, width, taps, blocks: [2, 2, 2, 2] }),
});

/**
 * ResNet-34 without its classifier; taps as for `resnet18`.
 * @see https://arxiv.org/abs/1512.03385
 */
export const resnet34 = defineBackbone({
  name: 'resnet34',
  description: "ResNet-34 without its classifier, with torchvision's parameter names.",
  source,
  options,
  create: ({ taps, width }, { inChannels }) =>
    new ResNet({ inChannels, width, taps, blocks: [3, 4, 6, 3] }),
});

/**
 * ResNet-50 without its classifier, of bottleneck blocks whose stride stands in the 3x3 convolution; taps as for
 * `resnet18`. Layers 1 to 4 have 256, 512, 1024 and 2048 channels.
 * @see https://arxiv.org/abs/1512.03385
 */
export const resnet50 = defineBackbone({
  name: 'resnet50',
  description: "ResNet-50 without its classifier, with torchvision's parameter names.",
  source,
  options,
  create: ({ taps, width }, { inChannels }) =>
    new ResNet({ inChannels, width, taps, blocks: [3, 4, 6, 3], bottleneck: true }),
});

/**
 * ResNet-101 without its classifier; blocks and taps as for `resnet50`.
 * @see https://arxiv.org/abs/1512.03385
 */
export const resnet101 = defineBackbone({
  name: 'resnet101',
  description: "ResNet-101 without its classifier, with torchvision's parameter names.",
  source,
  options,
  create: ({ taps, width }, { inChannels }) =>
    new ResNet({ inChannels, width, taps, blocks: [3, 4, 23, 3], bottleneck: true }),
});
