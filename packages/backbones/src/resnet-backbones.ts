import { defineBackbone, weightsOption, type Pretrained, type WeightsOption } from '@segkit/core';
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
    .describe('Channels of the stem; layers have 1, 2, 4 and 8 times as many.'),
  weights: weightsOption(),
});

/** Options of the `resnet18` and `resnet34` backbones. */
export type ResNetOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface BackboneOptions {
    resnet18: ResNetOptions;
    resnet34: ResNetOptions;
  }
}

const source = 'https://arxiv.org/abs/1512.03385';

/** torchvision's files fit, whatever the number of channels of the image; their classifier is not needed. */
function pretrained(architecture: string, weights: WeightsOption | null): Pretrained {
  return { architecture, weights, imageFilter: 'conv1.weight', unused: ['fc.'] };
}

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
  create: ({ taps, width, weights }, { inChannels }) =>
    Object.assign(new ResNet({ inChannels, width, taps, blocks: [2, 2, 2, 2] }), {
      pretrained: pretrained('resnet18', weights),
    }),
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
  create: ({ taps, width, weights }, { inChannels }) =>
    Object.assign(new ResNet({ inChannels, width, taps, blocks: [3, 4, 6, 3] }), {
      pretrained: pretrained('resnet34', weights),
    }),
});
