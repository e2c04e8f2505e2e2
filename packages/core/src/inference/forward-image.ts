import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { SegmentationModel } from '../model/segmentation-model.js';
import { evalMode } from '../nn/module.js';
import { mirrorPadRaster } from '../tensor/mirror-raster.js';
import type { Raster } from '../tensor/raster.js';
import { sameSize } from '../tensor/size.js';
import { planInput } from './plan-input.js';

/**
 * Logits of one whole image of any size: mirrored at its borders where the network needs more, cropped back after.
 * @param image - `[height, width, inChannels]`, normalised as in training.
 * @returns `[1, height, width, outChannels]` float32; the caller disposes it.
 */
export function forwardImage(model: SegmentationModel, image: Raster<Float32Array>): Tensor4D {
  const input = planInput(model, image);
  const padded = sameSize(input, image) ? image : mirrorPadRaster(image, input);
  return tf.tidy(() => {
    const { height, width, channels, data } = padded;
    const logits = model.forward(tf.tensor4d(data, [1, height, width, channels]), evalMode);
    const [, outHeight, outWidth, outChannels] = logits.shape;
    if (outHeight === image.height && outWidth === image.width) return logits;
    // The image lies in the middle of the padded input, and the logits in the middle of that.
    const start = (own: number, extended: number, output: number): number =>
      Math.floor((extended - own) / 2) - Math.floor((extended - output) / 2);
    const top = start(image.height, height, outHeight);
    const left = start(image.width, width, outWidth);
    return tf.slice4d(logits, [0, top, left, 0], [1, image.height, image.width, outChannels]);
  });
}
