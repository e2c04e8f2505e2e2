import type { LabelsInput, TransformOptions } from '@segkit/core';

/** Two classes, background first. */
export function binaryLabels(foreground: string): LabelsInput {
  return { classes: ['background', foreground] };
}

/** Gray microscopy: every image by its own mean and deviation, mirrored and turned at random. */
export const microscopy = {
  train: ['flip', 'rotate90', { name: 'normalize', mode: 'per-image' }],
  validation: [{ name: 'normalize', mode: 'per-image' }],
} as const;

/** Photos by ImageNet's statistics, as the pretrained ResNets expect them. */
export const photo = { name: 'normalize', preset: 'imagenet' } as const satisfies {
  name: 'normalize';
} & TransformOptions['normalize'];
