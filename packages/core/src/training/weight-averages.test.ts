import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { constant } from '../nn/initializers.js';
import { Module } from '../nn/module.js';
import type { Parameter } from '../nn/parameter.js';
import { trainingFixture } from '../optim/training-fixture.test-support.js';
import { checkpointOf, resumeTiny, runTiny } from './run-tiny.test-support.js';
import { WeightAverages } from './weight-averages.js';

class Net extends Module {
  readonly weight: Parameter;
  readonly mean: Parameter;

  constructor() {
    super();
    this.weight = this.parameter('weight', { shape: [4], initializer: constant(0) });
    const buffer = { shape: [3], initializer: constant(0), trainable: false };
    this.mean = this.parameter('running_mean', buffer);
  }

  set(values: Readonly<Record<string, readonly number[]>>): void {
    this.weight.assign(Float32Array.from(values['weight'] ?? []));
    this.mean.assign(Float32Array.from(values['running_mean'] ?? []));
  }
}

const { decay, steps } = trainingFixture.averages;

describe('averages of weights', () => {
  it('equal PyTorch’s, running statistics too', async () => {
    const net = new Net();
    const [first, ...rest] = steps;
    net.set(first?.weights ?? {});
    const averages = new WeightAverages(net, decay);
    const before = tf.memory().numTensors;
    for (const { weights, average } of rest) {
      net.set(weights);
      averages.update();
      for (const [name, { data }] of await averages.state()) {
        expect(data, name).toBeAllClose([...(average[name] ?? [])], { rtol: 1e-6, atol: 1e-7 });
      }
    }
    expect(tf.memory().numTensors).toBe(before);
    averages.dispose();
    net.dispose();
  });

  it('are lent to the network, which gets its own back, even after an error', async () => {
    const net = new Net();
    net.set({ weight: [1, 1, 1, 1], running_mean: [0, 0, 0] });
    const averages = new WeightAverages(net, 0.5);
    net.set({ weight: [3, 3, 3, 3], running_mean: [0, 0, 0] });
    averages.update();
    const read = () => net.weight.value.dataSync()[0];
    // 1 + (3 - 1) / 2
    expect(await averages.lend(() => Promise.resolve(read()))).toBe(2);
    expect(read()).toBe(3);
    // Works may overlap, and end in any order.
    let release = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (release = resolve));
    const slow = averages.lend(async () => {
      await waiting;
      return read();
    });
    expect(await averages.lend(() => Promise.resolve(read()))).toBe(2);
    const returned = averages.returned().then(read);
    release();
    expect(await returned).toBe(3);
    expect(await slow).toBe(2);
    expect(read()).toBe(3);
    await expect(averages.lend(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(read()).toBe(3);
    averages.dispose();
    net.dispose();
  });
});

describe('a run with averages', () => {
  const train = { steps: 5, batchSize: 2, validateEvery: 2, ema: { decay: 0.9 } };
  const config = { model: { backbone: 'normed', decoder: 'last' }, train };

  it('trains the same weights and saves averages to evaluate', async () => {
    const plain = await runTiny({ ...config, train: { ...train, ema: null } });
    const averaged = await runTiny(config);
    expect(averaged.steps.map(({ loss }) => loss)).toEqual(plain.steps.map(({ loss }) => loss));
    const [one, other] = [await checkpointOf(plain.folder), await checkpointOf(averaged.folder)];
    const name = 'head.conv.weight';
    expect(other.weights.get(name)).not.toEqual(one.weights.get(name));
    expect(other.optimizer?.get(`trained-weights.${name}`)).toEqual(one.weights.get(name));
    const validations = ({ events }: typeof plain) =>
      events.filter((event) => event.type === 'validation').map(({ loss }) => loss);
    expect(validations(averaged)).not.toEqual(validations(plain));
  });

  it.each([1, 2, 3, 4])('goes on bit for bit after step %i', async (stopAt) => {
    const whole = await runTiny(config);
    const { folder } = await runTiny(config, { stopAt });
    expect((await checkpointOf(folder)).position.step).toBe(stopAt);
    await resumeTiny(folder);
    expect(await checkpointOf(folder)).toEqual(await checkpointOf(whole.folder));
  });
});
