import { describe, expect, it } from 'vitest';

import { ShapeError } from '../errors.js';
import { ConfusionMatrix } from './confusion-matrix.js';

describe('confusion matrix', () => {
  it('counts by true and predicted class and leaves ignored pixels out', () => {
    const confusion = new ConfusionMatrix(3);
    confusion.add(Int32Array.of(0, 0, 1, 2, 2, 255), Int32Array.of(0, 1, 1, 0, 0, 2), 255);
    // Rows are the truth: 0 -> {0, 1}, 1 -> {1}, 2 -> {0, 0}; the last pixel is ignored.
    expect([...confusion.counts]).toEqual([1, 1, 0, 0, 1, 0, 2, 0, 0]);
    expect(confusion.count(2, 0)).toBe(2);
    expect(confusion.count(0, 2)).toBe(0);
  });

  it('ignores a class, too, when that is the ignored index', () => {
    const confusion = new ConfusionMatrix(2);
    confusion.add(Int32Array.of(0, 1, 0), Int32Array.of(0, 1, 1), 0);
    expect([...confusion.counts]).toEqual([0, 0, 0, 1]);
  });

  it('adds up over images as over one image', () => {
    const [a, b, both] = [new ConfusionMatrix(2), new ConfusionMatrix(2), new ConfusionMatrix(2)];
    a.add(Int32Array.of(0, 1), Int32Array.of(0, 0), -1);
    b.add(Int32Array.of(1, 1), Int32Array.of(1, 0), -1);
    both.add(Int32Array.of(0, 1, 1, 1), Int32Array.of(0, 0, 1, 0), -1);
    a.merge(b);
    expect(a.counts).toEqual(both.counts);
    a.reset();
    expect([...a.counts]).toEqual([0, 0, 0, 0]);
    expect([...b.counts]).toEqual([0, 0, 1, 1]);
  });

  it('has nothing to count in an empty image', () => {
    const confusion = new ConfusionMatrix(2);
    confusion.add(new Int32Array(0), new Int32Array(0), 255);
    expect([...confusion.counts]).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ['a truth outside the classes', [2], [0], /label 2/],
    ['a negative truth that is not ignored', [-1], [0], /label -1/],
    ['a prediction outside the classes', [0], [5], /prediction 5/],
    ['maps of different lengths', [0, 1], [0], /2 labels but 1 predictions/],
  ])('refuses %s', (_, truth, prediction, message) => {
    const add = (): void => {
      new ConfusionMatrix(2).add(Int32Array.from(truth), Int32Array.from(prediction), 255);
    };
    expect(add).toThrow(ShapeError);
    expect(add).toThrow(message);
  });

  it('refuses to merge another number of classes', () => {
    expect(() => {
      new ConfusionMatrix(2).merge(new ConfusionMatrix(3));
    }).toThrow(/3 classes to 2/);
  });
});
