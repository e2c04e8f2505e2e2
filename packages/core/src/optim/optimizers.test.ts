import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { NamedArray, Optimizer } from '../components/optimizer.js';
import { CheckpointError, SegkitError, ShapeError } from '../errors.js';
import { constant } from '../nn/initializers.js';
import { Parameter } from '../nn/parameter.js';
import { optimizers } from './index.js';
import { makeComponent } from './make-component.test-support.js';
import { fixture, type Values } from './optimizer-fixture.test-support.js';

const { shapes, gradients } = fixture;

function makeParameters(values: Values): Map<string, Parameter> {
  return new Map(
    Object.entries(values).map(([name, data]) => {
      const shape = shapes[name] ?? [];
      // Filters are stored transposed, as HWIO filters are.
      const torchAxes = shape.length === 4 ? [3, 2, 0, 1] : shape.map((_, axis) => axis);
      const parameter = new Parameter({ shape, initializer: constant(0), torchAxes });
      parameter.assign(Float32Array.from(data));
      return [name, parameter];
    }),
  );
}

function make(name: string, options: object, parameters: Map<string, Parameter>): Optimizer {
  const plugin = optimizers.find((candidate) => candidate.name === name);
  if (plugin === undefined) throw new Error(`no optimizer ${name}`);
  return makeComponent(plugin, options, { parameters });
}

function take(optimizer: Optimizer, index: number): void {
  const tensors = Object.entries(gradients[index] ?? {}).map(
    ([name, values]) => [name, tf.tensor([...values], [...(shapes[name] ?? [])])] as const,
  );
  optimizer.step(new Map(tensors), fixture.rates[index] ?? Number.NaN);
  for (const [, tensor] of tensors) tensor.dispose();
}

const read = ({ value }: Parameter): Float32Array => (value.dataSync() as Float32Array).slice();

function snapshot(parameters: ReadonlyMap<string, Parameter>): Record<string, Float32Array> {
  return Object.fromEntries([...parameters].map(([name, parameter]) => [name, read(parameter)]));
}

type State = Map<string, NamedArray>;

function array(shape: readonly number[], ...values: readonly number[]): NamedArray {
  return { shape, data: Float32Array.from(values) };
}

const cases = fixture.optimizers.map((entry) => ({
  ...entry,
  title: `${entry.name} ${JSON.stringify(entry.options)}`,
}));

describe.each(cases)('optimizer $title', ({ name, options, trajectory }) => {
  let parameters: Map<string, Parameter>;

  beforeEach(() => {
    parameters = makeParameters(fixture.initial);
  });
  afterEach(() => {
    for (const parameter of parameters.values()) parameter.dispose();
  });

  it('equals PyTorch step for step, and leaves parameters without a gradient alone', () => {
    const optimizer = make(name, options, parameters);
    trajectory.forEach((expected, index) => {
      take(optimizer, index);
      for (const [parameter, values] of Object.entries(expected)) {
        expect(snapshot(parameters)[parameter]).toBeAllClose(values, { rtol: 1e-5, atol: 1e-6 });
      }
    });
    optimizer.dispose();
  });

  it('continues from its saved state bit for bit', async () => {
    const optimizer = make(name, options, parameters);
    for (let index = 0; index < 6; index++) take(optimizer, index);
    const state = await optimizer.state();
    const copies = makeParameters(
      Object.fromEntries(
        Object.entries(snapshot(parameters)).map(([key, data]) => [key, [...data]]),
      ),
    );
    const resumed = make(name, options, copies);
    resumed.restore(state);
    for (let index = 6; index < gradients.length; index++) {
      take(optimizer, index);
      take(resumed, index);
    }
    expect(snapshot(copies)).toEqual(snapshot(parameters));
    expect(await resumed.state()).toEqual(await optimizer.state());
    optimizer.dispose();
    resumed.dispose();
    for (const copy of copies.values()) copy.dispose();
  });

  it('keeps the number of tensors constant and frees all of its own', () => {
    const before = tf.memory().numTensors;
    const optimizer = make(name, options, parameters);
    const during = tf.memory().numTensors;
    for (let index = 0; index < 4; index++) {
      take(optimizer, index);
      expect(tf.memory().numTensors).toBe(during);
    }
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('optimizer', () => {
  it.each(Object.entries(fixture.defaultRates))(
    '%s has PyTorch’s default rate %d',
    (name, rate) => {
      const optimizer = make(name, {}, new Map());
      expect(optimizer.learningRate).toBe(rate);
      optimizer.dispose();
    },
  );

  it('saves slots in PyTorch’s layout', async () => {
    const parameters = makeParameters(fixture.initial);
    const optimizer = make('adam', {}, parameters);
    take(optimizer, 0);
    const state = await optimizer.state();
    // HWIO [2, 1, 3, 2] is OIHW [2, 3, 2, 1].
    expect(state.get('filter.exp_avg')?.shape).toEqual([2, 3, 2, 1]);
    expect(state.get('filter.step')).toEqual({ shape: [], data: Float32Array.of(1) });
    expect(state.get('late.step')?.data[0]).toBe(0);
    optimizer.dispose();
    for (const parameter of parameters.values()) parameter.dispose();
  });

  it('refuses gradients of no parameter and of another shape', () => {
    const parameters = makeParameters({ vector: [1, 2, 3, 4, 5] });
    const optimizer = make('sgd', {}, parameters);
    const gradient = tf.tensor1d([1]);
    expect(() => {
      optimizer.step(new Map([['vektor', gradient]]), 1);
    }).toThrow(SegkitError);
    expect(() => {
      optimizer.step(new Map([['vector', gradient]]), 1);
    }).toThrow(ShapeError);
    expect([...(snapshot(parameters)['vector'] ?? [])]).toEqual([1, 2, 3, 4, 5]);
    gradient.dispose();
    optimizer.dispose();
    for (const parameter of parameters.values()) parameter.dispose();
  });

  it.each([
    ['lacks a name', (state: State) => state.delete('vector.exp_avg'), /lacks "vector.exp_avg"/],
    ['has another name', (state: State) => state.set('w.step', array([], 1)), /holds "w.step"/],
    [
      'has another shape',
      (state: State) => state.set('vector.exp_avg_sq', array([4], 1, 1, 1, 1)),
      /\[4\]/,
    ],
    ['is cut short', (state: State) => state.set('vector.exp_avg_sq', array([5], 1)), /1;/],
  ])('refuses a state that %s, and stays as it was', async (_, spoil, message) => {
    const parameters = makeParameters({ vector: [1, 2, 3, 4, 5] });
    const optimizer = make('adam', {}, parameters);
    const gradient = tf.ones([5]);
    optimizer.step(new Map([['vector', gradient]]), 0.1);
    const before = await optimizer.state();
    const spoiled = new Map([...before, ['vector.exp_avg', array([5], 9, 9, 9, 9, 9)]]);
    spoil(spoiled);
    const restore = (): void => {
      optimizer.restore(spoiled);
    };
    expect(restore).toThrow(CheckpointError);
    expect(restore).toThrow(message);
    expect(await optimizer.state()).toEqual(before);
    gradient.dispose();
    optimizer.dispose();
    for (const parameter of parameters.values()) parameter.dispose();
  });

  it('refuses Nesterov without momentum', () => {
    expect(() => make('sgd', { nesterov: true }, new Map())).toThrow(/momentum above 0/);
  });
});
