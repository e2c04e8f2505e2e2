import { DataError, ShapeError, type Loss, type Spec, type Target } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { losses } from './index.js';
import {
  createLoss,
  labelsTensor,
  registry,
  schemaOf,
  valueAndGradient,
} from './losses.test-support.js';

const ignored = 255;
const shape: [number, number, number] = [2, 2, 3];

/** Every loss with two and with three classes; `sum` gets parts. */
const setups = losses.flatMap(({ name }) =>
  [2, 3].map((classes) => {
    const parts = { name, losses: [{ loss: 'ce' }, { weight: 0.5, loss: 'dice' }] };
    const spec = (name === 'sum' ? parts : name) as Spec<'loss'>;
    return {
      name,
      classes,
      spec,
      onLabels: createLoss(spec, schemaOf(classes)).activation !== 'none',
    };
  }),
);
const onLabels = setups.filter((setup) => setup.onLabels);

/** Fixed numbers without ties between -2 and 2. */
function wave(length: number, phase = 0): number[] {
  return Array.from({ length }, (_, i) => 2 * Math.sin(1.7 * i * i + i + phase));
}

function logitsFor(loss: Loss, classes: number): Tensor4D {
  const channels = loss.outChannels(classes);
  return tf.tensor4d(wave(12 * channels), [...shape, channels]);
}

function targetFor(loss: Loss, classes: number, labels?: readonly number[]): Target {
  const pixels = labels ?? Array.from({ length: 12 }, (_, i) => (i * i + (i >> 2)) % classes);
  const channels = loss.outChannels(classes);
  return {
    labels: labelsTensor(pixels, shape),
    weights: tf.tensor3d(
      wave(12, 1).map((x) => x + 3),
      shape,
    ),
    image: tf.tensor4d(wave(12 * channels, 2), [...shape, channels]),
  };
}

describe.each(setups)('$name with $classes classes', ({ spec, classes }) => {
  const loss = createLoss(spec, schemaOf(classes));

  it('has the gradient of its own finite differences', () => {
    const logits = logitsFor(loss, classes);
    const target = targetFor(loss, classes);
    const { value, gradient } = valueAndGradient(loss, logits, target);
    expect(Number.isFinite(value)).toBe(true);
    const start = logits.dataSync();
    const step = 5e-3;
    const numeric = Array.from(start, (_, i) => {
      const at = (delta: number): number => {
        const moved = Float32Array.from(start);
        moved[i] = (start[i] as number) + delta;
        return valueAndGradient(loss, tf.tensor4d(moved, logits.shape), target).value;
      };
      return (at(step) - at(-step)) / (2 * step);
    });
    // Float32 values of about 1 over a difference of 1e-2 leave errors near 1e-5, larger values larger ones.
    expect(gradient).toBeAllClose(numeric, { rtol: 2e-3, atol: 5e-5 * Math.max(1, value) });
  });

  it('frees every tensor it allocates', () => {
    const logits = logitsFor(loss, classes);
    const target = targetFor(loss, classes);
    valueAndGradient(loss, logits, target);
    const before = tf.memory().numTensors;
    loss.forward(logits, target).dispose();
    valueAndGradient(loss, logits, target);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('returns a float32 scalar', () => {
    const value = loss.forward(logitsFor(loss, classes), targetFor(loss, classes));
    expect([value.rank, value.dtype]).toEqual([0, 'float32']);
  });

  it('names what is missing from the target', () => {
    const forward = (): unknown => loss.forward(logitsFor(loss, classes), {});
    expect(forward).toThrow(DataError);
    expect(forward).toThrow(/target\.(labels|image)/);
  });

  it('rejects logits of another size', () => {
    const channels = loss.outChannels(classes);
    const logits: Tensor4D = tf.zeros([2, 3, 3, channels]);
    const forward = (): unknown => loss.forward(logits, targetFor(loss, classes));
    expect(forward).toThrow(ShapeError);
    expect(forward).toThrow(channels === 1 ? /2x2x3/ : /2x2x3|2x3x3/);
  });

  it('survives a round trip of its resolved options through JSON', () => {
    const resolved = registry.spec('loss').parse(spec);
    expect(registry.spec('loss').parse(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
  });
});

describe.each(onLabels)('$name with $classes classes and ignored pixels', ({ spec, classes }) => {
  const loss = createLoss(spec, schemaOf(classes, ignored));
  const labels = [0, 1, ignored, 1, 0, ignored, 1, 1, 0, ignored, 0, 1];

  it('neither counts nor moves them', () => {
    const logits = logitsFor(loss, classes);
    const target = targetFor(loss, classes, labels);
    const { value, gradient } = valueAndGradient(loss, logits, target);
    const mask = tf.cast(
      tf.equal(tf.expandDims(labelsTensor(labels, shape), 3), ignored),
      'float32',
    );
    const changed = tf.add<Tensor4D>(logits, tf.mul(mask, 17));
    expect(valueAndGradient(loss, changed, target).value).toBeCloseTo(value, 6);
    const atIgnored = tf.mul(tf.tensor4d(gradient, logits.shape), mask);
    expect(tf.max(tf.abs(atIgnored)).dataSync()[0]).toBe(0);
    expect(gradient.some((slope) => slope !== 0)).toBe(true);
  });

  it('is 0 with zero gradients if all are ignored', () => {
    const logits = logitsFor(loss, classes);
    const target = targetFor(loss, classes, new Array<number>(12).fill(ignored));
    const { value, gradient } = valueAndGradient(loss, logits, target);
    expect(value).toBe(0);
    expect(gradient.every((slope) => slope === 0)).toBe(true);
  });

  it('takes an ignoreIndex of its own, even a class', () => {
    if (typeof spec === 'object') return; // `sum` has none; its parts do.
    const own = createLoss({ name: spec, ignoreIndex: 1 }, schemaOf(classes));
    const without = labels.map((label) => (label === ignored ? 0 : label));
    const asIgnored = without.map((label) => (label === 1 ? ignored : label));
    const logits = logitsFor(loss, classes);
    const expected = valueAndGradient(loss, logits, targetFor(loss, classes, asIgnored));
    const received = valueAndGradient(own, logits, targetFor(loss, classes, without));
    expect(received.value).toBeCloseTo(expected.value, 6);
    expect(received.gradient).toBeAllClose(expected.gradient);
  });

  it('stays finite for extreme logits', () => {
    const channels = loss.outChannels(classes);
    const logits = tf.tensor4d(
      Array.from({ length: 12 * channels }, (_, i) => (i % 3 === 0 ? 1000 : -1000)),
      [...shape, channels],
    );
    const { value, gradient } = valueAndGradient(loss, logits, targetFor(loss, classes));
    expect(Number.isFinite(value)).toBe(true);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});
