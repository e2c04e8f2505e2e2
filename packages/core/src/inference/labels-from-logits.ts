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
