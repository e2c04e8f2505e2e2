import { expect, test } from 'vitest';

import type { Dataset } from '../components/dataset.js';
import { ConfigError } from '../errors.js';
import { tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';
import { foldOf } from './fold-dataset.js';

const numbers: Dataset = {
  length: 11,
  channels: 1,
  prepare: () => Promise.resolve(),
  load: (index) =>
    Promise.resolve({
      id: String(index),
      image: { height: 1, width: 1, channels: 1, data: Float32Array.of(0) },
    }),
};

async function idsOf(dataset: Dataset): Promise<string[]> {
  const places = Array.from({ length: dataset.length }, (_, i) => i);
  const samples = await Promise.all(places.map((place) => dataset.load(place)));
  return samples.map(({ id }) => id);
}

const everything = Array.from({ length: 11 }, (_, i) => String(i)).sort();

test('folds share no sample and cover all; the others are trained on', async () => {
  const seen: string[] = [];
  for (let index = 1; index <= 3; index++) {
    const fold = { index, of: 3, seed: 0 };
    const held = await idsOf(foldOf(numbers, fold, 'validation'));
    const rest = await idsOf(foldOf(numbers, fold, 'train'));
    expect([...held, ...rest].sort()).toEqual(everything);
    // 11 = 4 + 4 + 3
    expect(held.length).toBe(index === 3 ? 3 : 4);
    seen.push(...held);
  }
  expect(seen.sort()).toEqual(everything);
});

test('parts and bytes are those of the same samples', async () => {
  const fold = { index: 2, of: 3, seed: 0 };
  const size = { height: 1, width: 1 };
  const all: Dataset = {
    ...numbers,
    largeSize: (index) => Promise.resolve({ ...size, width: index }),
    loadRegion: (index) => numbers.load(index),
    decode: async (index) => {
      const stored = await numbers.load(index);
      return { stored, convert: () => stored };
    },
  };
  const held = foldOf(all, fold, 'validation');
  const ids = await idsOf(held);
  for (const [place, id] of ids.entries()) {
    expect(await held.largeSize?.(place)).toEqual({ height: 1, width: Number(id) });
    const region = await held.loadRegion?.(place, { top: 0, left: 0, ...size });
    expect(region?.id).toBe(id);
    expect((await held.decode?.(place))?.stored.id).toBe(id);
  }
  expect(foldOf(numbers, fold, 'validation')).not.toHaveProperty('decode');
});

test('are a matter of their seed', async () => {
  const held = (seed: number) => idsOf(foldOf(numbers, { index: 1, of: 3, seed }, 'validation'));
  expect(await held(1)).toEqual(await held(1));
  expect(await held(1)).not.toEqual(await held(0));
});

test('there are no more folds than samples, and none beyond the last', () => {
  expect(() => foldOf(numbers, { index: 1, of: 12, seed: 0 }, 'train')).toThrow(ConfigError);
  const { parseConfig } = tinyApp();
  const { data } = tinyConfig() as { data: object };
  const config = tinyConfig({ data: { ...data, fold: { index: 4, of: 3 } } });
  expect(() => parseConfig(config)).toThrow(/data\.fold\.index: expected an index from 1 to "of"/);
});
