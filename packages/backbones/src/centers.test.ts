import {
  createApp,
  evalMode,
  randomStream,
  ShapeError,
  silentLogger,
  type Center,
  type Spec,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { centers } from './plugins.js';

const { registry } = createApp({ plugins: centers, logger: silentLogger });

function center(spec: Spec<'center'>, inChannels: number): Center {
  const resolved = registry.spec('center').parse(spec);
  return registry.create('center', resolved, { inChannels }, { path: 'model.center' });
}

describe('centres', () => {
  it('cbr doubles the channels unless told', () => {
    expect(center('cbr', 512).outChannels).toBe(1024);
    expect(center({ name: 'cbr', channels: 512 }, 512).outChannels).toBe(512);
  });

  it('dilated has 9,439,232 parameters at 512 channels: 4 * (9 * 512^2 + 512)', () => {
    expect(center('dilated', 512).parameterCount).toBe(9_439_232);
    expect(center({ name: 'dilated', dilations: [1, 2, 4, 8, 16] }, 2).parameterCount).toBe(
      5 * (9 * 4 + 2),
    );
  });

  it('identity passes the map on', () => {
    const x = tf.ones<tf.Rank.R4>([1, 2, 3, 4]);
    const identity = center('identity', 4);
    expect(identity.outChannels).toBe(4);
    expect(identity.forward(x, evalMode)).toBe(x);
    x.dispose();
  });

  it.each(['identity', 'dilated', 'cbr', { name: 'cbr', padding: 'valid' }] as const)(
    '%j announces the real size',
    (spec) => {
      const module = center(spec, 2);
      module.initialize(randomStream(1));
      tf.tidy(() => {
        const size = module.outputSize({ height: 7, width: 6 });
        expect(module.forward(tf.zeros([1, 7, 6, 2]), evalMode).shape).toEqual([
          1,
          size.height,
          size.width,
          module.outChannels,
        ]);
      });
      module.dispose();
    },
  );

  it('says which map is too small', () => {
    const size = () =>
      center({ name: 'cbr', padding: 'valid' }, 2).outputSize({ height: 4, width: 9 });
    expect(size).toThrow(ShapeError);
    expect(size).toThrow(
      'model.center (cbr): two valid 3x3 convolutions need a map of at least 5x5, received 4x9',
    );
  });
});
