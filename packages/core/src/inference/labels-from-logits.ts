import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { Activation } from '../components/loss.js';

/**
 * Probabilities of logits: softmax over the channels, sigmoid per channel, or the logits themselves.
 * @param logits - `[batch, height, width, channels]` float32.
 * @returns The same shape.
 */
export function probabilitiesFromLogits(logits: Tensor4D, activation: Activation): Tensor4D {
  if (activation === 'softmax') return tf.softmax(logits);
  if (activation === 'sigmoid') return tf.sigmoid(logits);
  return tf.clone(logits);
}

/**
 * Logits whose probabilities these are: `log p` for softmax, `log p - log(1 - p)` for sigmoid. Probabilities are kept 1e-7 away
 * from 0 and 1.
 * @param probabilities - `[batch, height, width, channels]` float32.
 * @returns The same shape.
 */
export function logitsFromProbabilities(probabilities: Tensor4D, activation: Activation): Tensor4D {
  if (activation === 'none') return tf.clone(probabilities);
  return tf.tidy(() => {
    const p = tf.clipByValue(probabilities, 1e-7, 1 - 1e-7);
    return activation === 'softmax' ? tf.log(p) : tf.sub(tf.log(p), tf.log(tf.sub(1, p)));
  });
}

/**
 * Class indices of probabilities: the largest channel; with a single sigmoid channel, 1 above one half.
 * @param probabilities - `[height, width, channels]`, row-major.
 */
export function labelsFromProbabilities(probabilities: Float32Array, channels: number): Int32Array {
  const labels = new Int32Array(probabilities.length / channels);
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const offset = pixel * channels;
    if (channels === 1) {
      labels[pixel] = (probabilities[offset] as number) > 0.5 ? 1 : 0;
      continue;
    }
    let best = 0;
    for (let c = 1; c < channels; c++) {
      if ((probabilities[offset + c] as number) > (probabilities[offset + best] as number))
        best = c;
    }
    labels[pixel] = best;
  }
  return labels;
}
