import { expect, test } from 'vitest';

import { ConfigError, DuplicateComponentError, UnknownComponentError } from '../errors.js';
import { expandPreset } from './expand-preset.js';
import { PresetCatalog } from './preset-catalog.js';
import type { Preset } from './preset.js';

const base = {
  kind: 'preset',
  name: 'base',
  description: 'For tests.',
  source: 'https://example.org',
  channels: 1,
  size: { height: 8, width: 8 },
  config: {
    data: { labels: { classes: ['a', 'b'] } },
    model: { backbone: 'x', decoder: 'y', head: 'z' },
    loss: 'ce',
    optimizer: { name: 'sgd', momentum: 0.9 },
    train: { epochs: 5, batchSize: 4 },
  },
} as unknown as Preset;

const catalog = new PresetCatalog();
catalog.add(base);

test('a config without a preset stays as it is', () => {
  const config = { model: 1 };
  expect(expandPreset(catalog, config)).toBe(config);
  expect(expandPreset(catalog, null)).toBe(null);
});

test('sections are merged key by key, components are replaced whole', () => {
  const config = {
    preset: 'base',
    data: { train: 'cells' },
    model: { decoder: { name: 'other' } },
    optimizer: { name: 'adam' },
    train: { batchSize: 1 },
  };
  expect(expandPreset(catalog, config)).toEqual({
    name: 'base',
    data: { labels: { classes: ['a', 'b'] }, train: 'cells' },
    model: { backbone: 'x', decoder: { name: 'other' }, head: 'z' },
    loss: 'ce',
    optimizer: { name: 'adam' },
    train: { epochs: 5, batchSize: 1 },
  });
});

test('steps take the place of epochs', () => {
  const config = { preset: 'base', name: 'mine', data: {}, train: { steps: 7 } };
  expect(expandPreset(catalog, config)).toMatchObject({ name: 'mine' });
  expect(expandPreset(catalog, config)).toHaveProperty('train', { steps: 7, batchSize: 4 });
});

test('a key __proto__ stays a key, for the parser to refuse', () => {
  const config: unknown = JSON.parse('{"preset":"base","__proto__":{"seed":5}}');
  const expanded = expandPreset(catalog, config) as object;
  expect(Object.hasOwn(expanded, '__proto__')).toBe(true);
  expect(Object.getPrototypeOf(expanded)).toBe(Object.prototype);
});

test('wrong names', () => {
  expect(() => expandPreset(catalog, { preset: 'bases' })).toThrow(UnknownComponentError);
  expect(() => expandPreset(catalog, { preset: 'bases' })).toThrow(/nearest first: base\./);
  expect(() => expandPreset(new PresetCatalog(), { preset: 'base' })).toThrow(/pass presets/);
  expect(() => expandPreset(catalog, { preset: 3 })).toThrow(ConfigError);
  expect(() => {
    catalog.add(base);
  }).toThrow(DuplicateComponentError);
});
