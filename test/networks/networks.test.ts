import { backbones, centers } from '@segkit/backbones';
import {
  buildModel,
  createApp,
  evalMode,
  randomStream,
  silentLogger,
  type Mode,
  type ModelInput,
  type SegmentationModel,
} from '@segkit/core';
import { engines } from '@segkit/engines';
import { decoders, heads, merges, upsamplers } from '@segkit/heads';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { engineToTest, testEngine } from '../test-engine.js';
import { expectSameAsTorch, networkCases } from './torch-fixture.js';

const { registry, startEngine } = createApp({
  plugins: [...engines, ...backbones, ...centers, ...decoders, ...heads, ...merges, ...upsamplers],
  logger: silentLogger,
});

function network(
  { backbone, center, decoder, head }: ModelInput,
  inChannels: number,
  outChannels: number,
): SegmentationModel {
  const spec = {
    backbone: registry.spec('backbone').parse(backbone),
    center: registry.spec('center').parse(center ?? 'identity'),
    decoder: registry.spec('decoder').parse(decoder),
    head: registry.spec('head').parse(head ?? 'conv1x1'),
  };
  return buildModel(registry, spec, { inChannels, outChannels });
}

const linknetTaps = ['pool', 'layer1', 'layer2', 'layer3', 'layer4'] as const;
const dLinknetTaps = ['layer1', 'layer2', 'layer3', 'layer4'] as const;

describe('parameter counts, no weight allocated', () => {
  const paper = { padding: 'valid', norm: false } as const;
  const dLinknet = {
    center: 'dilated',
    decoder: { name: 'linknet', reluAfterMerge: false, lastBlock: true, normEps: 1e-5 },
    head: 'd-linknet',
  } as const;
  const counts: readonly [string, number, ModelInput, number, number][] = [
    [
      'U-Net of the 2015 paper, 1 channel to 2 classes',
      31_030_658,
      {
        backbone: { name: 'cbr', ...paper },
        center: { name: 'cbr', ...paper },
        decoder: { name: 'unet', merge: { name: 'concat', align: 'crop' }, ...paper },
      },
      1,
      2,
    ],
    [
      'same-padding U-Net with batch norm, 3 channels to 2 classes',
      31_037_698,
      { backbone: 'cbr', center: 'cbr', decoder: 'unet' },
      3,
      2,
    ],
    [
      'its bilinear half-channel variant',
      17_263_042,
      {
        backbone: 'cbr',
        center: { name: 'cbr', channels: 512 },
        decoder: {
          name: 'unet',
          upsampler: { name: 'bilinear', alignCorners: true },
          widths: [64, 64, 128, 256],
          midChannels: [64, 128, 256, 512],
        },
      },
      3,
      2,
    ],
    [
      'LinkNet with ResNet-18, 20 classes',
      11_536_820,
      {
        backbone: { name: 'resnet18', taps: linknetTaps.slice() },
        decoder: 'linknet',
        head: 'linknet',
      },
      3,
      20,
    ],
    [
      'D-LinkNet with ResNet-18',
      20_987_969,
      { backbone: { name: 'resnet18', taps: dLinknetTaps.slice() }, ...dLinknet },
      3,
      1,
    ],
    [
      'D-LinkNet with ResNet-34',
      31_096_129,
      { backbone: { name: 'resnet34', taps: dLinknetTaps.slice() }, ...dLinknet },
      3,
      1,
    ],
  ];
  it.each(counts)('%s: %i', (_, count, model, inChannels, outChannels) => {
    const before = tf.memory().numTensors;
    expect(network(model, inChannels, outChannels).parameterCount).toBe(count);
    expect(tf.memory().numTensors).toBe(before);
  });

  // 11,689,512 with the classifier's 512 * 1000 + 1000.
  it('ResNet-18 without its classifier: 11,176,512', () => {
    const spec = registry.spec('backbone').parse('resnet18');
    expect(registry.create('backbone', spec, { inChannels: 3 }).parameterCount).toBe(11_176_512);
  });
});

