// Optimisers take PyTorch's steps on `ort`, where a kernel of the engine's own updates all parameters at once.
import { readFileSync } from 'node:fs';

import { stats } from '@segkit/backend-ort';
import * as tf from '@tensorflow/tfjs-core';
import { createApp, firstParty, Parameter, silentLogger } from 'segkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

type Values = Readonly<Record<string, readonly number[]>>;

/** Made by `oracles/optimizers.py`. */
const fixture = JSON.parse(
  readFileSync(new URL('../oracles/fixtures/optimizers.json', import.meta.url), 'utf8'),
) as {
  readonly shapes: Values;
  readonly rates: readonly number[];
  readonly initial: Values;
  readonly gradients: readonly Values[];
  readonly optimizers: readonly {
    readonly name: 'adam' | 'adamw' | 'sgd' | 'rmsprop';
    readonly options: object;
    readonly trajectory: readonly Values[];
  }[];
};
const { registry, startEngine } = createApp({ plugins: [...firstParty], logger: silentLogger });

beforeAll(async () => {
  await startEngine({ name: 'ort', threads: 2 });
});
afterAll(async () => {
  await tf.setBackend('cpu');
});

function makeParameters(): Map<string, Parameter> {
  return new Map(
    Object.entries(fixture.initial).map(([name, data]) => {
      const parameter = new Parameter({
        shape: fixture.shapes[name] ?? [],
        initializer: () => Float32Array.from(data),
      });
      parameter.assign(Float32Array.from(data));
      return [name, parameter];
    }),
  );
}

test.each(fixture.optimizers)('$name $options equals PyTorch', ({ name, options, trajectory }) => {
  const parameters = makeParameters();
  const before = tf.memory().numTensors;
  const spec = registry.spec('optimizer').parse({ name, ...options });
  const optimizer = registry.create('optimizer', spec, { parameters }, { path: 'optimizer' });
  const { fallbacks } = stats();
  trajectory.forEach((expected, index) => {
    const gradients = Object.entries(fixture.gradients[index] ?? {}).map(
      ([parameter, values]) =>
        [parameter, tf.tensor([...values], [...(fixture.shapes[parameter] ?? [])])] as const,
    );
    optimizer.step(new Map(gradients), fixture.rates[index] ?? Number.NaN);
    tf.dispose(gradients.map(([, tensor]) => tensor));
    for (const [parameter, values] of Object.entries(expected)) {
      const received = parameters.get(parameter)?.value.dataSync() ?? [];
      expect(received, `${parameter}, step ${String(index + 1)}`).toBeAllClose(values, {
        rtol: 1e-5,
        atol: 1e-6,
      });
    }
  });
  expect(stats().fallbacks).toEqual(fallbacks);
  optimizer.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

/** Made by `oracles/training.py`. */
const { shapes, groups } = JSON.parse(
  readFileSync(new URL('../oracles/fixtures/training.json', import.meta.url), 'utf8'),
) as {
  readonly shapes: Values;
  readonly groups: {
    readonly initial: Values;
    readonly gradients: readonly Values[];
    readonly cases: typeof fixture.optimizers;
  };
};

test.each(groups.cases)('groups of $name equal PyTorch', ({ name, options, trajectory }) => {
  const parameters = new Map(
    Object.entries(groups.initial).map(([key, data]) => {
      const values = Float32Array.from(data);
      const parameter = new Parameter({ shape: shapes[key] ?? [], initializer: () => values });
      parameter.assign(values);
      return [key, parameter];
    }),
  );
  const spec = registry.spec('optimizer').parse({ name, ...options });
  const optimizer = registry.create('optimizer', spec, { parameters }, { path: 'optimizer' });
  const { fallbacks } = stats();
  trajectory.forEach((expected, index) => {
    const gradients = Object.entries(groups.gradients[index] ?? {}).map(
      ([key, values]) => [key, tf.tensor([...values], [...(shapes[key] ?? [])])] as const,
    );
    optimizer.step(new Map(gradients), optimizer.learningRate);
    tf.dispose(gradients.map(([, tensor]) => tensor));
    for (const [key, values] of Object.entries(expected)) {
      const received = parameters.get(key)?.value.dataSync() ?? [];
      expect(received, key).toBeAllClose(values, { rtol: 1e-5, atol: 1e-6 });
    }
  });
  expect(stats().fallbacks).toEqual(fallbacks);
  optimizer.dispose();
  for (const parameter of parameters.values()) parameter.dispose();
});
