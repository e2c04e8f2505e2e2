import { DataError, type Sample } from '@segkit/core';
import { expect, test } from 'vitest';

import { otsuThreshold, thresholdBaseline } from './otsu.js';

const class2 = {
  classes: [
    { name: 'dark', color: [0, 0, 0], values: [0] },
    { name: 'bright', color: [255, 255, 255], values: [1] },
  ],
  ignoreIndex: 255,
} as const;

const sampleOf = (image: number[], labels: number[]): Sample => ({
  id: 's',
  image: { height: 1, width: image.length, channels: 1, data: Float32Array.from(image) },
  labels: { height: 1, width: labels.length, channels: 1, data: Int32Array.from(labels) },
});

test('the threshold maximises the variance between the classes', () => {
  // Bins 25, 25, 51, 204, 204 (floor of the value times 256). Between-class variance n0 n1 (m0 - m1)^2:
  // after bin 25: 2 * 3 * (25 - 153)^2 = 98304; after bin 51: 3 * 2 * (33.67 - 204)^2 = 174081, the largest.
  expect(otsuThreshold(Float32Array.of(0.1, 0.1, 0.2, 0.8, 0.8))).toBe(52 / 256);
  // Bins 0, 128, 255: after 0: 1 * 2 * 191.5^2 = 73344.5; after 128: 2 * 1 * (64 - 255)^2 = 72962.
  expect(otsuThreshold(Float32Array.of(0, 0.5, 1))).toBe(1 / 256);
});

test('an image of one brightness is all dark', () => {
  expect(otsuThreshold(Float32Array.of(0.5, 0.5))).toBe(1);
});

test('the baseline counts every image by its own threshold', () => {
  // First image: predicted 0 0 1 1, truth 0 1 1 1. Second: predicted 0 1, truth 0 and ignored.
  const first = sampleOf([0.1, 0.1, 0.9, 0.9], [0, 1, 1, 1]);
  const second = sampleOf([0.3, 0.4], [0, 255]);
  const { iou, meanIoU, confusion } = thresholdBaseline([first, second], class2);
  expect([...confusion.counts]).toEqual([2, 0, 1, 2]);
  // Class 0: 2 both, 2 truth, 3 predicted: 2/3. Class 1: 2 both, 3 truth, 2 predicted: 2/3.
  expect(iou).toBeAllClose([2 / 3, 2 / 3]);
  expect(meanIoU).toBeCloseTo(2 / 3);
});

test('a class that is nowhere does not count, and a sample without labels is an error', () => {
  const { meanIoU } = thresholdBaseline([sampleOf([0.5, 0.5], [0, 0])], class2);
  expect(meanIoU).toBe(1);
  const { labels: _, ...bare } = sampleOf([0.5], [0]);
  expect(() => thresholdBaseline([bare], class2)).toThrow(DataError);
});
