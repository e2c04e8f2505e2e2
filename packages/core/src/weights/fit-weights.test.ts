import { expect, test } from 'vitest';

import type { NamedArray } from '../components/optimizer.js';
import { CheckpointError } from '../errors.js';
import { collectWeights } from '../checkpoint/weights.js';
import { BatchNorm2d, Conv2d, Module } from '../nn/index.js';
import { randomStream } from '../tensor/random-stream.js';
import { describeReport } from './describe-report.js';
import { fitWeights, loadWeights } from './fit-weights.js';

/** A convolution that sees the image, batch norm, and a second convolution. */
class Net extends Module {
  constructor(inChannels: number) {
    super();
    this.child('conv1', new Conv2d({ inChannels, outChannels: 2, kernelSize: 1, bias: false }));
    this.child('bn1', new BatchNorm2d({ channels: 2 }));
    this.child('conv2', new Conv2d({ inChannels: 2, outChannels: 1, kernelSize: 3 }));
  }
}

const array = (shape: readonly number[], first = 1): NamedArray => ({
  shape,
  data: Float32Array.from(
    { length: shape.reduce((product, length) => product * length, 1) },
    (_, i) => first + i,
  ),
});

/** What PyTorch would save of such a network, for images of 3 channels. */
const file = new Map<string, NamedArray>([
  ['conv1.weight', array([2, 3, 1, 1])],
  ['bn1.weight', array([2], 10)],
  ['bn1.bias', array([2], 20)],
  ['bn1.running_mean', array([2], 30)],
  ['bn1.running_var', array([2], 40)],
  ['bn1.num_batches_tracked', array([])],
  ['conv2.weight', array([1, 2, 3, 3], 50)],
  ['conv2.bias', array([1], 90)],
  ['fc.weight', array([5, 1])],
  ['fc.bias', array([5])],
]);
const renamed = (rename: (name: string) => string): Map<string, NamedArray> =>
  new Map([...file].map(([name, value]) => [rename(name), value]));
const without = (...names: readonly string[]): Map<string, NamedArray> =>
  new Map([...file].filter(([name]) => !names.includes(name)));

const options = { imageFilter: 'conv1.weight', unused: ['fc.'] };

function makeNet(inChannels = 3): Net {
  const net = new Net(inChannels);
  net.initialize(randomStream(0));
  return net;
}

test('fills everything, running statistics included, and tells what is left over', async () => {
  const net = makeNet();
  const report = loadWeights(net, file, 'net.pth', options);
  expect(report).toEqual({
    where: 'net.pth',
    prefix: '',
    matched: [...net.namedParameters()].map(([name]) => name),
    adapted: [],
    missing: [],
    leftOver: ['fc.weight', 'fc.bias'],
    expectedLeftOver: ['fc.weight', 'fc.bias'],
    share: 1,
  });
  const loaded = await collectWeights(net);
  for (const [name, value] of loaded) expect(value, name).toEqual(file.get(name));
  expect(describeReport(report)).toBe(
    'weights net.pth: 7 of 7 arrays matched\n  not needed: fc.weight, fc.bias',
  );
  net.dispose();
});

test.each([
  // Channels 1, 2, 3 of the first output and 4, 5, 6 of the second. For one channel: their sums.
  [1, [6, 15]],
  // For n: repeated in turn, times 3/n.
  [2, [1, 2, 4, 5].map((value) => (value * 3) / 2)],
  [4, [1, 2, 3, 1, 4, 5, 6, 4].map((value) => (value * 3) / 4)],
  [6, [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6].map((value) => value / 2)],
])('adapts the first filter to %i channels', (channels, expected) => {
  const { report, arrays } = fitWeights(new Net(channels), file, 'net.pth', options);
  expect(arrays.get('conv1.weight')?.shape).toEqual([2, channels, 1, 1]);
  expect(arrays.get('conv1.weight')?.data).toBeAllClose(expected);
  expect(report.adapted).toEqual(['conv1.weight']);
  expect(describeReport(report)).toContain("adapted to the image's channels: conv1.weight");
});

test('adapts no other filter, and the first only if nothing else differs', () => {
  expect(() => fitWeights(new Net(1), file, 'net.pth')).toThrow(
    /conv1\.weight: the network has shape 2x1x1x1, the file has 2x3x1x1/,
  );
  const larger = new Map([...file, ['conv1.weight', array([2, 3, 3, 3])]]);
  expect(() => fitWeights(new Net(1), larger, 'net.pth', options)).toThrow(/shape/);
});

test('finds the start of the names, or takes the one that is given', () => {
  for (const prefix of ['module.', 'model.backbone.']) {
    const { report } = fitWeights(
      new Net(3),
      renamed((name) => prefix + name),
      'x',
      options,
    );
    expect(report).toMatchObject({ prefix, share: 1 });
    expect(report.expectedLeftOver).toEqual([`${prefix}fc.weight`, `${prefix}fc.bias`]);
    expect(describeReport(report)).toContain(`matched under "${prefix}"`);
  }
  const two = new Map([...file, ...renamed((name) => `ema.${name}`)]);
  expect(fitWeights(new Net(3), two, 'x').report.prefix).toBe('');
  expect(fitWeights(new Net(3), two, 'x', { prefix: 'ema.' }).report).toMatchObject({ share: 1 });
  expect(() => fitWeights(new Net(3), file, 'x', { prefix: 'ema.' })).toThrow(/0 of 7 arrays/);
});

test('renames', () => {
  const other = renamed((name) => name.replace('conv', 'layers.conv').replace('bn1', 'norms.0'));
  const rename = [
    { from: 'layers.', to: '' },
    { from: 'norms.0.', to: 'bn1.' },
  ];
  expect(fitWeights(new Net(3), other, 'x', { rename }).report.share).toBe(1);
  const clash = [{ from: 'conv2.', to: 'conv1.' }];
  expect(() => fitWeights(new Net(3), file, 'x', { rename: clash })).toThrow(
    /two arrays get the name "conv1\.weight"/,
  );
});

test('a file that lacks something is an error, unless less is asked for', () => {
  const part = without('conv2.weight', 'conv2.bias');
  expect(() => fitWeights(new Net(3), part, 'part.pth')).toThrow(CheckpointError);
  // 14 of 33 values: conv1 has 6, bn1 8, conv2 18 + 1.
  expect(() => fitWeights(new Net(3), part, 'part.pth')).toThrow(
    /^part\.pth: holds 42\.4 % of .* \(5 of 7 arrays\), expected at least 100 %:\n {2}conv2\.weight: the file has no such name\n/,
  );
  const { report } = fitWeights(new Net(3), part, 'part.pth', { minimum: 0.4 });
  expect(report.share).toBeCloseTo(14 / 33);
  expect(describeReport(report)).toContain(
    'not in the file, so kept at their first values: conv2.weight, conv2.bias',
  );
});

test('a file of another network changes nothing', async () => {
  const net = makeNet();
  const before = await collectWeights(net);
  const other = new Map([['encoder.weight', array([4])]]);
  expect(() => loadWeights(net, other, 'other.pth', { minimum: 0.01 })).toThrow(
    /holds 0 % .*[^]*nearest first: encoder\.weight/,
  );
  expect(await collectWeights(net)).toEqual(before);
  net.dispose();
});
