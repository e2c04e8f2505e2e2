import type { Plugin } from '@segkit/core';

import { linknetDecoder } from './decoders/linknet.js';
import { unetDecoder } from './decoders/unet.js';
import { conv1x1Head } from './heads/conv1x1.js';
import { dLinknetHead } from './heads/d-linknet.js';
import { linknetHead } from './heads/linknet.js';
import { addMerge } from './merges/add.js';
import { concatMerge } from './merges/concat.js';
import { bilinearUpsampler } from './upsamplers/bilinear.js';
import { nearestUpsampler } from './upsamplers/nearest.js';
import { transposedUpsampler } from './upsamplers/transposed.js';

/** All plugins of this package. */
export const headPlugins: readonly Plugin[] = [
  transposedUpsampler,
  bilinearUpsampler,
  nearestUpsampler,
  concatMerge,
  addMerge,
  unetDecoder,
  linknetDecoder,
  conv1x1Head,
  linknetHead,
  dLinknetHead,
];
