import * as tf from '@tensorflow/tfjs-core';

import type { TensorflowBackend, TensorflowKernel } from './tensorflow-kernel.js';
import { VariableAdam } from './variable-adam.js';

/** What an Adam step has in common for all parameters. */
export interface AdamStep {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** Scalar: the learning rate over the first average's bias correction. */
  readonly stepSize: tf.Tensor;
  /** Scalar: the root of the second average's bias correction. */
  readonly correction: tf.Tensor;
}

/** Tensors of equal length: of a parameter, or of several that were joined. */
export interface AdamTensors {
  readonly value: tf.Tensor;
  readonly gradient: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly square: tf.Tensor;
}

/** What they become. */
export type AdamNext = readonly [value: tf.Tensor, mean: tf.Tensor, square: tf.Tensor];

const parts = ['value', 'gradient', 'mean', 'square'] as const;

function composed(
  { value, gradient, mean, square }: AdamTensors,
  { beta1, beta2, eps, stepSize, correction }: AdamStep,
): AdamNext {
  const nextMean = tf.add(mean, tf.mul(tf.sub(gradient, mean), 1 - beta1));
  const newSquare = tf.mul(tf.mul(gradient, 1 - beta2), gradient);
  const nextSquare = tf.add(tf.mul(square, beta2), newSquare);
  const root = tf.div(tf.sqrt(nextSquare), correction);
  const change = tf.div(tf.mul(nextMean, stepSize), tf.add(root, eps));
  return [tf.sub(value, change), nextMean, nextSquare];
}

/**
 * Adam's update of many parameters. Biases and batch normalisations, which are most of them, are joined before: an
 * operation costs more than their numbers. On the processor one operation updates a tensor ({@link VariableAdam}).
 */
export const adamUpdate: TensorflowKernel = {
  name: 'AdamUpdate',
  make: () => (call) => {
    const inputs = call.inputs as Readonly<Record<string, tf.Tensor>>;
    const { count, beta1, beta2, eps } = call.attrs as unknown as AdamStep & { count: number };
    const input = (name: string): tf.Tensor => inputs[name] as tf.Tensor;
    const step = {
      ...{ beta1, beta2, eps },
      stepSize: input('stepSize'),
      correction: input('correction'),
    };
    const backend = call.backend as TensorflowBackend;
    return tf.tidy(() => {
      const variables = hasVariables(backend) ? new VariableAdam(backend, step) : undefined;
      const update = (tensors: AdamTensors): AdamNext =>
        variables?.update(tensors) ?? composed(tensors, step);
      const next = new Map<number, AdamNext>();
      const tensorsOf = (i: number): AdamTensors => ({
        value: input(`value${String(i)}`),
        gradient: input(`gradient${String(i)}`),
        mean: input(`mean${String(i)}`),
        square: input(`square${String(i)}`),
      });
      const all = Array.from({ length: count }, (_, i) => ({ i, own: tensorsOf(i) }));
      const vectors = all.filter(({ own }) => own.value.rank === 1);
      try {
        for (const { i, own } of all) if (own.value.rank !== 1) next.set(i, update(own));
        if (vectors.length > 0) {
          const [value, gradient, mean, square] = parts.map((part) =>
            tf.concat(vectors.map(({ own }) => own[part])),
          ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
          const sizes = vectors.map(({ own }) => own.value.size);
          const split = update({ value, gradient, mean, square }).map((whole) =>
            tf.split(whole, sizes),
          ) as [tf.Tensor[], tf.Tensor[], tf.Tensor[]];
          vectors.forEach(({ i }, place) => {
            next.set(i, split.map((pieces) => pieces[place]) as unknown as AdamNext);
          });
        }
      } finally {
        variables?.dispose();
      }
      return all.flatMap(({ i }) => [...(next.get(i) as AdamNext)]);
    });
  },
};

/** TensorFlow on the processor; on CUDA this has not been tried. */
function hasVariables(backend: Partial<TensorflowBackend>): boolean {
  return backend.binding !== undefined && backend.isUsingGpuDevice === false;
}
