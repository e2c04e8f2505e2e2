import {
  ConfigError,
  createApp,
  ShapeError,
  silentLogger,
  type Merge,
  type Spec,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { merges } from '../plugins.js';

const { registry } = createApp({ plugins: merges, logger: silentLogger });

function merge(spec: Spec<'merge'>): Merge {
  const resolved = registry.spec('merge').parse(spec);
  return registry.create('merge', resolved, {}, { path: 'model.decoder.merge' });
}

/** A single-channel map of these rows. */
function map(rows: readonly (readonly number[])[]): tf.Tensor4D {
  return tf.tensor4d(rows.flat(), [1, rows.length, rows[0]!.length, 1]);
}

/** What a merge makes of single-channel maps: rows of one channel each. */
function channels(spec: Spec<'merge'>, skip: tf.Tensor4D, up: tf.Tensor4D): number[][][] {
  const result = tf.tidy(() => merge(spec).forward(skip, up));
  const byChannel = tf.tidy(() => tf.transpose<tf.Tensor4D>(result, [0, 3, 1, 2]).arraySync());
  result.dispose();
  return byChannel[0]!;
}

const skip3 = map([
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
]);
const up2 = map([
  [10, 20],
  [30, 40],
]);
const up4 = map([
  [1, 2, 3, 4],
  [5, 6, 7, 8],
  [9, 10, 11, 12],
  [13, 14, 15, 16],
]);

describe('merges', () => {
  it('concatenates in the order asked for', () => {
    const skip = map([[1, 2]]);
    const up = map([[3, 4]]);
    expect(channels('concat', skip, up)).toEqual([[[1, 2]], [[3, 4]]]);
    expect(channels({ name: 'concat', order: 'up-first' }, skip, up)).toEqual([[[3, 4]], [[1, 2]]]);
    expect(merge('concat').outChannels(3, 5)).toBe(8);
  });

  it('adds equal channels and refuses others', () => {
    expect(channels('add', map([[1, 2]]), map([[3, 4]]))).toEqual([[[4, 6]]]);
    expect(merge('add').outChannels(3, 3)).toBe(3);
    expect(() => merge('add').outChannels(3, 5)).toThrow(ConfigError);
    expect(() => merge('add').outChannels(3, 5)).toThrow(
      'model.decoder.merge (add): the skip has 3 channels, the upsampled map 5',
    );
  });

  it('ignores the skip but for its size', () => {
    expect(channels('none', map([[1, 2]]), map([[3, 4]]))).toEqual([[[3, 4]]]);
    expect(channels({ name: 'none', align: 'pad' }, skip3, up2)[0]).toEqual([
      [10, 20, 0],
      [30, 40, 0],
      [0, 0, 0],
    ]);
    expect(merge('none').outChannels(3, 5)).toBe(5);
    expect(() => merge('none').forward(skip3, up2)).toThrow(
      'model.decoder.merge (none): the skip is 3x3',
    );
  });

  it('refuses different sizes by default and says what helps', () => {
    const sizes = [
      { height: 161, width: 160 },
      { height: 160, width: 160 },
    ] as const;
    expect(() => merge('concat').outputSize(...sizes)).toThrow(ShapeError);
    expect(() => merge('concat').outputSize(...sizes)).toThrow(
      'model.decoder.merge (concat): the skip is 161x160, the upsampled map is 160x160; set align to "resize" or "pad"',
    );
    expect(() => merge('add').forward(skip3, up2)).toThrow(ShapeError);
  });

  it('crops the larger map around its middle, an odd surplus at the end', () => {
    expect(channels({ name: 'concat', align: 'crop' }, skip3, up2)).toEqual([
      [
        [1, 2],
        [4, 5],
      ],
      [
        [10, 20],
        [30, 40],
      ],
    ]);
    // 4 -> 2 leaves rows and columns 1 and 2.
    expect(channels({ name: 'concat', align: 'crop' }, up2, up4)[1]).toEqual([
      [6, 7],
      [10, 11],
    ]);
    // A smaller height meets a smaller width: both maps are cropped, to 1x2.
    const wide = map([[1, 2, 3, 4]]);
    expect(channels({ name: 'add', align: 'crop' }, wide, up2)).toEqual([[[2 + 10, 3 + 20]]]);
  });

  it('pads the upsampled map with zeros, an odd shortfall at the end, and crops what is too large', () => {
    expect(channels({ name: 'concat', align: 'pad' }, skip3, up2)[1]).toEqual([
      [10, 20, 0],
      [30, 40, 0],
      [0, 0, 0],
    ]);
    expect(channels({ name: 'concat', align: 'pad' }, up4, up2)[1]).toEqual([
      [0, 0, 0, 0],
      [0, 10, 20, 0],
      [0, 30, 40, 0],
      [0, 0, 0, 0],
    ]);
    expect(channels({ name: 'concat', align: 'pad' }, skip3, up4)[1]).toEqual([
      [1, 2, 3],
      [5, 6, 7],
      [9, 10, 11],
    ]);
  });

  // Pixel centres of 3 in 2: (i + 0.5) * 2 / 3 - 0.5 = -1/6 (the first), 1/2 (the middle), 7/6 (the last).
  it('resizes the upsampled map bilinearly', () => {
    expect(channels({ name: 'add', align: 'resize' }, skip3, up2)[0]!.flat()).toBeAllClose([
      1 + 10,
      2 + 15,
      3 + 20,
      4 + 20,
      5 + 25,
      6 + 30,
      7 + 30,
      8 + 35,
      9 + 40,
    ]);
  });

  it.each(['crop', 'pad', 'resize'] as const)('%s announces the real size', (align) => {
    for (const [skip, up] of [
      [skip3, up2],
      [up2, skip3],
      [map([[1, 2, 3]]), up2],
    ] as const) {
      const sizeOf = (x: tf.Tensor4D) => ({ height: x.shape[1], width: x.shape[2] });
      for (const name of ['concat', 'add', 'none'] as const) {
        const merged = merge({ name, align });
        tf.tidy(() => {
          const result = merged.forward(skip, up);
          expect(sizeOf(result)).toEqual(merged.outputSize(sizeOf(skip), sizeOf(up)));
        });
      }
    }
  });
});
