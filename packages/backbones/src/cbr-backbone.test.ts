import {
  createApp,
  evalMode,
  randomStream,
  ShapeError,
  silentLogger,
  type Backbone,
  type BackboneOptions,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { backbones } from './plugins.js';

const { registry } = createApp({ plugins: backbones, logger: silentLogger });

function cbr(options: BackboneOptions['cbr'] = {}, inChannels = 1): Backbone {
  const spec = registry.spec('backbone').parse({ name: 'cbr', ...options });
  return registry.create('backbone', spec, { inChannels }, { path: 'model.backbone' });
}

describe('cbr backbone', () => {
  it('returns every level and the pooled map of the last', () => {
    const backbone = cbr();
    expect(backbone.channels).toEqual([64, 128, 256, 512, 512]);
    expect(backbone.strides).toEqual([1, 2, 4, 8, 16]);
    expect(backbone.sizes({ height: 48, width: 32 })).toEqual([
      { height: 48, width: 32 },
      { height: 24, width: 16 },
      { height: 12, width: 8 },
      { height: 6, width: 4 },
      { height: 3, width: 2 },
    ]);
  });

  it('has the sizes of the 2015 paper: 572 -> 568, 280, 136, 64, pooled to 32', () => {
    const sizes = cbr({ padding: 'valid' }).sizes({ height: 572, width: 572 });
    expect(sizes.map(({ width }) => width)).toEqual([568, 280, 136, 64, 32]);
  });

  it.each([
    { padding: 'same', height: 13, width: 7 },
    { padding: 'valid', height: 29, width: 22 },
  ] as const)('announces the real sizes for $padding $height x $width', ({ padding, ...image }) => {
    const backbone = cbr({ width: 1, depth: 2, padding });
    backbone.initialize(randomStream(1));
    const before = tf.memory().numTensors;
    const features = backbone.forward(tf.zeros([1, image.height, image.width, 1]), evalMode);
    const sizes = backbone.sizes(image);
    expect(features.map((map) => map.shape)).toEqual(
      sizes.map(({ height, width }, i) => [1, height, width, backbone.channels[i]]),
    );
    tf.dispose(features);
    expect(tf.memory().numTensors).toBe(before + 1);
    backbone.dispose();
  });

  // Backwards from a pooled pixel: 1 -> 2 -> 6 (two valid convolutions) -> 12 -> 16.
  it('names the smallest image it can take', () => {
    const backbone = cbr({ width: 1, depth: 2, padding: 'valid' });
    expect(backbone.sizes({ height: 16, width: 16 }).at(-1)).toEqual({ height: 1, width: 1 });
    const small = () => backbone.sizes({ height: 20, width: 15 });
    expect(small).toThrow(ShapeError);
    expect(small).toThrow(
      'model.backbone (cbr): 2 levels need an image of at least 16x16, received 20x15',
    );
  });

  it('places dropout on the levels asked for, in training only', () => {
    const backbone = cbr({ widths: [4, 4], dropout: 0.5, dropoutLevels: [1], norm: false });
    backbone.initialize(randomStream(1));
    for (const [name, parameter] of backbone.namedParameters()) {
      // Every channel is 1 wherever nothing is dropped.
      parameter.assign(new Float32Array(parameter.size).fill(name.endsWith('bias') ? 1 : 0));
    }
    const image = tf.zeros<tf.Rank.R4>([2, 4, 4, 1]);
    const trained = backbone.forward(image, { training: true, random: randomStream(3) });
    const values = trained.map((map) => new Set(map.dataSync()));
    expect(values).toEqual([new Set([0, 2]), new Set([1]), new Set([1])]);
    const inferred = backbone.forward(image, evalMode);
    expect(inferred.map((map) => new Set(map.dataSync()))).toEqual(
      Array.from({ length: 3 }, () => new Set([1])),
    );
    tf.dispose([image, trained, inferred]);
    backbone.dispose();
  });

  it('drops single values if told', () => {
    const options = { widths: [4], dropout: 0.5, norm: false };
    const droppedPerChannel = (dropoutUnit: 'channel' | 'value') => {
      const backbone = cbr({ ...options, dropoutUnit });
      for (const [name, parameter] of backbone.namedParameters()) {
        parameter.assign(new Float32Array(parameter.size).fill(name.endsWith('bias') ? 1 : 0));
      }
      const image = tf.zeros<tf.Rank.R4>([1, 16, 16, 1]);
      const [map] = backbone.forward(image, { training: true, random: randomStream(3) });
      const rows = tf.tidy(() => tf.sum(map!, [0, 1, 2]).arraySync() as number[]);
      backbone.dispose();
      return rows;
    };
    // 256 values of 0 or 2 each: channels are dropped whole or not at all, values about half.
    expect(new Set(droppedPerChannel('channel'))).toEqual(new Set([0, 512]));
    for (const sum of droppedPerChannel('value')) expect(Math.abs(sum - 256)).toBeLessThan(128);
  });

  it('names its parameters by level', () => {
    const names = [...cbr({ width: 1, depth: 1 }).namedParameters()].map(([name]) => name);
    const norm = (index: number) =>
      ['weight', 'bias', 'running_mean', 'running_var'].map((name) => `level1.bn${index}.${name}`);
    expect(names).toEqual(['level1.conv1.weight', ...norm(1), 'level1.conv2.weight', ...norm(2)]);
  });

  it('biases convolutions only without norm, unless told', () => {
    // 3x3 filters: 9*1*2 + 9*2*2 = 54; two biases of 2; two norms of 2 scales and 2 shifts.
    expect(cbr({ widths: [2] }).parameterCount).toBe(54 + 8);
    expect(cbr({ widths: [2], norm: false }).parameterCount).toBe(54 + 4);
    expect(cbr({ widths: [2], bias: true }).parameterCount).toBe(54 + 4 + 8);
    // 9*1*5 + 9*5*2 = 135, biases 5 + 2.
    expect(cbr({ widths: [2], midChannels: [5], norm: false }).parameterCount).toBe(135 + 7);
  });

  it.each([
    [{ midChannels: [3] }, 'expected one number per level'],
    [{ dropoutLevels: [5] }, 'expected levels between 1 and the number of levels'],
    [{ width: 0 }, 'width'],
    [{ pading: 'same' }, 'nearest first: padding'],
  ])('refuses %j', (options, message) => {
    const result = registry.spec('backbone').safeParse({ name: 'cbr', ...options });
    expect(JSON.stringify(result.error?.issues)).toContain(message);
  });
});
