import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';
import { LearningRateRange, rateAt } from './learning-rate-range.js';

describe('a range of learning rates', () => {
  it('rises by the same factor', () => {
    const rates = [0, 1, 2, 3, 4].map((step) => rateAt(step, 5, 1e-3, 10));
    expect(rates).toBeAllClose([1e-3, 1e-2, 1e-1, 1, 10], { rtol: 1e-12, atol: 0 });
  });

  it('smooths losses without a bias to 0', () => {
    const range = new LearningRateRange();
    range.add(1, 2);
    range.add(2, 4);
    // 0.1 * 2 / 0.1 = 2; (0.9 * 0.2 + 0.1 * 4) / (1 - 0.81) = 0.58 / 0.19
    expect(range.points.map(({ smoothed }) => smoothed)).toBeAllClose([2, 0.58 / 0.19], {
      rtol: 1e-12,
      atol: 0,
    });
  });

  it('suggests where the loss falls steepest', () => {
    const range = new LearningRateRange();
    // Flat, then a cliff at step 30 from 1 to 0.2, then flat again: the average falls fastest just after the cliff, and the
    // middle of two slopes is steepest one step before the first low loss is averaged for the second time.
    for (let step = 0; step < 60; step++) range.add(step, step < 30 ? 1 : 0.2);
    // Falls of the average: 0.08 at step 30 (1 to 0.92), 0.072 at 31: (0.08 + 0.072) / 2 at 30 is the largest.
    expect(range.suggestion()).toBe(30);
  });

  it('suggests nothing where the loss never falls, or from too few steps', () => {
    const rising = new LearningRateRange();
    for (let step = 0; step < 40; step++) rising.add(step, 1 + step / 100);
    expect(rising.suggestion()).toBeNull();
    const short = new LearningRateRange();
    for (let step = 0; step < 12; step++) short.add(step, 12 - step);
    expect(short.suggestion()).toBeNull();
  });

  it('is over when the loss diverges', () => {
    const range = new LearningRateRange();
    for (let step = 0; step < 20; step++) expect(range.add(step, 1)).toBe(false);
    // 0.9 * 1 + 0.1 * 32 = 4.1 is more than 4 times the best.
    expect(range.add(20, 32)).toBe(true);
    expect(range.add(21, Number.NaN)).toBe(true);
    expect(range.points).toHaveLength(21);
  });
});

describe('findLearningRate', () => {
  it('climbs until the end or divergence, and frees everything', async () => {
    const app = tinyApp();
    await tf.ready();
    const before = tf.memory().numTensors;
    const seen: number[] = [];
    const { points, suggestion } = await app.findLearningRate(tinyConfig({ optimizer: 'sgd' }), {
      from: 1e-4,
      to: 100,
      steps: 60,
      onStep: ({ step }) => seen.push(step),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(points[0]?.learningRate).toBe(1e-4);
    expect(seen.length).toBeGreaterThan(30);
    expect(suggestion).toBeGreaterThan(1e-3);
    expect(suggestion).toBeLessThan(100);
  });

  it('ends when it is aborted', async () => {
    const abort = new AbortController();
    const { points, suggestion } = await tinyApp().findLearningRate(tinyConfig(), {
      signal: abort.signal,
      onStep: ({ step }) => {
        if (step === 3) abort.abort();
      },
    });
    expect(points).toHaveLength(3);
    expect(suggestion).toBeNull();
  });
});
