import type { Plugin } from '@segkit/core';

import { cbrBackbone } from './cbr-backbone.js';
import { cbrCenter } from './cbr-center.js';
import { dilatedCenter } from './dilated-center.js';
import { identityCenter } from './identity-center.js';
import { resnet101, resnet18, resnet34, resnet50 } from './resnet-backbones.js';

/** All backbones of this package. */
export const backbones: readonly Plugin<'backbone'>[] = [
  cbrBackbone,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
];

/** All centre blocks of this package. */
export const centers: readonly Plugin<'center'>[] = [identityCenter, cbrCenter, dilatedCenter];
