import { exportedBy } from '@segkit/core';

import { bceDice } from './bce-dice.js';
import { bceIou } from './bce-iou.js';
import { bce } from './bce.js';
import { ce } from './ce.js';
import { charbonnier } from './charbonnier.js';
import { dice } from './dice.js';
import { focal } from './focal.js';
import { jaccard } from './jaccard.js';
import { l1 } from './l1.js';
import { lovaszSoftmax } from './lovasz-softmax.js';
import { mse } from './mse.js';
import { weightedSum } from './sum.js';
import { tversky } from './tversky.js';
import { weightedBorderCe } from './weighted-border-ce.js';

export type { BceDiceOptions } from './bce-dice.js';
export type { BceIouOptions } from './bce-iou.js';
export type { BceOptions } from './bce.js';
export type { CeOptions } from './ce.js';
export type { CharbonnierOptions } from './charbonnier.js';
export type { DiceOptions } from './dice.js';
export type { FocalOptions } from './focal.js';
export type { JaccardOptions } from './jaccard.js';
export type { L1Options } from './l1.js';
export type { LovaszSoftmaxOptions } from './lovasz-softmax.js';
export type { MseOptions } from './mse.js';
export type { SumOptions, SumPart } from './sum.js';
export type { TverskyOptions } from './tversky.js';
export type { WeightedBorderCeOptions } from './weighted-border-ce.js';

export {
  bce,
  bceDice,
  bceIou,
  ce,
  charbonnier,
  dice,
  focal,
  jaccard,
  l1,
  lovaszSoftmax,
  mse,
  tversky,
  weightedBorderCe,
  weightedSum,
};

/** Every loss of this package. */
export const losses = exportedBy(import.meta.url, [
  ce,
  weightedBorderCe,
  bceIou,
  bce,
  dice,
  bceDice,
  jaccard,
  focal,
  tversky,
  lovaszSoftmax,
  weightedSum,
  l1,
  mse,
  charbonnier,
]);
