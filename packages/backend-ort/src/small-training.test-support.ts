import * as tf from '@tensorflow/tfjs-core';

/** What the network is made of: smooth functions, or such with kinks. */
export type Network = 'smooth' | 'kinked';

/** tfjs's optimisers, by name. */
export const optimizers = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.05, 0.9),
  rmsprop: () => tf.train.rmsprop(0.01),
  adam: () => tf.train.adam(0.01),
} as const;

const pattern = (length: number, gain: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => gain * Math.sin(1 + 1.7 * i + 0.01 * i * i));

const image = [4, 9, 8, 3] as const;
const classes = 3;

/** `[batch, classes]`: two convolutions with pooling between them, the mean over pixels, and a matrix. */
function forward(network: Network, [w1, b1, w2, b2, w3]: readonly tf.Variable[]): tf.Tensor2D {
  const isSmooth = network === 'smooth';
  const activation = (x: tf.Tensor4D): tf.Tensor4D => (isSmooth ? tf.tanh(x) : tf.relu(x));
  const x = tf.tensor4d(pattern(tf.util.sizeFromShape([...image]), 1), [...image]);
  const first = activation(
    tf.add<tf.Tensor4D>(tf.conv2d(x, w1 as unknown as tf.Tensor4D, 1, 'same'), b1!),
  );
  const pooled = isSmooth ? tf.avgPool(first, 2, 2, 'same') : tf.maxPool(first, 3, 2, 'same');
  const second = tf.conv2d(pooled, w2 as unknown as tf.Tensor4D, 1, 'same');
  const features = tf.mean<tf.Tensor2D>(activation(tf.add<tf.Tensor4D>(second, b2!)), [1, 2]);
  return tf.matMul(features, w3 as unknown as tf.Tensor2D);
}

function cross(logits: tf.Tensor2D): tf.Scalar {
  const labels = tf.oneHot(tf.range(0, image[0], 1, 'int32'), classes + 1, 1, 0, 'float32');
  const wanted = tf.slice(labels, [0, 0], [-1, classes]);
  const ofClass = tf.sum(tf.mul(logits, wanted), 1);
  return tf.mean<tf.Scalar>(tf.sub(tf.logSumExp(logits, 1), ofClass));
}

/**
 * Trains a small network on the current backend, from the same weights in every call.
 * @returns The loss of every step, and the weights after the last.
 */
export function train(
  network: Network,
  optimizer: keyof typeof optimizers,
  steps: number,
): { readonly losses: number[]; readonly weights: number[] } {
  const shapes = [[3, 3, 3, 16], [16], [3, 3, 16, 32], [32], [32, classes]];
  const weights = shapes.map((shape) => {
    const size = tf.util.sizeFromShape(shape);
    const gain = shape.length === 1 ? 0.1 : Math.sqrt(2 / (size / shape.at(-1)!));
    return tf.tidy(() => tf.variable(tf.tensor(pattern(size, gain), shape)));
  });
  const trainer = optimizers[optimizer]();
  const losses = Array.from({ length: steps }, () =>
    tf.tidy(() => {
      const loss = trainer.minimize(() => cross(forward(network, weights)), true, weights);
      return loss?.dataSync()[0] ?? NaN;
    }),
  );
  const values = weights.flatMap((weight) => [...weight.dataSync()]);
  trainer.dispose();
  tf.dispose(weights);
  return { losses, weights: values };
}
