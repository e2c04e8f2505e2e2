import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { ConfigError } from '../errors.js';
import { buildModel } from '../model/build-model.js';
import { randomStream } from '../tensor/random-stream.js';
import { tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';
import { forwardImage } from './forward-image.js';
import { probabilitiesFromLogits } from './labels-from-logits.js';
import { predictTiled } from './predict-tiled.js';
import type { PredictOptions } from './predict-options.js';

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

test.each([0, 1])('all modes are the forward pass of the whole, padding %i', async (padding) => {
  const model = tinyModel(padding);
  const image = noise(13, 9);
  const logits = forwardImage(model, image);
  const expected = probabilitiesFromLogits(logits, 'softmax').dataSync();
  const before = tf.memory().numTensors;
  const predict = (options: PredictOptions) => predictTiled(model, 'softmax', image, options);
  expect((await predict({ mode: 'whole' })).data).toEqual(expected);
  expect((await predict({})).data).toEqual(expected);
  for (const batch of [1, 2, 3]) {
    const tiled = await predict({ mode: 'overlap-tile', tile: 5, batch });
    expect(tiled.data).toBeAllClose(expected);
  }
  // Without padding the tiles agree where they overlap, so that any average of them is the whole.
  const blended = await predict({ mode: 'gaussian', tile: 7, overlap: 3 });
  if (padding === 0) expect(blended.data).toBeAllClose(expected);
  else expect(blended.data.every((value) => value > 0 && value < 1)).toBe(true);
  expect(tf.memory().numTensors).toBe(before);
});

test('the mean over all eight views turns with the image', async () => {
  const model = tinyModel(1);
  const image = noise(6, 4);
  const { data } = await predictTiled(model, 'softmax', image, { tta: 8 });
  // A quarter turn: (y, x) of the turned image is (x, width - 1 - y) of the image, the width being 4.
  const at = (y: number, x: number): number => x * 4 + (4 - 1 - y);
  const pixels = Array.from({ length: 24 }, (_, i) => at(Math.floor(i / 6), i % 6));
  const turned = {
    height: 4,
    width: 6,
    channels: 1,
    data: Float32Array.from(pixels, (i) => image.data[i]!),
  };
  const other = await predictTiled(model, 'softmax', turned, { tta: 8 });
  expect(other.data).toBeAllClose(pixels.flatMap((i) => [data[2 * i]!, data[2 * i + 1]!]));
  const single = await predictTiled(model, 'softmax', image, {});
  expect(data).not.toEqual(single.data);
});

test('wrong options, and a signal', async () => {
  const model = tinyModel(1);
  const image = noise(8, 8);
  const predict = (options: unknown) =>
    predictTiled(model, 'softmax', image, options as PredictOptions);
  await expect(predict({ mode: 'tiles' })).rejects.toThrow(ConfigError);
  await expect(predict({ mode: 'tiles' })).rejects.toThrow(
    /expected mode to be one of auto, whole, overlap-tile, gaussian, received tiles/,
  );
  await expect(predict({ tta: 3 })).rejects.toThrow(/expected tta to be one of 1, 2, 4, 8/);
  await expect(predict({ tile: 0 })).rejects.toThrow(/tile to be an integer of at least 1/);
  await expect(predict({ overlap: 1.5 })).rejects.toThrow(/overlap to be an integer/);
  await expect(predict({ batch: Number.NaN })).rejects.toThrow(/batch to be an integer/);
  await expect(predict({ mode: 'gaussian', tile: 4, overlap: 4 })).rejects.toThrow(
    /overlap below the tile of 4/,
  );
  const narrow = tinyModel(0);
  await expect(
    predictTiled(narrow, 'softmax', noise(20, 20), { mode: 'gaussian', tile: 6, overlap: 5 }),
  ).rejects.toThrow(/overlap below the 4 pixels that a tile of 6 predicts, received 5/);
  const reason = new Error('stopped');
  await expect(predict({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const done: number[] = [];
  await predict({ mode: 'overlap-tile', tile: 4, onProgress: (part: number) => done.push(part) });
  expect(done.at(-1)).toBe(1);
});
