import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/** How the logits of a labelled task become probabilities. */
export type LabelActivation = 'softmax' | 'sigmoid';

/**
 * The class that every channel of the logits stands for. Softmax: one channel per class. Sigmoid: with two classes a
 * single channel, the logit of class 1; otherwise one channel per class, each told apart from all others.
 */
export function channelClasses(activation: LabelActivation, classes: number): readonly number[] {
  if (activation === 'sigmoid' && classes === 2) return [1];
  return Array.from({ length: classes }, (_, index) => index);
}

/**
 * Probabilities of logits.
 * @param logits - `[batch, height, width, channels]` float32.
 * @returns The same shape, in [0, 1].
 */
export function probabilities(logits: Tensor4D, activation: LabelActivation): Tensor4D {
  return activation === 'softmax' ? tf.softmax(logits) : tf.sigmoid(logits);
}
