import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { ShapeError } from '../errors.js';
import { randomStream } from '../tensor/random-stream.js';
import { ConvBlock, convBlockOptions } from './conv-block.js';
import { evalMode } from './module.js';

const defaults = convBlockOptions.parse({});

describe('ConvBlock', () => {
  it('takes 4 pixels with valid padding, none with same', () => {
    const size = { height: 9, width: 6 };
    const block = (padding: 'same' | 'valid') =>
      new ConvBlock({ ...defaults, inChannels: 1, outChannels: 1, padding });
    expect(block('same').outputSize(size)).toEqual(size);
    expect(block('valid').outputSize(size)).toEqual({ height: 5, width: 2 });
    expect(() => block('valid').outputSize({ height: 9, width: 4 }, 'level 3')).toThrow(ShapeError);
    expect(() => block('valid').outputSize({ height: 9, width: 4 }, 'level 3')).toThrow(
      'level 3: two valid 3x3 convolutions need a map of at least 5x5, received 9x4',
    );
  });

  it('starts He-normal weights with zero biases', () => {
    const block = new ConvBlock({
      ...defaults,
      inChannels: 32,
      outChannels: 32,
      norm: false,
      initializer: 'he-normal',
    });
    block.initialize(randomStream(1));
    const values = new Map(
      [...block.namedParameters()].map(([name, p]) => [name, p.value.dataSync<'float32'>()]),
    );
    // 9 * 32 * 32 draws of variance 2 / (9 * 32) = 1/144.
    const weight = values.get('conv1.weight')!;
    const variance = weight.reduce((sum, value) => sum + value ** 2, 0) / weight.length;
    expect(variance * 144).toBeGreaterThan(0.95);
    expect(variance * 144).toBeLessThan(1.05);
    expect(new Set(values.get('conv2.bias'))).toEqual(new Set([0]));
    block.dispose();
  });

  // One pixel, identity filters: the norm (running mean 2, variance 1 - eps) takes 2, the ReLU clips at zero.
  it.each([
    ['conv-norm-relu', 0],
    ['conv-relu-norm', -2],
  ] as const)('%s takes 1 to %i', (order, result) => {
    const block = new ConvBlock({ ...defaults, inChannels: 1, outChannels: 1, order });
    for (const [name, parameter] of block.namedParameters()) {
      const filter = Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0);
      if (name.startsWith('conv')) parameter.assign(filter);
      else if (name.endsWith('running_mean')) parameter.assign(Float32Array.of(2));
      else if (name.endsWith('running_var')) parameter.assign(Float32Array.of(1 - 1e-5));
      else parameter.assign(Float32Array.of(name.endsWith('weight') ? 1 : 0));
    }
    const y = tf.tidy(() => block.forward(tf.ones([1, 1, 1, 1]), evalMode));
    // relu first: relu(1) - 2 = -1, relu(-1) - 2 = -2.
    expect(y.dataSync<'float32'>()).toBeAllClose([result]);
    y.dispose();
    block.dispose();
  });
});
