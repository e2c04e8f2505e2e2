// The size a network announces is the size it delivers, and logits return to the image's size where its parts see all of it.
import * as tf from '@tensorflow/tfjs-core';
import {
  buildModel,
  createApp,
  evalMode,
  firstParty,
  randomStream,
  silentLogger,
  type ConfigInput,
  type Size,
} from 'segkit';
import { describe, expect, test } from 'vitest';

const app = createApp({ plugins: firstParty, logger: silentLogger });

function modelOf(model: unknown) {
  const { model: spec } = app.parseConfig({
    data: { labels: { classes: ['a', 'b'] }, train: 'synthetic-cells' },
    model: model as ConfigInput['model'],
    loss: 'ce',
    train: { steps: 1 },
  });
  return buildModel(app.registry, spec, { inChannels: 3, outChannels: 2 });
}

const resnet = { name: 'resnet18', width: 4 };
const resize = { name: 'concat', align: 'resize' };

const networks = {
  'U-Net, resized skips': {
    backbone: { name: 'cbr', width: 2, depth: 3 },
    center: 'cbr',
    decoder: { name: 'unet', merge: resize },
  },
  'ResNet-18 U-Net at stride 2': {
    backbone: resnet,
    decoder: { name: 'unet', merge: resize },
  },
  LinkNet: {
    backbone: { ...resnet, taps: ['pool', 'layer1', 'layer2', 'layer3', 'layer4'] },
    decoder: { name: 'linknet', merge: { name: 'add', align: 'resize' } },
    head: 'linknet',
  },
  'D-LinkNet': {
    backbone: { ...resnet, taps: ['layer1', 'layer2', 'layer3', 'layer4'] },
    center: 'dilated',
    decoder: {
      name: 'linknet',
      reluAfterMerge: false,
      lastBlock: true,
      merge: { name: 'add', align: 'resize' },
    },
    head: 'd-linknet',
  },
};

const sizes: Size[] = [
  { height: 64, width: 64 },
  { height: 33, width: 50 },
  { height: 47, width: 35 },
];

describe.each(Object.entries(networks))('%s', (_, spec) => {
  test.each(sizes)('$height x $width comes back whole', (size) => {
    const model = modelOf(spec);
    expect(model.outputSize(size)).toEqual(size);
    model.initialize(randomStream(1));
    const shape = tf.tidy(
      () => model.forward(tf.zeros([1, size.height, size.width, 3]), evalMode).shape,
    );
    expect(shape).toEqual([1, size.height, size.width, 2]);
    model.dispose();
  });
});

test('a network without padding delivers the middle: 572 -> 388 as in the U-Net paper', () => {
  const model = modelOf({
    backbone: { name: 'cbr', width: 2, padding: 'valid' },
    center: { name: 'cbr', padding: 'valid' },
    decoder: { name: 'unet', padding: 'valid', merge: { name: 'concat', align: 'crop' } },
  });
  expect(model.outputSize({ height: 572, width: 188 })).toEqual({ height: 388, width: 4 });
  expect(() => model.outputSize({ height: 100, width: 100 })).toThrow(/./);
});

test('resizing logits keeps constants: a head at stride 2 is interpolated, not scaled', () => {
  const model = modelOf(networks['ResNet-18 U-Net at stride 2']);
  model.initialize(randomStream(1));
  // Only the head's bias remains: every pixel of class k must be its bias.
  for (const [name, parameter] of model.namedParameters()) {
    if (!name.startsWith('head')) parameter.assign(new Float32Array(parameter.size));
    else if (name.endsWith('bias')) parameter.assign(Float32Array.of(0.5, -2));
  }
  const logits = tf.tidy(() => model.forward(tf.ones([1, 33, 34, 3]), evalMode).dataSync());
  expect(logits).toBeAllClose(Array.from({ length: 33 * 34 * 2 }, (_, i) => (i % 2 ? -2 : 0.5)));
  model.dispose();
});
