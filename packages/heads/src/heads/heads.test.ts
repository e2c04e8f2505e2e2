import {
  createApp,
  evalMode,
  randomStream,
  silentLogger,
  type Head,
  type Spec,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { heads } from '../plugins.js';

const { registry } = createApp({ plugins: heads, logger: silentLogger });

function head(spec: Spec<'head'>, inChannels: number, outChannels: number): Head {
  const resolved = registry.spec('head').parse(spec);
  return registry.create('head', resolved, { inChannels, stride: 1, outChannels });
}

describe('heads', () => {
  it.each([
    ['conv1x1', 1],
    ['cbr', 1],
    ['linknet', 4],
    ['d-linknet', 2],
    [{ name: 'd-linknet', kernels: '3-3-2' }, 2],
  ] as const)('%j raises the resolution %i times', (name, upscale) => {
    const module = head(name, 3, 2);
    expect(module.upscale).toBe(upscale);
    module.initialize(randomStream(1));
    tf.tidy(() => {
      const { height, width } = module.outputSize({ height: 3, width: 5 });
      expect([height, width]).toEqual([3 * upscale, 5 * upscale]);
      expect(module.forward(tf.zeros([1, 3, 5, 3]), evalMode).shape).toEqual([1, height, width, 2]);
    });
    module.dispose();
  });

  it('has the parameters of the published networks', () => {
    // 64 * 21 + 21.
    expect(head('conv1x1', 64, 21).parameterCount).toBe(1365);
    // 3x3: 64*32*9 + 32; norm 64; 3x3: 32*32*9 + 32; norm 64; 2x2: 32*20*4 + 20.
    expect(head('linknet', 64, 20).parameterCount).toBe(18_464 + 64 + 9_248 + 64 + 2_580);
    // 4x4: 64*32*16 + 32; 3x3: 32*32*9 + 32; 3x3: 32*9 + 1.
    expect(head('d-linknet', 64, 1).parameterCount).toBe(32_800 + 9_248 + 289);
    // 3x3: 64*32*9 + 32; 3x3 as before; 2x2: 32*4 + 1.
    const linknet34 = head({ name: 'd-linknet', kernels: '3-3-2' }, 64, 1);
    expect(linknet34.parameterCount).toBe(18_464 + 9_248 + 129);
    // 3x3: 64*2*9 + 2; norm 4.
    expect(head('cbr', 64, 2).parameterCount).toBe(1154 + 4);
  });

  it.each([
    [2, null, 32],
    [8, 3, 5],
  ])('fcn enlarges from stride %i, or by a factor', (stride, factor, side) => {
    const spec = registry.spec('head').parse({ name: 'fcn', factor });
    const module = registry.create('head', spec, { inChannels: 2, stride, outChannels: 2 });
    expect(module.upscale).toBe(factor ?? stride);
    module.initialize(randomStream(1));
    tf.tidy(() => {
      const y = module.forward(tf.ones([1, side, side, 2]), evalMode);
      const { height, width } = module.outputSize({ height: side, width: side });
      expect(y.shape).toEqual([1, height, width, 2]);
      // Bilinear weights keep a constant where no window reaches over the border.
      const middle = tf.slice(
        y,
        [0, Math.floor(height / 2), Math.floor(width / 2), 0],
        [1, 1, 1, 2],
      );
      expect(middle.dataSync()).toBeAllClose([1, 1]);
    });
    module.dispose();
  });

  it('fcn has one unbiased filter of twice the factor, and takes scores only', () => {
    const spec = registry.spec('head').parse('fcn');
    const create = (inChannels: number) =>
      registry.create('head', spec, { inChannels, stride: 32, outChannels: 21 });
    expect(create(21).parameterCount).toBe(21 * 21 * 64 * 64);
    expect(() => create(512)).toThrow('enlarges scores of 21 classes, received 512 channels');
  });
});
