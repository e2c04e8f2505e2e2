import type { Plugin } from '@segkit/core';

import { cbrBackbone } from './cbr-backbone.js';
import { cbrCenter } from './cbr-center.js';
import { dilatedCenter } from './dilated-center.js';
import { identityCenter } from './identity-center.js';
import { resnet18, resnet34 } from './resnet-backbones.js';

/** All plugins of this package. */
export const backbonePlugins: readonly Plugin[] = [
  cbrBackbone,
  resnet18,
  resnet34,
  cbrCenter,
  dilatedCenter,
  identityCenter,
];
