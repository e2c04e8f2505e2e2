import * as tf from '@tensorflow/tfjs-core';

import { SegkitError } from '../errors.js';
import { randomStream, type RandomStream } from '../tensor/random-stream.js';

/** How gradients are checked. */
export interface FiniteDifferenceOptions {
  /** Variables that `f` uses besides its inputs, e.g. a module's parameters; their gradients are checked too. */
  readonly variables?: readonly tf.Variable[];
  /** How far a number is moved to both sides. Default 1e-2: less drowns in float32 rounding. */
  readonly step?: number;
  /** Allowed difference relative to the finite difference. Default 1e-2. */
  readonly rtol?: number;
  /** Allowed absolute difference. Default 1e-3. */
  readonly atol?: number;
  /** Numbers checked per input and variable, drawn at random; all if it has no more. Default 12. */
  readonly samples?: number;
  /** Seed of the projection and of the samples. Default 0. */
  readonly seed?: number;
}

function chooseIndices(size: number, samples: number, random: RandomStream): number[] {
  const all = Array.from({ length: size }, (_, i) => i);
  return size <= samples ? all : random.shuffle(all).slice(0, samples);
}

/**
 * Checks the gradients of a function of tensors by central differences, `(g(x + h) - g(x - h)) / 2h`, where g is the
 * function's output times a fixed random tensor, summed in float64.
 *
 * `f` must be deterministic (make a fresh random stream at every call), must be smooth within `step` of the inputs (no
 * ReLU that flips, no equal maxima), and may read and write non-trainable variables as long as its output does not
 * depend on what it wrote.
 * @param f - Called with one variable per input; returns a tensor of any shape.
 * @param inputs - Float32 tensors; not changed.
 * @throws SegkitError naming the first number whose gradient is missing, not finite or wrong.
 * @example checkGradients((x) => tf.square(x), [tf.tensor1d([1, 2, 3])]);
 */
export function checkGradients(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  {
    variables = [],
    step = 1e-2,
    rtol = 1e-2,
    atol = 1e-3,
    samples = 12,
    seed = 0,
  }: FiniteDifferenceOptions = {},
): void {
  const random = randomStream(seed);
  const arguments_ = inputs.map((input) => tf.variable(input));
  const outputShape = tf.tidy(() => f(...arguments_).shape);
  const weights = Float32Array.from({ length: tf.util.sizeFromShape(outputShape) }, () =>
    random.normal(),
  );
  const project = (): number =>
    tf.tidy(() => {
      const output = f(...arguments_).dataSync<'float32'>();
      return output.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0);
    });
  const all = [...arguments_, ...variables];
  const { value, grads } = tf.tidy(() =>
    tf.variableGrads(
      () => tf.sum<tf.Scalar>(tf.mul(f(...arguments_), tf.tensor(weights, outputShape))),
      all,
    ),
  );
  try {
    all.forEach((variable, index) => {
      const kind = index < inputs.length ? 'input' : 'variable';
      const where = `${kind} ${String(index < inputs.length ? index : index - inputs.length)}`;
      const gradient = grads[variable.name]?.dataSync() ?? [];
      const values = variable.dataSync().slice();
      for (const at of chooseIndices(variable.size, samples, random)) {
        const moved = (distance: number): number => {
          const changed = values.slice();
          changed[at] = (changed[at] ?? 0) + distance;
          assign(variable, changed);
          return project();
        };
        const expected = (moved(step) - moved(-step)) / (2 * step);
        const received = gradient[at] ?? Number.NaN;
        // The negation also catches NaN.
        if (!(Math.abs(received - expected) <= atol + rtol * Math.abs(expected))) {
          throw new SegkitError(
            `gradient of ${where} (${variable.shape.join('x')}) at ${String(at)} is ${String(received)}, ` +
              `but the finite difference is ${String(expected)}.`,
          );
        }
      }
      assign(variable, values);
    });
  } finally {
    tf.dispose([value, grads, arguments_]);
  }
}

function assign(variable: tf.Variable, values: ArrayLike<number>): void {
  tf.tidy(() => {
    variable.assign(tf.tensor(Float32Array.from(values), variable.shape, 'float32'));
  });
}
