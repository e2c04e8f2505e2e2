import { ConfigError, DataError, ShapeError, type Spec } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import {
  createLoss,
  labelsTensor,
  registry,
  schemaOf,
  valueAndGradient,
} from './losses.test-support.js';

const labels = labelsTensor([0, 1, 2, 0], [1, 2, 2]);
const logits = tf.tensor4d([1, 0, 2, 0, 1, -1, 3, 1, 0, 0, 0, 1], [1, 2, 2, 3]);

describe('list options', () => {
  it.each([
    [
      { name: 'ce', classWeights: [1, 2] },
      'loss.classWeights: expected 3 numbers, one per class, received 2',
    ],
    [{ name: 'bce', posWeight: [1] }, 'loss.posWeight: expected 3 numbers'],
    [{ name: 'focal', alpha: [1, 2] }, 'loss.alpha: expected 3 numbers'],
    [{ name: 'focal', alpha: 0.25 }, 'loss.alpha: expected one weight per class with softmax'],
    [
      { name: 'focal', activation: 'sigmoid', alpha: [1, 1, 1] },
      'loss.alpha: expected one number in [0, 1]',
    ],
  ] satisfies [Spec<'loss'>, string][])('%o is refused', (spec, message) => {
    const make = (): unknown => createLoss(spec, schemaOf(3));
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });

  it('refuses unknown options', () => {
    const result = registry.spec('loss').safeParse({ name: 'dice', smoth: 1 });
    expect(result.error?.issues[0]?.message).toContain('unknown key "smoth"');
  });

  it('takes one posWeight for all channels', () => {
    const one = createLoss({ name: 'bce', posWeight: 2 }, schemaOf(3));
    const each = createLoss({ name: 'bce', posWeight: [2, 2, 2] }, schemaOf(3));
    const value = valueAndGradient(one, logits, { labels }).value;
    expect(value).toBe(valueAndGradient(each, logits, { labels }).value);
  });
});

describe('weighted-border-ce', () => {
  const loss = createLoss('weighted-border-ce', schemaOf(3));

  it('asks for its weight map', () => {
    const forward = (): unknown => loss.forward(logits, { labels });
    expect(forward).toThrow(DataError);
    expect(forward).toThrow("make them with the loss's weightMap()");
  });

  it('refuses weights of another size', () => {
    const forward = (): unknown => loss.forward(logits, { labels, weights: tf.ones([1, 2, 3]) });
    expect(forward).toThrow(ShapeError);
    expect(forward).toThrow('weighted-border-ce: weights must be 1x2x2, received 1x2x3');
  });

  it('is plain cross entropy under weights of 1, and linear in the weights', () => {
    const plain = valueAndGradient(createLoss('ce', schemaOf(3)), logits, { labels }).value;
    const weighted = (weight: number): number =>
      valueAndGradient(loss, logits, { labels, weights: tf.fill([1, 2, 2], weight) }).value;
    expect(weighted(1)).toBeCloseTo(plain, 6);
    expect(weighted(3)).toBeCloseTo(3 * plain, 5);
  });
});

describe('sum', () => {
  const sumOf = (...parts: Spec<'loss'>[]): Spec<'loss'> => ({
    name: 'sum',
    losses: parts.map((loss) => ({ loss })),
  });

  it('adds values times weights', () => {
    const value = (spec: Spec<'loss'>): number =>
      valueAndGradient(createLoss(spec, schemaOf(3)), logits, { labels }).value;
    const spec: Spec<'loss'> = {
      name: 'sum',
      losses: [{ weight: 0.25, loss: 'ce' }, { weight: 2, loss: 'jaccard' }, { loss: 'focal' }],
    };
    const expected = 0.25 * value('ce') + 2 * value('jaccard') + value('focal');
    expect(value(spec)).toBeCloseTo(expected, 5);
  });

  it('refuses parts that read different logits, naming them', () => {
    const make = (): unknown => createLoss(sumOf('ce', 'bce'), schemaOf(2));
    expect(make).toThrow(ConfigError);
    expect(make).toThrow('"ce" reads 2 softmax channels and "bce" reads 1 sigmoid channels');
  });

  it('takes a weight map from one part, and from no more than one', () => {
    expect('weightMap' in createLoss(sumOf('ce', 'dice'), schemaOf(2))).toBe(false);
    const loss = createLoss(sumOf('dice', 'weighted-border-ce'), schemaOf(2));
    const row = { height: 1, width: 3, channels: 1, data: Int32Array.of(1, 0, 1) };
    // d1 = d2 = 1: 10 * exp(-4 / 50) = 9.231163, plus class balance 3 / (2 * 1).
    expect(loss.weightMap?.(row).data[1]).toBeCloseTo(1.5 + 9.231163, 5);
    const both = sumOf('weighted-border-ce', { name: 'weighted-border-ce', sigma: 2 });
    expect(() => createLoss(both, schemaOf(2))).toThrow('at most one loss that makes a weight map');
  });

  it('nests', () => {
    const inner = sumOf('ce', 'dice');
    const plain = valueAndGradient(createLoss(inner, schemaOf(3)), logits, { labels });
    const nested = valueAndGradient(createLoss(sumOf(inner), schemaOf(3)), logits, { labels });
    expect(nested.value).toBeCloseTo(plain.value, 6);
  });

  it('needs a part', () => {
    expect(registry.spec('loss').safeParse({ name: 'sum', losses: [] }).success).toBe(false);
  });
});
