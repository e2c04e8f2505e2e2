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
    ['linknet', 4],
    ['d-linknet', 2],
  ] as const)('%s raises the resolution %i times', (name, upscale) => {
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
  });
});
