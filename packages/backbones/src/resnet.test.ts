import {
  Conv2d,
  createApp,
  evalMode,
  randomStream,
  silentLogger,
  type Backbone,
  type BackboneOptions,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { backbones } from './plugins.js';

const { registry } = createApp({ plugins: backbones, logger: silentLogger });

function resnet18(options: BackboneOptions['resnet18'] = {}): Backbone {
  const spec = registry.spec('backbone').parse({ name: 'resnet18', ...options });
  return registry.create('backbone', spec, { inChannels: 3 });
}

describe('resnet', () => {
  it('taps stem and layers by default', () => {
    const backbone = resnet18();
    expect(backbone.channels).toEqual([64, 64, 128, 256, 512]);
    expect(backbone.strides).toEqual([2, 4, 8, 16, 32]);
  });

  it('taps what it is told and builds no deeper', () => {
    const backbone = resnet18({ taps: ['pool', 'layer1', 'layer3'] });
    expect(backbone.channels).toEqual([64, 64, 256]);
    expect(backbone.strides).toEqual([4, 4, 16]);
    const names = [...backbone.namedParameters()].map(([name]) => name);
    expect(names).toContain('layer3.1.bn2.weight');
    expect(names.some((name) => name.startsWith('layer4'))).toBe(false);
  });

  it('has the parameter names of torchvision', () => {
    const names = [...resnet18().namedParameters()].map(([name]) => name);
    const norm = ['weight', 'bias', 'running_mean', 'running_var'];
    const unit = (conv: string, bn: string) => [`${conv}.weight`, ...norm.map((n) => `${bn}.${n}`)];
    const block = (name: string, downsample: boolean) => [
      ...unit(`${name}.conv1`, `${name}.bn1`),
      ...unit(`${name}.conv2`, `${name}.bn2`),
      ...(downsample ? unit(`${name}.downsample.0`, `${name}.downsample.1`) : []),
    ];
    expect(names).toEqual([
      ...unit('conv1', 'bn1'),
      ...[1, 2, 3, 4].flatMap((layer) => [
        ...block(`layer${layer}.0`, layer > 1),
        ...block(`layer${layer}.1`, false),
      ]),
    ]);
  });

  // 25,557,032 and 44,549,160 with the classifier's 2048 * 1000 + 1000.
  it.each([
    ['resnet50', 23_508_032],
    ['resnet101', 42_500_160],
  ] as const)('%s is made of bottlenecks: %i parameters', (name, parameters) => {
    const spec = registry.spec('backbone').parse(name);
    const backbone = registry.create('backbone', spec, { inChannels: 3 });
    expect(backbone.channels).toEqual([64, 256, 512, 1024, 2048]);
    expect(backbone.parameterCount).toBe(parameters);
    const names = [...backbone.namedParameters()].map(([parameter]) => parameter);
    expect(names).toContain('layer1.0.downsample.1.running_var');
    expect(names).toContain('layer4.2.conv3.weight');
    expect(names).not.toContain('layer1.1.downsample.0.weight');
  });

  it('bottlenecks take their stride in the 3x3 convolution and announce the real sizes', () => {
    const spec = registry.spec('backbone').parse({ name: 'resnet50', width: 1 });
    const backbone = registry.create('backbone', spec, { inChannels: 3 });
    backbone.initialize(randomStream(1));
    const features = backbone.forward(tf.zeros([1, 33, 38, 3]), evalMode);
    expect(features.map((map) => map.shape)).toEqual(
      backbone
        .sizes({ height: 33, width: 38 })
        .map((size, i) => [1, size.height, size.width, backbone.channels[i]]),
    );
    const strides = [...backbone.namedModules()].flatMap(([name, module]) =>
      name.startsWith('layer2.0.') && module instanceof Conv2d ? [[name, module.stride]] : [],
    );
    expect(strides).toEqual([
      ['layer2.0.conv1', 1],
      ['layer2.0.conv2', 2],
      ['layer2.0.conv3', 1],
      ['layer2.0.downsample.0', 2],
    ]);
    tf.dispose(features);
    backbone.dispose();
  });

  it.each([
    [33, 38],
    [1, 7],
    [64, 31],
  ])('announces the real sizes for %i x %i', (height, width) => {
    const backbone = resnet18({
      width: 1,
      taps: ['stem', 'pool', 'layer1', 'layer2', 'layer3', 'layer4'],
    });
    backbone.initialize(randomStream(1));
    const features = backbone.forward(tf.zeros([1, height, width, 3]), evalMode);
    expect(features.map((map) => map.shape)).toEqual(
      backbone
        .sizes({ height, width })
        .map((size, i) => [1, size.height, size.width, backbone.channels[i]]),
    );
    tf.dispose(features);
    backbone.dispose();
  });

  it('starts convolutions with variance 2 / fanOut, norms at 1 and 0', () => {
    const backbone = resnet18({ width: 16, taps: ['stem', 'layer2'] });
    backbone.initialize(randomStream(1));
    const values = new Map(
      [...backbone.namedParameters()].map(([n, p]) => [n, p.value.dataSync<'float32'>()]),
    );
    // 3x3, 32 output channels: 2 / (9 * 32) = 1/144; 9216 draws, so the estimate is within 5 % with near certainty.
    const filter = values.get('layer2.1.conv1.weight')!;
    const variance = filter.reduce((sum, value) => sum + value ** 2, 0) / filter.length;
    expect(variance * 144).toBeGreaterThan(0.95);
    expect(variance * 144).toBeLessThan(1.05);
    expect(new Set(values.get('layer1.0.bn2.weight'))).toEqual(new Set([1]));
    expect(new Set(values.get('layer1.0.bn2.bias'))).toEqual(new Set([0]));
    backbone.dispose();
  });

  it.each([[['layer2', 'layer1']], [['layer1', 'layer1']], [[]], [['layer5']]])(
    'refuses the taps %j',
    (taps) => {
      const result = registry.spec('backbone').safeParse({ name: 'resnet18', taps });
      expect(result.success).toBe(false);
    },
  );
});
