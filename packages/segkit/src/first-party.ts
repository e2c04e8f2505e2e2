import { backbones, centers, weights } from '@segkit/backbones';
import { callbacks } from '@segkit/callbacks';
import { optimizers, schedules, type Plugin, type Preset } from '@segkit/core';
import { datasets, transforms } from '@segkit/data';
import { engines } from '@segkit/engines';
import { decoders, heads, merges, upsamplers } from '@segkit/heads';
import { losses } from '@segkit/losses';
import { metrics } from '@segkit/metrics';

import { presets } from './presets/index.js';

/**
 * Every component and preset of segkit.
 * @example
 * const app = createApp({ plugins: [...firstParty, tinyNet] });
 */
export const firstParty: readonly (Plugin | Preset)[] = [
  ...engines,
  ...datasets,
  ...transforms,
  ...backbones,
  ...weights,
  ...centers,
  ...decoders,
  ...upsamplers,
  ...merges,
  ...heads,
  ...losses,
  ...metrics,
  ...optimizers,
  ...schedules,
  ...callbacks,
  ...presets,
];
