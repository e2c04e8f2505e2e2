import * as tf from '@tensorflow/tfjs-core';
import { evalMode, type SegmentationModel } from 'segkit';

import { dropoutStream, fill, noise, type Filling } from './counted-noise.js';
import { entryOfTransposed, transposed } from './transposed.js';

/** Which pass to run. */
export interface Pass extends Filling {
  readonly training: boolean;
  /** `[batch, channels, height, width]`. */
  readonly image: readonly [number, number, number, number];
  /** Side of the tile that the image repeats. */
  readonly period: number | null;
  /** Which noise the image is. */
  readonly seed: number;
}

/** A tensor of a pass. */
export interface Result {
  /** In segkit's order; copying 200 million of them into PyTorch's takes seconds. */
  readonly values: Float32Array;
  /** In PyTorch's layout. */
  readonly shape: readonly number[];
  /** The value at an index of PyTorch's order. */
  readonly entry: (index: number) => number;
  /** All values in PyTorch's order. */
  readonly inTorchOrder: () => Float32Array;
}

/** Receives the tensors of a pass by name. */
export type Report = (name: string, result: Result) => void;

const nhwcToNchw = [0, 3, 1, 2];
const nchwToNhwc = [0, 2, 3, 1];

/** `image_of`, `[batch, height, width, channels]`. */
function imageOf({ image: [batch, channels, height, width], period, seed }: Pass): tf.Tensor4D {
  const [rows, columns] = [period ?? height, period ?? width];
  const tile = noise(`image ${String(seed)}`, batch * channels * rows * columns);
  return tf.tidy(() => {
    const nchw = tf.tensor4d(tile, [batch, channels, rows, columns]);
    const repeats = [1, 1, Math.ceil(height / rows), Math.ceil(width / columns)];
    const whole = tf.slice4d(
      tf.tile(nchw, repeats),
      [0, 0, 0, 0],
      [batch, channels, height, width],
    );
    return tf.transpose(whole, nchwToNhwc);
  });
}

/**
 * Runs a network as oracles/named_networks/running.py runs PyTorch's, and reports the same tensors one by one: `output`,
 * `gradient NAME`, `statistics NAME`. A network may make several passes of the same filling.
 */
export function runNetwork(model: SegmentationModel, pass: Pass, report: Report): void {
  const reportIn = (axes: readonly number[], name: string, tensor: tf.Tensor): void => {
    const values = tensor.dataSync<'float32'>();
    report(name, {
      values,
      shape: axes.map((axis) => tensor.shape[axis] ?? 1),
      entry: (index) => entryOfTransposed(values, tensor.shape, axes, index),
      inTorchOrder: () => transposed(values, tensor.shape, axes),
    });
  };
  const parameters = [...model.namedParameters()];
  // A pass moves running statistics alone: what is trained stays filled from the pass before.
  for (const [name, parameter] of parameters) {
    if (!parameter.trainable || !parameter.initialized) fill(name, parameter, pass);
  }
  const image = tf.variable<tf.Rank.R4>(imageOf(pass));
  const trainable = parameters.filter(([, { trainable: isTrainable }]) => isTrainable);
  const mode = pass.training ? ({ training: true, random: dropoutStream() } as const) : evalMode;
  const { value, grads } = tf.variableGrads(() => {
    const output = model.forward(image, mode);
    reportIn(nhwcToNchw, 'output', output);
    const [b, h, w, c] = output.shape;
    const upstream = tf.tensor4d(noise('upstream', output.size), [b, c, h, w]);
    return tf.sum<tf.Scalar>(tf.mul(output, tf.transpose(upstream, nchwToNhwc)));
  }, [image, ...trainable.map(([, parameter]) => parameter.value)]);
  const gradientOf = (variable: tf.Variable): tf.Tensor => {
    const gradient = grads[variable.name];
    if (gradient === undefined) throw new Error(`no gradient for ${variable.name}`);
    return gradient;
  };
  reportIn(nhwcToNchw, 'gradient image', gradientOf(image));
  for (const [name, parameter] of trainable) {
    const gradient = gradientOf(parameter.value);
    reportIn(parameter.torchAxes, `gradient ${name}`, gradient);
    gradient.dispose();
  }
  if (pass.training) {
    for (const [name, parameter] of parameters) {
      if (!parameter.trainable) {
        reportIn(parameter.torchAxes, `statistics ${name}`, parameter.value);
      }
    }
  }
  tf.dispose([value, image, ...Object.values(grads)]);
}
