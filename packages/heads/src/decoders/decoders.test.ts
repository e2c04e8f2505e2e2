import {
  ConfigError,
  createApp,
  evalMode,
  randomStream,
  ShapeError,
  silentLogger,
  type Decoder,
  type Size,
  type Spec,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { decoders, merges, upsamplers } from '../plugins.js';

const { registry } = createApp({
  plugins: [...decoders, ...merges, ...upsamplers],
  logger: silentLogger,
});

function decoder(
  spec: Spec<'decoder'>,
  channels: readonly number[],
  strides: readonly number[],
): Decoder {
  const resolved = registry.spec('decoder').parse(spec);
  const args = { channels, strides, outChannels: 2 };
  return registry.create('decoder', resolved, args, { path: 'model.decoder' });
}

/** Runs the decoder on zeros and checks the announced size against the real one. */
function expectAnnouncedSize(
  module: Decoder,
  channels: readonly number[],
  sizes: readonly Size[],
): void {
  module.initialize(randomStream(2));
  tf.tidy(() => {
    const features = sizes.map(({ height, width }, i) =>
      tf.zeros<tf.Rank.R4>([1, height, width, channels[i]!]),
    );
    const { height, width } = module.outputSize(sizes);
    expect(module.forward(features, evalMode).shape).toEqual([
      1,
      height,
      width,
      module.outChannels,
    ]);
  });
  module.dispose();
}

const upsamplerSpecs = [
  'transposed',
  { name: 'transposed', kernel: 'k3s2p1op1' },
  { name: 'transposed', kernel: 'k4s2p1' },
  'bilinear',
  { name: 'bilinear', conv: true },
  'nearest',
] as const satisfies readonly Spec<'upsampler'>[];
const mergeSpecs = [
  { name: 'concat', align: 'crop' },
  { name: 'concat', align: 'pad', order: 'up-first' },
  { name: 'add', align: 'resize' },
  { name: 'add', align: 'crop' },
  { name: 'none', align: 'pad' },
] as const satisfies readonly Spec<'merge'>[];
const pairs = upsamplerSpecs.flatMap((upsampler) =>
  mergeSpecs.map((merge) => [upsampler, merge] as const),
);

describe('decoders', () => {
  // Ceiled (ResNet), floored (max-pool) and equal neighbouring sizes; channels that four does not divide.
  const sizes = [
    { height: 13, width: 7 },
    { height: 6, width: 4 },
    { height: 6, width: 4 },
    { height: 3, width: 2 },
  ];
  const channels = [2, 3, 3, 5];
  const strides = [1, 2, 2, 4];

  it.each(pairs)('unet takes %j and %j', (upsampler, merge) => {
    const module = decoder({ name: 'unet', upsampler, merge }, channels, strides);
    expect(module.outputStride).toBe(1);
    expect(module.outChannels).toBe(2);
    expectAnnouncedSize(module, channels, sizes);
  });

  it.each(pairs)('linknet takes %j and %j', (upsampler, merge) => {
    const module = decoder({ name: 'linknet', upsampler, merge }, channels, strides);
    expect(module.outputStride).toBe(1);
    expect(module.outChannels).toBe(merge.name === 'concat' ? 4 : 2);
    expectAnnouncedSize(module, channels, sizes);
  });

  it('unet with valid convolutions follows the 2015 paper: 568, 280, 136, 64, 28 -> 388', () => {
    const module = decoder(
      { name: 'unet', merge: { name: 'concat', align: 'crop' }, padding: 'valid', norm: false },
      [64, 128, 256, 512, 1024],
      [1, 2, 4, 8, 16],
    );
    const square = (side: number) => ({ height: side, width: side });
    expect(module.outputSize([568, 280, 136, 64, 28].map(square))).toEqual(square(388));
    // 4 -> 8 - 4 = 4 -> 8 - 4 = 4 at the next levels too; 2 -> 4 is too small for the first block.
    expect(() => module.outputSize([60, 28, 12, 8, 2].map(square))).toThrow(
      'model.decoder (unet): level 4: two valid 3x3 convolutions need a map of at least 5x5, received 4x4',
    );
  });

  it("unet asks for the skip's channels and projects only where a merge needs it", () => {
    const names = (spec: Spec<'decoder'>) =>
      [...decoder(spec, [2, 4], [1, 2]).namedParameters()]
        .map(([name]) => name)
        .filter((name) => !name.includes('block'));
    expect(names('unet')).toEqual(['level1.up.conv.weight', 'level1.up.conv.bias']);
    expect(names({ name: 'unet', upsampler: 'bilinear' })).toEqual([]);
    expect(names({ name: 'unet', upsampler: 'bilinear', merge: 'add' })).toEqual([
      'level1.projection.weight',
      'level1.projection.bias',
    ]);
  });

  it('unet takes widths of its own', () => {
    const module = decoder({ name: 'unet', widths: [7, 3] }, [2, 4, 8], [1, 2, 4]);
    expect(module.outChannels).toBe(7);
    const wrong = () => decoder({ name: 'unet', widths: [7] }, [2, 4, 8], [1, 2, 4]);
    expect(wrong).toThrow(ConfigError);
    expect(wrong).toThrow('model.decoder.widths: expected 2 numbers, one per skip');
  });

  it('unet drops channels after every level, in training only', () => {
    const module = decoder({ name: 'unet', dropout: 0.5, norm: false }, [6, 6], [1, 2]);
    for (const [name, parameter] of module.namedParameters()) {
      // Every channel is 1 wherever nothing is dropped.
      parameter.assign(new Float32Array(parameter.size).fill(name.endsWith('bias') ? 1 : 0));
    }
    const features = [tf.zeros<tf.Rank.R4>([2, 2, 2, 6]), tf.zeros<tf.Rank.R4>([2, 1, 1, 6])];
    const trained = module.forward(features, { training: true, random: randomStream(3) });
    expect(new Set(trained.dataSync())).toEqual(new Set([0, 2]));
    const inferred = module.forward(features, evalMode);
    expect(new Set(inferred.dataSync())).toEqual(new Set([1]));
    tf.dispose([features, trained, inferred]);
    module.dispose();
  });

  it('linknet doubles the finest map once more with lastBlock', () => {
    const spec = { name: 'linknet', lastBlock: true, reluAfterMerge: false } as const;
    const module = decoder(spec, [4, 8], [4, 8]);
    expect(module.outputStride).toBe(2);
    expectAnnouncedSize(
      module,
      [4, 8],
      [
        { height: 4, width: 6 },
        { height: 2, width: 3 },
      ],
    );
    expect(() => decoder(spec, [4, 8], [1, 2])).toThrow(ConfigError);
  });

  it.each(mergeSpecs.filter(({ name }) => name === 'add'))('fcn takes %j', (merge) => {
    const module = decoder({ name: 'fcn', merge }, channels, strides);
    expect(module.outputStride).toBe(1);
    expect(module.outChannels).toBe(2);
    expectAnnouncedSize(module, channels, sizes);
  });

  // Doubling 1 bilinearly: pixel 0 of 2 sees 3/4 of pixel 0 and nothing else, as in PyTorch's transposed convolution.
  it('fcn adds the scores of all resolutions, doubled bilinearly', () => {
    const module = decoder('fcn', [1, 1], [1, 2]);
    module.initialize(randomStream(1));
    const features = [tf.fill([1, 2, 2, 1], 3), tf.fill([1, 1, 1, 1], 16)] as tf.Tensor4D[];
    const before = module.forward(features, evalMode);
    expect(new Set(before.dataSync())).toEqual(new Set([0]));
    for (const [name, parameter] of module.namedParameters()) {
      if (name.endsWith('score.weight')) parameter.assign(Float32Array.of(1, 0));
    }
    const after = module.forward(features, evalMode);
    // Class 0: 3 + 16 * 9/16; class 1: nothing.
    expect(after.dataSync()).toBeAllClose([12, 0, 12, 0, 12, 0, 12, 0]);
    tf.dispose([features, before, after]);
    module.dispose();
  });

  it('fcn biases the scores alone', () => {
    const names = [...decoder('fcn', [3, 4], [1, 2]).namedParameters()].map(([name]) => name);
    expect(names).toEqual([
      'level2.score.weight',
      'level2.score.bias',
      'level1.up.conv.weight',
      'level1.score.weight',
      'level1.score.bias',
    ]);
  });

  it.each(['unet', 'linknet', 'fcn'] as const)('%s refuses strides it cannot bridge', (name) => {
    const skipping = () => decoder(name, [4, 8, 16], [2, 4, 16]);
    expect(skipping).toThrow(ConfigError);
    expect(skipping).toThrow(
      `model.decoder (${name}): neighbouring feature maps must have equal or doubled`,
    );
  });

  it.each(['unet', 'linknet', 'fcn'] as const)('%s refuses a wrong number of maps', (name) => {
    const size = { height: 4, width: 4 };
    expect(() => decoder(name, [4, 8, 16], [1, 2, 4]).outputSize([size, size])).toThrow(ShapeError);
  });
});
