import { ConfigError, type Raster, ShapeError } from '@segkit/core';
import { describe, expect, it } from 'vitest';

import { closeTo } from './close-to.test-support.js';
import { observed } from './evaluation-fixture.test-support.js';
import { metrics, perImage, psnr, segmentation } from './index.js';
import { confusionOf, makeMetric } from './make-metric.test-support.js';
import { fixture } from './metrics-fixture.test-support.js';

function raster(
  data: readonly number[],
  { height = 1, width = data.length, channels = 1 } = {},
): Raster<Float32Array> {
  return { height, width, channels, data: Float32Array.from(data) };
}

const labelled = observed({ truth: ['011', '000'], prediction: ['010', '001'] });

const observations = {
  boundary: labelled,
  objects: labelled,
  isbi2012: labelled,
  segmentation: { confusion: confusionOf(2, [0, 1, 1], [0, 1, 0]) },
  'per-image': { confusion: confusionOf(2, [0, 1, 1], [0, 1, 0]) },
  psnr: { prediction: raster([0.5, 0.25]), target: raster([0.5, 0.5]) },
  ssim: {
    prediction: raster(new Array<number>(144).fill(0.25), { height: 12, width: 12 }),
    target: raster(new Array<number>(144).fill(0.5), { height: 12, width: 12 }),
  },
};

describe.each(metrics)('metric $name', (plugin) => {
  const observation = observations[plugin.name as keyof typeof observations];

  it('is NaN before it saw anything, and after a reset', () => {
    const metric = makeMetric(plugin, {});
    const empty = metric.compute();
    expect(Object.values(empty).every(Number.isNaN)).toBe(true);
    metric.update(observation);
    const names = Object.keys(metric.compute());
    expect(Object.values(metric.compute()).some(Number.isFinite)).toBe(true);
    metric.reset();
    expect(metric.compute()).toEqual(empty);
    expect(Object.keys(empty)).toEqual(names);
  });

  it('computes the same twice', () => {
    const metric = makeMetric(plugin, {});
    metric.update(observation);
    expect(metric.compute()).toEqual(metric.compute());
  });

  it('refuses the other kind of task', () => {
    const metric = makeMetric(plugin, {});
    expect(() => {
      metric.update({});
    }).toThrow(ConfigError);
  });

  it('refuses unknown options', () => {
    expect(() => makeMetric(plugin, { peek: 2 })).toThrow(/peek/);
  });
});

describe.each(fixture.cases)('metrics of $name', ({ classes, images, ...expected }) => {
  it('segmentation counts over all pixels', () => {
    const metric = makeMetric(segmentation, {}, classes);
    for (const { truth, prediction } of images) {
      metric.update({ confusion: confusionOf(classes, truth, prediction) });
    }
    const scores = metric.compute();
    expect(scores).toMatchObject(
      Object.fromEntries(
        Object.entries(expected.summary).map(([name, value]) => [name, closeTo(value)]),
      ),
    );
    expected.perClass.forEach((row, k) => {
      expect(scores[`iou/class${String(k)}`]).toEqual(closeTo(row.iou));
      expect(scores[`recall/class${String(k)}`]).toEqual(closeTo(row.recall));
    });
  });

  it('per-image means over images', () => {
    const metric = makeMetric(perImage, {}, classes);
    for (const { truth, prediction } of images) {
      metric.update({ confusion: confusionOf(classes, truth, prediction) });
    }
    const wanted: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(expected.imageMeans)) {
      wanted[`image${name.charAt(0).toUpperCase()}${name.slice(1)}`] = closeTo(value);
    }
    expected.imageIoU.forEach((value, k) => {
      wanted[`imageIoU/class${String(k)}`] = closeTo(value);
    });
    expect(metric.compute()).toEqual(wanted);
  });
});

describe('segmentation', () => {
  it('gives only the per-class scores that were asked for', () => {
    const metric = makeMetric(segmentation, { perClass: ['dice'] });
    const perClass = Object.keys(metric.compute()).filter((name) => name.includes('/'));
    expect(perClass).toEqual(['dice/class0', 'dice/class1']);
  });
});

describe('psnr', () => {
  it.each(fixture.psnr)('equals numpy with peak $peak', ({ peak, psnr: expected, ...images }) => {
    const metric = makeMetric(psnr, { peak });
    metric.update({
      prediction: raster(images.prediction, images),
      target: raster(images.target, images),
    });
    expect(metric.compute()['psnr']).toBeCloseTo(expected, 5);
  });

  it('is the mean over images, by hand', () => {
    const metric = makeMetric(psnr, {});
    // Errors 0.1 and 0.01 everywhere: mean squared errors 1e-2 and 1e-4, so 20 dB and 40 dB.
    metric.update({ prediction: raster([0.6, 0.4]), target: raster([0.5, 0.5]) });
    metric.update({ prediction: raster([0.51, 0.49]), target: raster([0.5, 0.5]) });
    expect(metric.compute()['psnr']).toBeCloseTo(30, 4);
  });

  it('is +Infinity for identical images', () => {
    const metric = makeMetric(psnr, {});
    metric.update({ prediction: raster([0.5]), target: raster([0.5]) });
    expect(metric.compute()).toEqual({ psnr: Number.POSITIVE_INFINITY });
  });

  it('refuses another size and other channels', () => {
    const metric = makeMetric(psnr, {});
    const update = (channels: number): void => {
      metric.update({
        prediction: raster([0, 0], { width: 2 / channels, channels }),
        target: raster([0, 0, 0]),
      });
    };
    expect(() => {
      update(1);
    }).toThrow(ShapeError);
    expect(() => {
      update(2);
    }).toThrow(/1x1x2/);
  });
});
