import {
  createApp,
  evalMode,
  randomStream,
  silentLogger,
  type Spec,
  type Upsampler,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { upsamplers } from '../plugins.js';

const { registry } = createApp({ plugins: upsamplers, logger: silentLogger });

function upsampler(
  spec: Spec<'upsampler'>,
  stride = 2,
  inChannels = 4,
  outChannels = 2,
): Upsampler {
  const resolved = registry.spec('upsampler').parse(spec);
  const module = registry.create('upsampler', resolved, { inChannels, outChannels, stride });
  module.initialize(randomStream(5));
  return module;
}

const specs = [
  'transposed',
  { name: 'transposed', kernel: 'k3s2p1op1' },
  { name: 'transposed', kernel: 'k4s2p1' },
  'bilinear',
  { name: 'bilinear', alignCorners: true, conv: true },
  'nearest',
  { name: 'nearest', conv: true },
] as const satisfies readonly Spec<'upsampler'>[];

describe('upsamplers', () => {
  it.each(specs)('%j doubles the size, or keeps it at stride 1', (spec) => {
    for (const stride of [1, 2]) {
      const module = upsampler(spec, stride);
      tf.tidy(() => {
        const y = module.forward(tf.zeros([1, 3, 5, 4]), evalMode);
        expect(y.shape).toEqual([1, 3 * stride, 5 * stride, module.outChannels]);
        expect(module.outputSize({ height: 3, width: 5 })).toEqual({
          height: 3 * stride,
          width: 5 * stride,
        });
      });
      module.dispose();
    }
  });

  it('interpolation alone keeps the channels, everything else makes those asked for', () => {
    expect(specs.map((spec) => upsampler(spec).outChannels)).toEqual([2, 2, 2, 4, 2, 4, 2]);
  });

  // Biased: 4 * 2 * k * k + 2; at stride 1 every kernel is 3x3.
  it('transposed has the parameters of its kernel', () => {
    const counts = specs.slice(0, 3).map((spec) => upsampler(spec).parameterCount);
    expect(counts).toEqual([34, 74, 130]);
    expect(upsampler('transposed', 1).parameterCount).toBe(74);
  });

  it('transposed starts as bilinear interpolation if told, for equal channels', () => {
    const spec = {
      name: 'transposed',
      kernel: 'k4s2p1',
      bias: false,
      initializer: 'bilinear',
    } as const;
    const module = upsampler(spec, 2, 2, 2);
    expect(module.parameterCount).toBe(2 * 2 * 16);
    const y = module.forward(tf.tensor4d([1, 8, 1, 8, 1, 8, 1, 8], [1, 2, 2, 2]), evalMode);
    // Pixel (1, 1) of 4x4 lies between all four; every channel by itself.
    expect(tf.slice4d(y, [0, 1, 1, 0], [1, 1, 1, 2]).dataSync()).toBeAllClose([1, 8]);
    expect(() => upsampler(spec, 2, 4, 2)).toThrow(
      'bilinear weights need as many channels out as in, received 4 in and 2 out',
    );
    y.dispose();
    module.dispose();
  });

  it('interpolates with half-pixel centres, or with corners aligned', () => {
    const x = tf.tensor4d([0, 3], [1, 1, 2, 1]);
    const half = upsampler('bilinear', 2, 1, 1).forward(x, evalMode);
    // Centres of 4 in 2: -0.25, 0.25, 0.75, 1.25.
    expect(half.dataSync().slice(0, 4)).toBeAllClose([0, 0.75, 2.25, 3]);
    const aligned = upsampler({ name: 'bilinear', alignCorners: true }, 2, 1, 1).forward(
      x,
      evalMode,
    );
    expect(aligned.dataSync().slice(0, 4)).toBeAllClose([0, 1, 2, 3]);
    const nearest = upsampler('nearest', 2, 1, 1).forward(x, evalMode);
    expect(nearest.dataSync().slice(0, 4)).toBeAllClose([0, 0, 3, 3]);
    tf.dispose([x, half, aligned, nearest]);
  });

  it('starts the 1x1 convolution with a zero bias and clips its output at zero', () => {
    const module = upsampler({ name: 'bilinear', conv: true });
    const parameters = new Map(module.namedParameters());
    expect([...parameters.get('conv.bias')!.value.dataSync()]).toEqual([0, 0]);
    parameters.get('conv.weight')!.assign(Float32Array.of(1, -1, 0, 0, 0, 0, 0, 0));
    const y = tf.tidy(() => module.forward(tf.ones([1, 1, 1, 4]), evalMode));
    expect([...y.dataSync()]).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
    y.dispose();
    module.dispose();
  });
});
