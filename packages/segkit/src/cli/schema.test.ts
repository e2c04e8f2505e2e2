import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { kinds, type JsonSchema } from '@segkit/core';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse as parseYaml } from 'yaml';
import { beforeAll, describe, expect, test } from 'vitest';

import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

/** Ajv knows no formats of its own; the patterns beside them say the same. */
const compile = (schema: JsonSchema): ValidateFunction =>
  new Ajv({ strictTypes: false, allErrors: true, validateFormats: false }).compile(schema);

async function schemaOf(...options: readonly string[]): Promise<JsonSchema> {
  const { code, out, err } = await segkit('schema', ...options);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as JsonSchema;
}

describe('of configs', () => {
  let schema: JsonSchema;
  let validate: ValidateFunction;
  beforeAll(async () => {
    schema = await schemaOf();
    validate = compile(schema);
  });

  test('accepts a whole config, in YAML and JSON, with a word to editors', () => {
    expect(validate({ $schema: './segkit.schema.json', ...tinyConfig })).toBe(true);
    const yaml = `
      # yaml-language-server: $schema=segkit.schema.json
      data:
        labels: { classes: [background, { name: cell, values: [255], color: [0, 255, 0] }] }
        train: { name: image-folder, root: data, range: [0, 24] }
        validation: null
      transforms: { train: [{ name: random-crop, size: 256 }, flip] }
      model:
        backbone: { name: resnet18, weights: imagenet }
        decoder: { name: unet, upsampler: { name: transposed, kernel: 'k2s2' }, merge: { name: concat, align: crop } }
      loss: { name: sum, losses: [{ loss: ce }, { loss: { name: dice, smooth: 1 }, weight: 0.5 }] }
      schedule: { name: step, every: 10 }
      train: { epochs: 3 }
      callbacks: [checkpoint, { name: webhook, url: 'https://example.org' }]
      plugins: [./mine.ts]`;
    expect(validate(parseYaml(yaml))).toBe(true);
  });

  test('accepts a config whose data set has labels of its own', () => {
    const data = { train: { name: 'camvid', root: 'camvid' } };
    expect([validate({ ...tinyConfig, data }), validate.errors]).toEqual([true, null]);
  });

  test('accepts every preset, shown or named', async () => {
    const { out } = await segkit('presets', '--json');
    for (const { name } of JSON.parse(out) as { readonly name: string }[]) {
      const shown = await segkit('presets', 'show', name);
      expect([name, validate(JSON.parse(shown.out)), validate.errors]).toEqual([name, true, null]);
      const train = { name: 'image-folder', root: 'data' };
      expect(validate({ preset: name, data: { train }, model: { center: 'identity' } })).toBe(true);
    }
  });

  test('accepts the stored config of a run', async () => {
    const folder = temporaryFolder({ 'segkit.config.json': JSON.stringify(tinyConfig) });
    const config = join(folder, 'segkit.config.json');
    const trained = await segkit('train', config, '--out', join(folder, 'runs'), '--quiet');
    expect(trained.code).toBe(0);
    const [run = ''] = readdirSync(join(folder, 'runs'));
    const stored = readFileSync(join(folder, 'runs', run, 'config.json'), 'utf8');
    expect([validate(JSON.parse(stored)), validate.errors]).toEqual([true, null]);
  });

  const { loss: _loss, ...withoutLoss } = tinyConfig;
  test.each<[string, object]>([
    ['an unknown section', { ...tinyConfig, trian: {} }],
    ['a missing section', withoutLoss],
    ['a missing part', { ...tinyConfig, model: { backbone: 'cbr' } }],
    ['an unknown component', { ...tinyConfig, loss: 'cross-entropy' }],
    ['an unknown option', { ...tinyConfig, loss: { name: 'ce', gamma: 2 } }],
    [
      'an option of the wrong type',
      { ...tinyConfig, optimizer: { name: 'adam', learningRate: '1e-3' } },
    ],
    ['an option out of range', { ...tinyConfig, train: { steps: 0 } }],
    [
      'a nested unknown component',
      { ...tinyConfig, model: { ...tinyConfig.model, decoder: { name: 'unet', merge: 'glue' } } },
    ],
    ['a component without its options', { ...tinyConfig, transforms: { train: ['mirror-pad'] } }],
    ['an unknown preset', { preset: 'unet-9', data: {} }],
    ['a wrong section beside a preset', { preset: 'unet-bn', model: { backbone: 7 } }],
  ])('refuses %s', (_, config) => {
    expect(validate(config)).toBe(false);
  });

  test('tells of every section, component and option', () => {
    const undescribed: string[] = [];
    const look = ({ properties = {} }: JsonSchema, path: string): void => {
      for (const [name, value] of Object.entries(properties)) {
        const property = value as JsonSchema;
        if (property.description === undefined) undescribed.push(`${path}.${name}`);
        if (property.type === 'object') look(property, `${path}.${name}`);
      }
    };
    look(schema, 'config');
    for (const kind of kinds) {
      const definition = (schema.definitions as Record<string, JsonSchema> | undefined)?.[kind];
      for (const alternative of definition?.anyOf ?? []) {
        if (typeof alternative === 'object') look(alternative, kind);
      }
    }
    expect(undescribed).toEqual([]);
  });

  test('knows the components of --plugin', async () => {
    const plugin = `
      import * as z from 'zod';
      export const mine = { kind: 'loss', name: 'mine', description: 'Of a test.', source: undefined,
        schema: () => z.strictObject({ sharpness: z.number().describe('How sharp.').default(1) }),
        create: () => { throw new Error('not made'); } };`;
    const folder = temporaryFolder({ 'mine.mjs': plugin });
    const path = join(folder, 'mine.mjs');
    const other = compile(await schemaOf('--plugin', path));
    const config = { ...tinyConfig, loss: { name: 'mine', sharpness: 2 } };
    expect([other(config), validate(config)]).toEqual([true, false]);
    expect(other({ ...tinyConfig, loss: { name: 'mine', sharpness: 'very' } })).toBe(false);
  });

  test('goes into a file with --out', async () => {
    const file = join(temporaryFolder({}), 'deep', 'segkit.schema.json');
    const { code, out, err } = await segkit('schema', '--out', file);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: `${file} written\n` });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema);
  });

  test('says when the file cannot be written', async () => {
    const folder = temporaryFolder({ taken: '' });
    const { code, err } = await segkit('schema', '--out', join(folder, 'taken', 'x.json'));
    expect(code).toBe(2);
    expect(err).toMatch(/--out .*x\.json: cannot be written/);
  });
});

test('of events: accepts every line of a run, refuses others', async () => {
  const validate = compile(await schemaOf('--events'));
  const callbacks = ['checkpoint', 'jsonl-log', { name: 'system-stats', every: 0 }];
  const config = JSON.stringify({ ...tinyConfig, callbacks });
  const folder = temporaryFolder({ 'segkit.config.json': config });
  const runs = join(folder, 'runs');
  await segkit('train', join(folder, 'segkit.config.json'), '--out', runs, '--quiet');
  const [run = ''] = readdirSync(runs);
  const lines = readFileSync(join(runs, run, 'events.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  const events = lines.map((line) => JSON.parse(line) as { readonly type: string });
  expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThanOrEqual(7);
  for (const event of events) expect([event, validate(event)]).toEqual([event, true]);
  expect(validate({ ...events[0], type: 'run-begin' })).toBe(false);
  expect(validate({ ...events[0], seed: 'one' })).toBe(false);
});