describe.each(testEngine === undefined ? ['cpu', 'wasm', 'ort'] : [testEngine])(
  'equal to PyTorch on %s, outputs and gradients (oracles/networks.py)',
  (engine) => {
    beforeAll(() => startEngine(engineToTest(engine)));
    afterAll(() => tf.setBackend('cpu'));

    const valid = { padding: 'valid', norm: false } as const;
    const biased = { bias: true } as const;
    const reluNorm = { padding: 'valid', order: 'conv-relu-norm', bias: true } as const;
    const models: Readonly<Record<string, ModelInput>> = {
      'unet-2015': {
        backbone: { name: 'cbr', width: 2, depth: 2, ...valid },
        center: { name: 'cbr', ...valid },
        decoder: { name: 'unet', merge: { name: 'concat', align: 'crop' }, ...valid },
      },
      'unet-same': {
        backbone: { name: 'cbr', width: 2, depth: 2 },
        center: 'cbr',
        decoder: { name: 'unet', merge: { name: 'concat', align: 'resize' } },
      },
      'unet-bilinear': {
        backbone: { name: 'cbr', widths: [2, 4], midChannels: [3, 4], ...biased },
        center: { name: 'cbr', ...biased },
        decoder: {
          name: 'unet',
          upsampler: { name: 'bilinear', alignCorners: true, conv: true },
          merge: { name: 'concat', align: 'pad' },
          midChannels: [4, 6],
          ...biased,
        },
      },
      'unet-relu-norm': {
        backbone: { name: 'cbr', width: 2, depth: 2, ...reluNorm },
        center: { name: 'cbr', ...reluNorm },
        decoder: {
          name: 'unet',
          upsampler: { name: 'transposed', kernel: 'k3s2p1op1' },
          merge: { name: 'concat', align: 'crop', order: 'up-first' },
          ...reluNorm,
        },
      },
      'unet-add': {
        backbone: { name: 'cbr', width: 3, depth: 2 },
        decoder: { name: 'unet', upsampler: 'nearest', merge: 'add' },
      },
      linknet: {
        backbone: { name: 'resnet18', taps: linknetTaps.slice(), width: 4 },
        decoder: 'linknet',
        head: { name: 'linknet', width: 3 },
      },
      'd-linknet': {
        backbone: { name: 'resnet18', taps: dLinknetTaps.slice(), width: 4 },
        center: 'dilated',
        decoder: { name: 'linknet', reluAfterMerge: false, lastBlock: true, normEps: 1e-5 },
        head: { name: 'd-linknet', width: 3 },
      },
    };

    const modeOf = (training: boolean): Mode =>
      training ? { training, random: randomStream(0) } : evalMode;

    it.each(Object.entries(models))('%s', (name, spec) => {
      const expected = networkCases[name]!;
      const model = network(spec, expected.image[1], expected.outputs[0]!.shape[1]!);
      expectSameAsTorch(
        model,
        (x, mode) => [model.forward(x, mode)],
        expected,
        modeOf(expected.training),
      );
    });

    it.each(['resnet18', 'resnet34'] as const)('%s', (name) => {
      const taps = ['stem', ...linknetTaps] as const;
      const spec = registry.spec('backbone').parse({ name, width: 2, taps: taps.slice() });
      const backbone = registry.create('backbone', spec, { inChannels: 3 });
      const expected = networkCases[name]!;
      expectSameAsTorch(
        backbone,
        (x, mode) => backbone.forward(x, mode),
        expected,
        modeOf(expected.training),
      );
    });

    it('dilated', () => {
      const spec = registry.spec('center').parse('dilated');
      const center = registry.create('center', spec, { inChannels: 2 });
      const forward = (x: tf.Tensor4D, mode: Mode) => [center.forward(x, mode)];
      expectSameAsTorch(center, forward, networkCases['dilated']!, evalMode);
    });
  },
);
