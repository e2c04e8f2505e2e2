import { ShapeError, type Spec } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { createLoss, labelsTensor, schemaOf, valueAndGradient } from './losses.test-support.js';

/** Logits so large that the probabilities are 0 and 1 in float32. */
const sure = 200;

/** A sigmoid loss of four pixels whose predictions are exactly `predicted`. */
function lossOf(
  spec: Spec<'loss'>,
  predicted: readonly number[],
  truth: readonly number[],
): number {
  const loss = createLoss(spec, schemaOf(2));
  const logits = tf.tensor4d(
    predicted.map((p) => (p === 1 ? sure : -sure)),
    [1, 2, 2, 1],
  );
  return valueAndGradient(loss, logits, { labels: labelsTensor(truth, [1, 2, 2]) }).value;
}

const dice: Spec<'loss'> = { name: 'dice', activation: 'sigmoid', smooth: 1 };
const jaccard: Spec<'loss'> = { name: 'jaccard', activation: 'sigmoid', smooth: 1 };
const tversky: Spec<'loss'> = { name: 'tversky', activation: 'sigmoid', alpha: 0.25, beta: 1 };
const focalTversky: Spec<'loss'> = { ...tversky, gamma: 0.5 };

describe('overlap losses of certain predictions', () => {
  it.each([dice, jaccard, tversky, focalTversky])('$name: perfect overlap is 0', (spec) => {
    expect(lossOf(spec, [1, 1, 0, 0], [1, 1, 0, 0])).toBeCloseTo(0, 7);
  });

  it.each([
    // Two predicted, two other pixels true: I = 0, P = T = 2, FP = FN = 2.
    [dice, 1 - 1 / 5], // (0 + 1) / (4 + 1)
    [jaccard, 1 - 1 / 5], // (0 + 1) / (4 + 1)
    [tversky, 1 - 1 / 3.5], // (0 + 1) / (0 + 0.25 * 2 + 1 * 2 + 1)
    [focalTversky, Math.sqrt(2.5 / 3.5)],
  ] as const)('%o: no overlap', (spec, expected) => {
    expect(lossOf(spec, [1, 1, 0, 0], [0, 0, 1, 1])).toBeCloseTo(expected, 6);
  });

  it.each([
    // Two predicted, one of them and one other true: I = 1, P = T = 2, FP = FN = 1.
    [dice, 1 - 3 / 5], // (2 + 1) / (4 + 1)
    [jaccard, 1 - 2 / 4], // (1 + 1) / (3 + 1)
    [tversky, 1 - 2 / 3.25], // (1 + 1) / (1 + 0.25 + 1 + 1)
    [focalTversky, Math.sqrt(1.25 / 3.25)],
  ] as const)('%o: partial overlap', (spec, expected) => {
    expect(lossOf(spec, [1, 1, 0, 0], [0, 1, 1, 0])).toBeCloseTo(expected, 6);
  });

  it.each([dice, jaccard, tversky, focalTversky])(
    '$name: nothing there, nothing said is 0',
    (spec) => {
      expect(lossOf(spec, [0, 0, 0, 0], [0, 0, 0, 0])).toBeCloseTo(0, 7);
      expect(lossOf({ ...spec, smooth: 0 }, [0, 0, 0, 0], [0, 0, 0, 0])).toBe(0);
    },
  );

  it.each([
    // Empty truth, one pixel predicted: I = 0, P = 1, T = 0.
    [dice, 1 - 1 / 2],
    [jaccard, 1 - 1 / 2],
    [tversky, 1 - 1 / 1.25],
  ] as const)('%o: empty truth', (spec, expected) => {
    expect(lossOf(spec, [1, 0, 0, 0], [0, 0, 0, 0])).toBeCloseTo(expected, 6);
  });

  it('counts images apart on request', () => {
    const logits = tf.tensor4d([sure, sure, sure, -sure], [2, 1, 2, 1]);
    const labels = labelsTensor([1, 1, 0, 1], [2, 1, 2]);
    const value = (perImage: boolean): number => {
      const spec = { name: 'dice', activation: 'sigmoid', smooth: 0, perImage } as const;
      return valueAndGradient(createLoss(spec, schemaOf(2)), logits, { labels }).value;
    };
    // Image 1: 2*2/(2+2) = 1. Image 2: 0. Batch: 2*2/(3+3).
    expect(value(true)).toBeCloseTo(0.5, 6);
    expect(value(false)).toBeCloseTo(1 / 3, 6);
  });

  it('averages over classes with softmax', () => {
    const loss = createLoss({ name: 'dice', smooth: 0 }, schemaOf(2));
    const logits = tf.tensor4d([sure, 0, sure, 0, 0, sure, 0, sure], [1, 2, 2, 2]);
    const labels = labelsTensor([0, 1, 1, 1], [1, 2, 2]);
    // Class 0: 2*1/(2+1), class 1: 2*2/(2+3).
    const expected = 1 - (2 / 3 + 4 / 5) / 2;
    expect(valueAndGradient(loss, logits, { labels }).value).toBeCloseTo(expected, 6);
  });
});

describe('bce-iou', () => {
  it('is BCE - IoU + 1', () => {
    // Logits 0: p = 1/2 everywhere, BCE = log 2; two of four pixels true: inter = 1, sum(p + t) = 4.
    const logits = tf.zeros([1, 2, 2, 1]);
    const labels = labelsTensor([1, 1, 0, 0], [1, 2, 2]);
    const loss = createLoss('bce-iou', schemaOf(2));
    const { value } = valueAndGradient(loss, logits as tf.Tensor4D, { labels });
    expect(value).toBeCloseTo(Math.log(2) - 1 / 3 + 1, 6);
  });

  it('wants one channel for two classes, else one per class', () => {
    const loss = createLoss('bce-iou', schemaOf(2));
    expect([loss.outChannels(2), loss.outChannels(3)]).toEqual([1, 3]);
    const forward = (): unknown =>
      loss.forward(tf.zeros([1, 2, 2, 2]), { labels: labelsTensor([0, 0, 0, 0], [1, 2, 2]) });
    expect(forward).toThrow(ShapeError);
    expect(forward).toThrow('bce-iou: logits must be ?x?x?x1, received 1x2x2x2');
  });
});

describe('lovasz-softmax', () => {
  it('is the Jaccard loss where predictions are certain', () => {
    const logits = tf.tensor4d([sure, 0, sure, 0, 0, sure, 0, sure], [1, 2, 2, 2]);
    const labels = labelsTensor([0, 1, 1, 1], [1, 2, 2]);
    const loss = createLoss('lovasz-softmax', schemaOf(2));
    // Class 0: IoU 1/2. Class 1: IoU 2/3.
    const expected = 1 - (1 / 2 + 2 / 3) / 2;
    expect(valueAndGradient(loss, logits, { labels }).value).toBeCloseTo(expected, 6);
  });
});
