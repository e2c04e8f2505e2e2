import { readFileSync } from 'node:fs';

import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** The parts of a module's parameter that a comparison needs. */
interface FixtureParameter {
  readonly value: tf.Variable;
  readonly trainable: boolean;
  readonly torchAxes: readonly number[];
  fromTorch(name: string, shape: readonly number[], data: Float32Array): void;
}

/** A module, as far as a comparison is concerned. */
interface ParameterHolder {
  namedParameters(): Iterable<readonly [string, FixtureParameter]>;
}

/** What an op without parameters is compared as. */
export const noParameters: ParameterHolder = { namedParameters: () => [] };

/** A tensor in a fixture. */
export interface FixtureTensor {
  readonly shape: number[];
  readonly data: number[];
}

/** One run of a PyTorch layer, forward and backward; maps NHWC, parameters in PyTorch's layout. */
export interface FixtureCase<Options> {
  readonly name: string;
  readonly options: Options;
  readonly x: FixtureTensor;
  readonly y: FixtureTensor;
  readonly dy: FixtureTensor;
  readonly dx: FixtureTensor;
  readonly parameters: Readonly<Record<string, FixtureTensor>>;
  readonly gradients: Readonly<Record<string, FixtureTensor>>;
}

/** Reads `oracles/fixtures/layers-<name>.json`, made by `oracles/layers.py`. */
export function readFixture(name: string): unknown {
  const url = new URL(`../../../../oracles/fixtures/layers-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** A fixture's tensor as a map. */
export function mapOf({ data, shape }: FixtureTensor): tf.Tensor4D {
  return tf.tensor4d(data, shape as [number, number, number, number]);
}

/** Gives a layer the parameters of a fixture. */
export function loadParameters(
  layer: ParameterHolder,
  parameters: Readonly<Record<string, FixtureTensor>>,
): void {
  for (const [name, parameter] of layer.namedParameters()) {
    const stored = parameters[name];
    if (stored !== undefined) {
      parameter.fromTorch(name, stored.shape, Float32Array.from(stored.data));
    }
  }
}

/**
 * Compares output, input gradient and parameter gradients of `forward` with the fixture's. float32 sums of up to some
 * hundred terms of size 1 leave absolute errors of up to 2e-6 near zero, hence the absolute tolerance of 5e-6.
 */
export function expectSameAsTorch(
  layer: ParameterHolder,
  forward: (x: tf.Tensor4D) => tf.Tensor4D,
  expected: Pick<FixtureCase<unknown>, 'x' | 'y' | 'dy' | 'dx' | 'gradients'>,
): void {
  const x = tf.variable(mapOf(expected.x));
  const parameters = [...layer.namedParameters()].filter(([, { trainable }]) => trainable);
  let y = tf.zeros([1]);
  const { grads } = tf.variableGrads(() => {
    y = tf.keep(forward(x as tf.Tensor4D));
    return tf.sum<tf.Scalar>(tf.mul(y, mapOf(expected.dy)));
  }, [x, ...parameters.map(([, parameter]) => parameter.value)]);
  expect(y.shape).toEqual(expected.y.shape);
  expect(y.dataSync()).toBeAllClose(expected.y.data, { atol: 5e-6 });
  expect(grads[x.name]?.dataSync()).toBeAllClose(expected.dx.data, { atol: 5e-6 });
  expect(parameters.map(([name]) => name)).toEqual(Object.keys(expected.gradients));
  for (const [name, { value, torchAxes }] of parameters) {
    const gradient = tf.transpose(grads[value.name] as tf.Tensor, [...torchAxes]);
    expect(gradient.shape).toEqual(expected.gradients[name]?.shape);
    expect(gradient.dataSync()).toBeAllClose(expected.gradients[name]?.data ?? [], { atol: 5e-6 });
  }
  tf.dispose([x, y, grads]);
}
