import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { ConfigError } from '../errors.js';
import { optimizers } from './index.js';
import { makeComponent } from './make-component.test-support.js';
import { matchesName } from './parameter-match.js';
import { parametersOf, tensorsOf, trainingFixture } from './training-fixture.test-support.js';

const { initial, gradients, cases } = trainingFixture.groups;

function pluginOf(name: string) {
  const plugin = optimizers.find((candidate) => candidate.name === name);
  if (plugin === undefined) throw new Error(`no optimizer ${name}`);
  return plugin;
}

describe('parameter groups', () => {
  it.each(cases)('of $name equal PyTorch’s', ({ name, options, trajectory }) => {
    const parameters = parametersOf(initial);
    const before = tf.memory().numTensors;
    const optimizer = makeComponent(pluginOf(name), options, { parameters });
    trajectory.forEach((expected, step) => {
      const tensors = tensorsOf(gradients[step] ?? {});
      optimizer.step(new Map(Object.entries(tensors)), optimizer.learningRate);
      tf.dispose(tensors);
      for (const [parameter, values] of Object.entries(expected)) {
        const received = parameters.get(parameter)?.value.dataSync() ?? [];
        expect(received, parameter).toBeAllClose(values, { rtol: 1e-5, atol: 1e-6 });
      }
    });
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    for (const parameter of parameters.values()) parameter.dispose();
  });

  it('take the first that fits', () => {
    // Plain descent from 1 along a gradient of 1: 1 - 0.5 * factor.
    const parameters = parametersOf({ 'head.weight': [1, 1, 1, 1] });
    const groups = [
      { match: 'head.*', learningRateFactor: 0.5 },
      { match: '*', learningRateFactor: 0 },
    ];
    const optimizer = makeComponent(pluginOf('sgd'), { groups }, { parameters });
    const gradient = tf.ones([4]);
    optimizer.step(new Map([['head.weight', gradient]]), 0.5);
    expect([...(parameters.get('head.weight')?.value.dataSync() ?? [])]).toEqual([
      0.75, 0.75, 0.75, 0.75,
    ]);
    gradient.dispose();
    for (const parameter of parameters.values()) parameter.dispose();
  });

  it('that fit nothing are an error with the nearest names', () => {
    const parameters = parametersOf(initial);
    const make = () =>
      makeComponent(pluginOf('adam'), { groups: [{ match: 'bakbone.*' }] }, { parameters });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(
      /optimizer\.groups\.0\.match: .* such as backbone\.bn\.weight, .*; received "bakbone\.\*"/,
    );
    for (const parameter of parameters.values()) parameter.dispose();
  });
});

describe('a pattern', () => {
  it.each([
    ['backbone.*', 'backbone.layer1.0.conv1.weight', true],
    ['backbone.*', 'head.conv.weight', false],
    ['*.bias', 'head.conv.bias', true],
    ['*bn*.weight', 'backbone.bn1.weight', true],
    ['*bn*.weight', 'backbone.conv1.weight', false],
    ['*', 'anything', true],
    ['head', 'head', true],
    ['head', 'head.weight', false],
    ['a*a', 'a', false],
    ['*ab*ab', 'ab', false],
    ['head.(conv|bn)', 'head.conv', false],
  ])('%s on %s: %s', (pattern, name, fits) => {
    expect(matchesName(pattern, name)).toBe(fits);
  });
});
