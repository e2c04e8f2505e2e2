import { defineWeights, type Plugin } from '@segkit/core';
import * as z from 'zod';

const options = z.strictObject({});

declare module '@segkit/core' {
  interface WeightsOptions {
    'resnet18-imagenet': z.input<typeof options>;
    'resnet34-imagenet': z.input<typeof options>;
    'resnet50-imagenet': z.input<typeof options>;
  }
}

/** A file of torchvision; its name ends with the first 8 digits of its SHA-256. */
function torchvision(name: string, file: string, model: string): Plugin<'weights'> {
  const [, sha256 = ''] = /-([0-9a-f]{8})\.pth$/.exec(file) ?? [];
  return defineWeights({
    name,
    description: `${model} of torchvision, trained on ImageNet-1k.`,
    source: 'https://github.com/pytorch/vision/tree/main/torchvision/models',
    options,
    create: () => ({ url: `https://download.pytorch.org/models/${file}`, sha256 }),
  });
}

/** torchvision's ResNets, as `weights: 'imagenet'` of the backbones names them. */
export const resnetWeights: readonly Plugin<'weights'>[] = [
  torchvision('resnet18-imagenet', 'resnet18-f37072fd.pth', 'ResNet-18'),
  torchvision('resnet34-imagenet', 'resnet34-b627a593.pth', 'ResNet-34'),
  torchvision('resnet50-imagenet', 'resnet50-11ad3fa6.pth', 'ResNet-50 (second weights)'),
];
