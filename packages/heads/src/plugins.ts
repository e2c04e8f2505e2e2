import type { Plugin } from '@segkit/core';

import { fcnDecoder } from './decoders/fcn.js';
import { linknetDecoder } from './decoders/linknet.js';
import { unetDecoder } from './decoders/unet.js';
import { cbrHead } from './heads/cbr.js';
import { conv1x1Head } from './heads/conv1x1.js';
import { dLinknetHead } from './heads/d-linknet.js';
import { fcnHead } from './heads/fcn.js';
import { linknetHead } from './heads/linknet.js';
import { addMerge } from './merges/add.js';
import { concatMerge } from './merges/concat.js';
import { noneMerge } from './merges/none.js';
import { bilinearUpsampler } from './upsamplers/bilinear.js';
import { nearestUpsampler } from './upsamplers/nearest.js';
import { transposedUpsampler } from './upsamplers/transposed.js';

/** All decoders of this package. */
export const decoders: readonly Plugin<'decoder'>[] = [unetDecoder, linknetDecoder, fcnDecoder];

/** All upsamplers of this package. */
export const upsamplers: readonly Plugin<'upsampler'>[] = [
  transposedUpsampler,
  bilinearUpsampler,
  nearestUpsampler,
];

/** All skip merges of this package. */
export const merges: readonly Plugin<'merge'>[] = [concatMerge, addMerge, noneMerge];

/** All output heads of this package. */
export const heads: readonly Plugin<'head'>[] = [
  conv1x1Head,
  cbrHead,
  linknetHead,
  dLinknetHead,
  fcnHead,
];
