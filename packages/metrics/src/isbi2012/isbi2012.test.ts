import { describe, expect, it } from 'vitest';

import { closeToAll, drawn, fixture, observed } from '../evaluation-fixture.test-support.js';
import { isbi2012 } from '../index.js';
import { makeMetric } from '../make-metric.test-support.js';

const scoresOf = (truth: readonly string[], prediction: readonly string[], options = {}) => {
  const metric = makeMetric(isbi2012, options);
  metric.update(observed({ truth, prediction }));
  return metric.compute();
};

describe.each(fixture.isbi2012)('isbi2012 of $name', ({ truth, prediction, scores }) => {
  it('equals scikit-image and the simple points of scipy', () => {
    expect(scoresOf(truth, prediction)).toMatchObject(closeToAll(scores));
  });
});

describe('isbi2012 with thresholds', () => {
  const [{ thresholds, images, scores }] = fixture.thresholds as [(typeof fixture.thresholds)[0]];
  const observations = images.map(({ truth, percent }) => {
    const objects = Float32Array.from(percent, (value) => value / 100);
    return { labels: drawn(truth), objects };
  });
  const predictedLabels = drawn(images[0]?.truth ?? []);

  it('is the best over thresholds, of two softmax channels', () => {
    const metric = makeMetric(isbi2012, { thresholds });
    for (const { labels, objects } of observations) {
      const data = Float32Array.from([...objects].flatMap((value) => [1 - value, value]));
      // The separator's channel decides, which float32 rounds by up to 6e-8; the percentages are 1e-2 apart.
      const probabilities = { ...labels, channels: 2, data };
      metric.update({ labels, predictedLabels, probabilities });
    }
    expect(metric.compute()).toMatchObject(closeToAll(scores));
  });

  it('is the same of one sigmoid channel', () => {
    const metric = makeMetric(isbi2012, { thresholds });
    for (const { labels, objects } of observations) {
      metric.update({ labels, predictedLabels, probabilities: { ...labels, data: objects } });
    }
    expect(metric.compute()).toMatchObject(closeToAll(scores));
  });

  it('needs probabilities, and thresholds between 0 and 1', () => {
    const metric = makeMetric(isbi2012, { thresholds });
    expect(() => {
      metric.update({ labels: predictedLabels, predictedLabels });
    }).toThrow("isbi2012: thresholds need probabilities of the labels' size 26x24, received none");
    expect(() => makeMetric(isbi2012, { thresholds: [1] })).toThrow(/thresholds/);
    expect(() => makeMetric(isbi2012, { thresholds: [] })).toThrow(/thresholds/);
  });
});

describe('isbi2012', () => {
  const cells = ['111011', '111011', '111011'];

  it('by hand: a line that moved costs pixels, but no warping', () => {
    const scores = scoresOf(cells, ['110111', '110111', '110111']);
    expect(scores['pixelError']).toBeCloseTo(6 / 18, 12);
    expect(scores['warpingError']).toBe(0);
  });

  it('by hand: a merge costs the line that warping cannot close', () => {
    const scores = scoresOf(cells, ['111111', '111111', '111111']);
    // Each of the line's three pixels would join the cells.
    expect(scores['warpingError']).toBeCloseTo(3 / 18, 12);
    // Cells of 9 and 6 pixels in one segment of 15: pairs 9 * 8 + 6 * 5 = 102 of (102 + 15 * 14) / 2.
    expect(scores['randError']).toBeCloseTo(1 - 204 / 312, 12);
    expect(scores['vRand']).toBeCloseTo((2 * (81 + 36)) / (81 + 36 + 225), 12);
    // A merge says nothing of the true segment: H(9 / 15, 6 / 15) bits; nothing was split.
    const entropy = -(0.6 * Math.log2(0.6) + 0.4 * Math.log2(0.4));
    expect(scores['mergeInformation']).toBeCloseTo(entropy, 12);
    expect(scores['splitInformation']).toBeCloseTo(0, 12);
  });

  it('a hole cannot be warped away', () => {
    const full = ['11111', '11111', '11111', '11111', '11111'];
    const hole = ['11111', '11111', '11011', '11111', '11111'];
    expect(scoresOf(full, hole)['warpingError']).toBeCloseTo(1 / 25, 12);
    expect(scoresOf(hole, full)['warpingError']).toBeCloseTo(1 / 25, 12);
  });

  it('does not count ignored pixels', () => {
    const scores = scoresOf(['11.11', '11.11'], ['11011', '11011']);
    expect(scores).toMatchObject({ pixelError: 0, warpingError: 0 });
    expect(scoresOf(['...'], ['101'])['pixelError']).toBeNaN();
  });

  it('is the mean over images, and separates by the class it is told', () => {
    const metric = makeMetric(isbi2012, { separator: 'class1' });
    metric.update(observed({ truth: ['0010'], prediction: ['0010'] }));
    metric.update(observed({ truth: ['0010'], prediction: ['0110'] }));
    metric.update(observed({ truth: ['....'], prediction: ['0110'] }));
    expect(metric.compute()['pixelError']).toBeCloseTo((0 + 1 / 4) / 2, 12);
    expect(() => makeMetric(isbi2012, { separator: 'line' })).toThrow(
      /metrics\.0\.separator.*"line"/,
    );
  });
});
