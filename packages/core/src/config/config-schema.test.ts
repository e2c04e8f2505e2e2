import { expect, test } from 'vitest';
import * as z from 'zod';

import type { LabelsInput } from '../components/labels-input.js';
import { ConfigError } from '../errors.js';
import { defineDataset } from '../registry/plugin.js';
import { tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';
import { parseLabels } from './config-schema.js';
import { vocColor } from './label-schema.js';

const parse = (overrides: Record<string, unknown> = {}) =>
  tinyApp().parseConfig(tinyConfig(overrides));

function issuesOf(overrides: Record<string, unknown>): string[] {
  try {
    parse(overrides);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.issues.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

test('fills in every default and parses its own output again', () => {
  const config = parse();
  expect(config.optimizer).toMatchObject({ name: 'adam', learningRate: 0.001 });
  expect(config.model.center).toEqual({ name: 'identity' });
  expect(config.model.backbone).toEqual({ name: 'tiny', width: 4, padding: 1 });
  expect(config.data.labels.classes[1]).toEqual({
    name: 'bright',
    color: [128, 0, 0],
    values: [1],
  });
  expect(config.data.labels.ignoreValues).toEqual([255]);
  const stored = JSON.parse(JSON.stringify(config)) as never;
  expect(tinyApp().parseConfig(stored)).toEqual(config);
});

test('names path, expectation and value of a wrong option', () => {
  const model = { backbone: { name: 'tiny', width: -3 }, decoder: 'last' };
  expect(issuesOf({ model })).toEqual(['model.backbone.width: expected number > 0, received -3']);
});

test('names unknown keys at the top, in a section and in options, with the nearest known one', () => {
  expect(issuesOf({ los: 'ce' })[0]).toMatch(
    /^config: unknown key "los"; known, nearest first: loss, /,
  );
  expect(issuesOf({ train: { steps: 1, batchsize: 2 } })[0]).toMatch(
    /^train: unknown key "batchsize"; known, nearest first: batchSize, /,
  );
  const model = { backbone: { name: 'tiny', widht: 3 }, decoder: 'last' };
  expect(issuesOf({ model })).toEqual([
    'model.backbone: unknown key "widht"; known, nearest first: width, padding',
  ]);
});

test('names an unknown component with its place', () => {
  expect(issuesOf({ optimizer: 'adamm' })[0]).toMatch(
    /^optimizer: unknown optimizer "adamm"; registered, nearest first: adam, /,
  );
});

test('reports several mistakes at once', () => {
  expect(issuesOf({ seed: 1.5, train: { steps: 0 } })).toHaveLength(2);
});

test('wants either steps or epochs', () => {
  expect(issuesOf({ train: {} })).toEqual([
    'train: expected either "steps" or "epochs", and not both',
  ]);
  expect(issuesOf({ train: { steps: 1, epochs: 1 } })).toHaveLength(1);
});

test('a component spec must be a name or an object with one', () => {
  expect(issuesOf({ loss: 3 })[0]).toMatch(
    /^loss: expected the name of a loss or \{ name, …options \}/,
  );
});

test('labels: values, names and ignoreIndex must not collide', () => {
  const labels = (value: unknown) => ({
    data: { labels: value, train: 'two-tone' },
  });
  expect(issuesOf(labels({ classes: ['a', { name: 'b', values: [0] }] }))[0]).toMatch(
    /mask value 0 belongs to both "a" and "b"/,
  );
  expect(issuesOf(labels({ classes: ['a', 'a'] }))[0]).toMatch(/two classes are named "a"/);
  expect(issuesOf(labels({ classes: ['a', 'b'], ignoreIndex: 1 }))[0]).toMatch(/no class index/);
  const mapped = parse(labels({ classes: ['a', { name: 'b', values: [255] }] }));
  expect(mapped.data.labels.ignoreValues).toEqual([]);
});

test('a class to ignore gets no index; its values become ignoreIndex', () => {
  const classes = [{ name: 'void', ignore: true, values: [0, 9] }, 'road', { name: 'car', id: 26 }];
  const labels = parseLabels({ classes, ignored: [{ name: 'ego', values: [30] }] });
  expect(labels).toEqual({
    // Positions 1 and 2 are in files what the indices 0 and 1 are here.
    classes: [
      { name: 'road', id: 1, color: vocColor(1), values: [1] },
      { name: 'car', id: 26, color: vocColor(26), values: [26] },
    ],
    ignored: [
      { name: 'void', color: vocColor(0), values: [0, 9] },
      { name: 'ego', color: vocColor(3), values: [30] },
    ],
    ignoreIndex: 255,
    ignoreValues: [255, 0, 9, 30],
  });
  expect(parseLabels(labels)).toEqual(labels);
});

test('labels: ids must not collide, and a class must be left', () => {
  const wrong = (labels: LabelsInput) => () => parseLabels(labels);
  expect(wrong({ classes: [{ name: 'a', id: 1, values: [5] }, 'b'] })).toThrow(
    /labels\.classes: two classes have the id 1/,
  );
  expect(wrong({ classes: [{ name: 'a', ignore: true }] })).toThrow(/a class that is not ignored/);
  expect(wrong({ classes: [{ name: 'a', id: 256 }] })).toThrow(/id: expected .* 255, received 256/);
  expect(wrong({ classes: ['a', 'b'], ignored: [{ name: 'c', values: [1] }] })).toThrow(
    /mask value 1 belongs to both "b" and "c"/,
  );
});

test('labels that are left out are those of the training set, if it has any', () => {
  const street = defineDataset({
    name: 'street',
    description: 'Has classes of its own.',
    labels: { classes: ['road', { name: 'void', ignore: true }] },
    options: z.strictObject({}),
    create: () => expect.unreachable('parsing makes nothing'),
  });
  const app = tinyApp(street);
  for (const train of ['street', { name: 'street' }]) {
    const { data } = app.parseConfig(tinyConfig({ data: { train } }));
    expect(data.labels).toMatchObject({ classes: [{ name: 'road' }], ignored: [{ name: 'void' }] });
  }
  const own = tinyConfig({ data: { train: 'street', labels: { classes: ['a'] } } });
  expect(app.parseConfig(own).data.labels.classes[0]?.name).toBe('a');
  expect(issuesOf({ data: { train: 'two-tone' } })[0]).toMatch(/^data\.labels: expected/);
});

test('the engine is found by name, by options, or automatically', () => {
  expect(parse({ engine: 'auto' }).engine).toBeNull();
  expect(parse({ engine: 'cpu' }).engine).toEqual({ name: 'cpu' });
  expect(issuesOf({ engine: 'cpuu' })[0]).toMatch(/^engine: unknown engine "cpuu"/);
});

test('VOC colours are those of the published table', () => {
  // First classes of the palette in VOCdevkit: background, aeroplane, bicycle, bird, …, person (15), 255 (border).
  expect([0, 1, 2, 3, 15, 255].map(vocColor)).toEqual([
    [0, 0, 0],
    [128, 0, 0],
    [0, 128, 0],
    [128, 128, 0],
    [192, 128, 128],
    [224, 224, 192],
  ]);
});
