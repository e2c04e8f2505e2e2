import type { LabelClassInput, LabelsInput } from '@segkit/core';

type Color = readonly [number, number, number];

/** Name, id and colour of the classes that are learned, in the order of their train ids. */
const learned: readonly (readonly [string, number, Color])[] = [
  ['road', 7, [128, 64, 128]],
  ['sidewalk', 8, [244, 35, 232]],
  ['building', 11, [70, 70, 70]],
  ['wall', 12, [102, 102, 156]],
  ['fence', 13, [190, 153, 153]],
  ['pole', 17, [153, 153, 153]],
  ['traffic light', 19, [250, 170, 30]],
  ['traffic sign', 20, [220, 220, 0]],
  ['vegetation', 21, [107, 142, 35]],
  ['terrain', 22, [152, 251, 152]],
  ['sky', 23, [70, 130, 180]],
  ['person', 24, [220, 20, 60]],
  ['rider', 25, [255, 0, 0]],
  ['car', 26, [0, 0, 142]],
  ['truck', 27, [0, 0, 70]],
  ['bus', 28, [0, 60, 100]],
  ['train', 31, [0, 80, 100]],
  ['motorcycle', 32, [0, 0, 230]],
  ['bicycle', 33, [119, 11, 32]],
];

/** Name and id of the classes that nobody counts. */
const ignored: readonly (readonly [string, number])[] = [
  ['unlabeled', 0],
  ['ego vehicle', 1],
  ['rectification border', 2],
  ['out of roi', 3],
  ['static', 4],
  ['dynamic', 5],
  ['ground', 6],
  ['parking', 9],
  ['rail track', 10],
  ['guard rail', 14],
  ['bridge', 15],
  ['tunnel', 16],
  ['polegroup', 18],
  ['caravan', 29],
  ['trailer', 30],
];

/**
 * The 19 classes of Cityscapes' benchmark. Masks and label maps hold label ids, as the benchmark takes them; class
 * indices are train ids. The licence plate, which has the id -1, is stored as 255.
 * @see https://github.com/mcordts/cityscapesScripts/blob/master/cityscapesscripts/helpers/labels.py
 */
export const cityscapesLabels: LabelsInput = {
  classes: [
    ...learned.map(([name, id, color]): LabelClassInput => ({ name, id, color })),
    ...ignored.map(([name, id]): LabelClassInput => ({ name, id, ignore: true })),
  ],
};
