import { join } from 'node:path';

import { ConfigError, defineSchedule } from '@segkit/core';
import { expect, test } from 'vitest';
import * as z from 'zod';

import { loadPlugins } from './load-plugins.js';
import { temporaryFolder } from './temporary-folder.test-support.js';

/** Source of a module that needs no import. */
const pluginSource = (name: string, declaration = 'export const plugin ='): string =>
  `${declaration} { kind: 'loss', name: '${name}', description: '', schema: () => ({}), create: () => ({}) };`;

const namesOf = async (entries: readonly unknown[], folder: string): Promise<string[]> =>
  [...(await loadPlugins(entries, folder)).values()].map(({ name }) => name);

const mine = defineSchedule({
  name: 'mine',
  description: 'Of this test.',
  options: z.strictObject({}),
  create: () => ({ factor: () => 1 }),
});

test('takes plugins as they are, each once', async () => {
  expect([...(await loadPlugins([mine, mine], '/')).values()]).toEqual([mine]);
});

test('takes every plugin that a module exports, alone or in arrays', async () => {
  const folder = temporaryFolder({
    'parts/mine.ts': `${pluginSource('a')}\n${pluginSource('b', 'const b: object =')}
export const all = [plugin, b];\nexport const width: number = 3;\nexport default b;`,
  });
  expect(await namesOf(['./parts/mine.ts', 'parts/mine.ts'], folder)).toEqual(
    expect.arrayContaining(['a', 'b']),
  );
  expect(await namesOf(['./parts/mine.ts'], folder)).toHaveLength(2);
  expect(await namesOf([join(folder, 'parts/mine.ts')], '/')).toHaveLength(2);
});

test('finds packages where the config lies', async () => {
  const folder = temporaryFolder({
    'node_modules/my-parts/package.json': '{ "type": "module", "exports": "./parts.js" }',
    'node_modules/my-parts/parts.js': pluginSource('packaged'),
  });
  expect(await namesOf(['my-parts'], folder)).toEqual(['packaged']);
});

test.each([
  [{}, /expected a plugin or the name of a module, received object/],
  [3, /expected a plugin or the name of a module, received number/],
  ['./missing.js', /missing\.js: cannot be loaded/],
  ['no-such-package', /the module "no-such-package" cannot be loaded .* give a path that starts/s],
  ['./empty.js', /the module "\.\/empty\.js" exports no plugin/],
  ['./broken.js', /broken\.js: cannot be loaded \(on purpose\)/],
])('%j is a ConfigError', async (entry, message) => {
  const folder = temporaryFolder({
    'empty.js': 'export const nothing = { kind: "loss" };',
    'broken.js': 'throw new Error("on purpose");',
  });
  const loading = loadPlugins([entry], folder);
  await expect(loading).rejects.toThrow(message);
  await expect(loading).rejects.toBeInstanceOf(ConfigError);
});
