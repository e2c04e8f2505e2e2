import { ConfigError } from '@segkit/core';
import { describe, expect, it } from 'vitest';

import { closeToAll, drawn, fixture, observed } from '../evaluation-fixture.test-support.js';
import { objects } from '../index.js';
import { makeMetric } from '../make-metric.test-support.js';

describe.each(fixture.objects)('objects of $name', ({ classes, images, perClass }) => {
  it('equal brute force over all pairs of masks', () => {
    const metric = makeMetric(objects, {}, classes);
    for (const image of images) metric.update(observed(image));
    const scores = metric.compute();
    perClass.forEach((expected, at) => {
      const named = Object.entries(expected).map(([name, value]) => [
        `${name}/class${String(at + 1)}`,
        value,
      ]);
      expect(scores).toMatchObject(closeToAll(Object.fromEntries(named) as typeof expected));
    });
  });
});

describe('objects', () => {
  // Two nuclei of four pixels that touch; the prediction joins them.
  const touching = {
    truth: ['000000', '011110', '011110', '000000'],
    prediction: ['000000', '011110', '011110', '000000'],
  };
  const ids = [0, 7, 3, 2, 9, 2, 0, 2, 3, 2, 9, 2, 0, 7];

  it('by hand: a prediction that joins two objects', () => {
    const metric = makeMetric(objects, {});
    metric.update(observed({ ...touching, instances: ids }));
    const scores = metric.compute();
    // Either IoU is 4 / 8, which is not above 0.5: no hit, two missed, one invented.
    expect(scores).toMatchObject({ objectF1: 0, objectPrecision: 0, objectRecall: 0, dsbScore: 0 });
    expect(scores).toMatchObject({ panopticQuality: 0, segmentationQuality: Number.NaN });
    // Both true objects take the one prediction: (4 + 4) / (8 + 8).
    expect(scores['aji']).toBe(0.5);
  });

  it('takes connected components where the data set knows no objects', () => {
    const metric = makeMetric(objects, {});
    metric.update(observed(touching));
    expect(metric.compute()).toMatchObject({
      objectF1: 1,
      aji: 1,
      dsbScore: 1,
      panopticQuality: 1,
    });
  });

  it('joins over corners when told so', () => {
    const corner = { truth: ['10', '01'], prediction: ['10', '01'] };
    const precision = (options: object) => {
      const metric = makeMetric(objects, options);
      metric.update(observed({ ...corner, instances: [5, 1, 0, 2, 5, 1] }));
      return metric.compute()['objectPrecision'];
    };
    // The true object is both pixels; over edges each of the two predicted ones is half of it.
    expect(precision({})).toBe(0);
    expect(precision({ connectivity: 8 })).toBe(1);
  });

  it('an ignored line splits no predicted object', () => {
    const metric = makeMetric(objects, {});
    metric.update(observed({ truth: ['11.11'], prediction: ['11111'], instances: [4, 5] }));
    expect(metric.compute()).toMatchObject({ objectF1: 1, aji: 1 });
  });

  it('leaves out the class of the background', () => {
    const metric = makeMetric(objects, { background: 'class1' });
    metric.update(observed(touching));
    const names = Object.keys(metric.compute()).filter((name) => name.startsWith('aji'));
    expect(names).toEqual(['aji', 'aji/class0']);
  });

  it('refuses a background that is no class, and instances of another size', () => {
    expect(() => makeMetric(objects, { background: 'sky' })).toThrow(ConfigError);
    expect(() => makeMetric(objects, { background: 'sky' })).toThrow(
      'metrics.0.background: expected the name of a class, received "sky"; the classes are "class0", "class1".',
    );
    const metric = makeMetric(objects, {});
    expect(() => {
      metric.update({ ...observed(touching), instances: drawn(['00', '00']) });
    }).toThrow('objects: the labels are 4x6, but instances of 2x2 came with them');
  });
});
