import { readFileSync } from 'node:fs';

import type { Mode, Module, Parameter } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** All entries of a tensor, or evenly spaced ones and the Euclidean norm of all. */
interface Sample {
  readonly norm?: number;
  readonly values: readonly number[];
}

/** What PyTorch got for one network. */
export interface NetworkCase {
  /** `[batch, channels, height, width]`. */
  readonly image: readonly [number, number, number, number];
  readonly training: boolean;
  readonly gain: number;
  /** How far PyTorch's own single precision is off, against the largest entry of a tensor. */
  readonly singlePrecision: number;
  readonly outputs: readonly (Sample & { readonly shape: readonly number[] })[];
  readonly gradients: Readonly<Record<string, Sample>>;
}

/** Made by oracles/networks.py. */
export const networkCases = JSON.parse(
  readFileSync(new URL('../../oracles/fixtures/networks.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, NetworkCase>>;

/** `pattern` of oracles/networks.py. */
function pattern(name: string, count: number): Float32Array {
  const phase =
    Array.from(name).reduce((sum, letter, k) => sum + (k + 1) * letter.charCodeAt(0), 0) % 1000;
  return Float32Array.from({ length: count }, (_, i) =>
    Math.sin(phase + 1.7 * i + 0.01 * i ** 1.5),
  );
}

/** `fill` of oracles/networks.py. */
function fill(name: string, parameter: Parameter, gain: number): void {
  const shape = parameter.torchAxes.map((axis) => parameter.shape[axis] ?? 0);
  const wave = pattern(name, parameter.size);
  const values = wave.map((value) => {
    if (shape.length === 4) return value * Math.sqrt((gain * shape[0]!) / parameter.size);
    if (name.endsWith('running_var')) return 1 + 0.4 * value;
    return name.endsWith('weight') ? 1 + 0.3 * value : 0.2 * value;
  });
  parameter.fromTorch(name, shape, values);
}

function expectSample(
  what: string,
  received: ArrayLike<number>,
  { norm, values }: Sample,
  tolerance: { rtol: number; atol: number },
): void {
  const flat = Array.from(received);
  const step = norm === undefined ? 1 : Math.max(1, Math.floor(flat.length / 24));
  const kept = flat.filter((_, i) => i % step === 0);
  expect(kept, what).toBeAllClose(values, tolerance);
  if (norm !== undefined) expect([Math.hypot(...flat)], what).toBeAllClose([norm], tolerance);
}

const toTorch = (x: tf.Tensor): Float32Array =>
  tf.tidy(() => tf.transpose(x, [0, 3, 1, 2]).dataSync<'float32'>());

/** Runs the network as oracles/networks.py ran its own, and compares outputs and all gradients. */
export function expectSameAsTorch(
  module: Module,
  forward: (image: tf.Tensor4D, mode: Mode) => tf.Tensor4D[],
  expected: NetworkCase,
  mode: Mode,
): void {
  const parameters = [...module.namedParameters()];
  for (const [name, parameter] of parameters) fill(name, parameter, expected.gain);
  const [batch, channels, height, width] = expected.image;
  const size = batch * channels * height * width;
  const image = tf.tidy(() => {
    const nchw = tf.tensor4d(pattern('image', size), [batch, channels, height, width]);
    return tf.variable(tf.transpose(nchw, [0, 2, 3, 1]));
  });
  const trainable = parameters.filter(([, parameter]) => parameter.trainable);
  const outputs: Float32Array[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const parts = forward(image as unknown as tf.Tensor4D, mode).map((output, index) => {
      outputs.push(toTorch(output));
      const [b, h, w, c] = output.shape;
      const incoming = tf.tensor4d(pattern(`gradient${index}`, output.size), [b, c, h, w]);
      return tf.sum(tf.mul(output, tf.transpose(incoming, [0, 2, 3, 1])));
    });
    return tf.addN(parts) as tf.Scalar;
  }, [image, ...trainable.map(([, parameter]) => parameter.value)]);

  // The fixture is in double precision. Next to rtol stands what single precision loses by cancelling: as measured
  // with PyTorch, times 4 for sums in another order. Biases in front of batch statistics cancel entirely, so in
  // training the scale is that of all gradients.
  const largest = (...samples: readonly Sample[]): number =>
    Math.max(...samples.flatMap(({ values }) => values.map(Math.abs)));
  const close = (...scale: readonly Sample[]) => ({
    rtol: 1e-4,
    atol: 4 * expected.singlePrecision * largest(...scale),
  });
  expect(outputs).toHaveLength(expected.outputs.length);
  outputs.forEach((output, i) => {
    expectSample(`output ${i}`, output, expected.outputs[i]!, close(...expected.outputs));
  });
  const names = ['image', ...trainable.map(([name]) => name)];
  expect(names.toSorted()).toEqual(Object.keys(expected.gradients).toSorted());
  const expectGradient = (name: string, received: Float32Array): void => {
    const sample = expected.gradients[name]!;
    const scale = expected.training ? Object.values(expected.gradients) : [sample];
    expectSample(name, received, sample, close(...scale));
  };
  expectGradient('image', toTorch(grads[image.name]!));
  for (const [name, parameter] of trainable) {
    const gradient = grads[parameter.value.name]!;
    const torch = tf.tidy(() =>
      tf.transpose(gradient, [...parameter.torchAxes]).dataSync<'float32'>(),
    );
    expectGradient(name, torch);
  }
  tf.dispose([value, image, ...Object.values(grads)]);
  module.dispose();
}
