import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { buildModel } from '../model/build-model.js';
import { evalMode } from '../nn/module.js';
import { mirrorPadRaster } from '../tensor/mirror-raster.js';
import { randomStream } from '../tensor/random-stream.js';
import { tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';
import { forwardImage } from './forward-image.js';
import { planInput } from './plan-input.js';

function tinyModel(padding: number) {
  const app = tinyApp();
  const model = { backbone: { name: 'tiny', padding }, decoder: 'last' };
  const spec = app.parseConfig(tinyConfig({ model })).model;
  const built = buildModel(app.registry, spec, { inChannels: 1, outChannels: 2 });
  built.initialize(randomStream(3));
  return built;
}

function noise(height: number, width: number) {
  const random = randomStream(4);
  const data = Float32Array.from({ length: height * width }, () => random.uniform());
  return { height, width, channels: 1, data };
}

test('a network that takes the size sees the image as it is', () => {
  const model = tinyModel(1);
  const image = noise(5, 6);
  const direct = model.forward(tf.tensor4d(image.data, [1, 5, 6, 1]), evalMode);
  const whole = forwardImage(model, image);
  expect(whole.shape).toEqual([1, 5, 6, 2]);
  expect(whole.dataSync()).toEqual(direct.dataSync());
});

test('a network without padding sees the mirrored surroundings, and its logits stay aligned', () => {
  const model = tinyModel(0);
  const image = noise(5, 6);
  // A valid 3x3 convolution loses one pixel on each side.
  expect(planInput(model, image)).toEqual({ height: 7, width: 8 });
  const padded = mirrorPadRaster(image, { height: 7, width: 8 });
  const expected = model.forward(tf.tensor4d(padded.data, [1, 7, 8, 1]), evalMode);
  const whole = forwardImage(model, image);
  expect(whole.shape).toEqual([1, 5, 6, 2]);
  expect(whole.dataSync()).toEqual(expected.dataSync());
});
