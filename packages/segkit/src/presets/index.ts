import type { Preset } from '@segkit/core';

import { fcnPresets } from './fcn.js';
import { linknetPresets } from './linknet.js';
import { unet2015Presets } from './unet-2015.js';
import { unetPresets } from './unet.js';

/** Every preset of segkit. */
export const presets: readonly Preset[] = [
  ...unet2015Presets,
  ...unetPresets,
  ...fcnPresets,
  ...linknetPresets,
];
