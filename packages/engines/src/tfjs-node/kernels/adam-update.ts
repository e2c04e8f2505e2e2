import * as tf from '@tensorflow/tfjs-core';

import type { TensorflowKernel } from './tensorflow-kernel.js';

interface Attributes {
  readonly count: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
}

/** Tensors of equal length: of a parameter, or of several that were joined. */
interface Tensors {
  readonly value: tf.Tensor;
  readonly gradient: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly square: tf.Tensor;
}

type Next = readonly [value: tf.Tensor, mean: tf.Tensor, square: tf.Tensor];

const parts = ['value', 'gradient', 'mean', 'square'] as const;

/**
 * Adam's update of many parameters. Biases and batch normalisations, which are most of them, are joined before: an
 * operation costs more than their numbers. The roundings are those of parameters updated one by one.
 */
export const adamUpdate: TensorflowKernel = {
  name: 'AdamUpdate',
  make: () => (call) => {
    const inputs = call.inputs as Readonly<Record<string, tf.Tensor>>;
    const attributes = call.attrs as unknown as Attributes;
    const input = (name: string): tf.Tensor => inputs[name] as tf.Tensor;
    const update = ({ value, gradient, mean, square }: Tensors): Next => {
      const { beta1, beta2, eps } = attributes;
      const nextMean = tf.add(mean, tf.mul(tf.sub(gradient, mean), 1 - beta1));
      const newSquare = tf.mul(tf.mul(gradient, 1 - beta2), gradient);
      const nextSquare = tf.add(tf.mul(square, beta2), newSquare);
      const root = tf.div(tf.sqrt(nextSquare), input('correction'));
      const change = tf.div(tf.mul(nextMean, input('stepSize')), tf.add(root, eps));
      return [tf.sub(value, change), nextMean, nextSquare];
    };
    return tf.tidy(() => {
      const next = new Map<number, Next>();
      const tensorsOf = (i: number): Tensors => ({
        value: input(`value${String(i)}`),
        gradient: input(`gradient${String(i)}`),
        mean: input(`mean${String(i)}`),
        square: input(`square${String(i)}`),
      });
      const all = Array.from({ length: attributes.count }, (_, i) => ({ i, own: tensorsOf(i) }));
      const vectors = all.filter(({ own }) => own.value.rank === 1);
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
          next.set(i, split.map((pieces) => pieces[place]) as unknown as Next);
        });
      }
      return all.flatMap(({ i }) => [...(next.get(i) as Next)]);
    });
  },
};
