import { basename, dirname, join } from 'node:path';

import { ConfigError } from '@segkit/core';
import { expect, test } from 'vitest';

import { loadConfig } from './load-config.js';
import { temporaryFolder } from './temporary-folder.test-support.js';

test.each([
  ['segkit.config.ts', 'const steps: number = 3;\nexport default { name: "n", train: { steps } };'],
  [
    'segkit.config.mts',
    'const steps: number = 3;\nexport default { name: "n", train: { steps } };',
  ],
  ['segkit.config.js', 'export default { name: "n", train: { steps: 3 } };'],
  ['segkit.config.mjs', 'export default { name: "n", train: { steps: 3 } };'],
  ['segkit.config.cjs', 'module.exports = { name: "n", train: { steps: 3 } };'],
  ['segkit.config.json', '{ "name": "n", "train": { "steps": 3 } }'],
  ['schema.json', '{ "$schema": "s.json", "name": "n", "train": { "steps": 3 } }'],
  ['segkit.config.yaml', 'name: n\ntrain:\n  steps: 3\n'],
  ['segkit.config.yml', 'name: n\ntrain: { steps: 3 }\n'],
])('%s', async (name, text) => {
  const file = join(temporaryFolder({ [name]: text }), name);
  expect(await loadConfig(file)).toEqual({
    file,
    baseFolder: dirname(file),
    config: { name: 'n', train: { steps: 3 } },
  });
});

test("a config without a name is named after its file's folder", async () => {
  const folder = temporaryFolder({ 'c.json': '{}' });
  const { config } = await loadConfig(join(folder, 'c.json'));
  expect(config.name).toBe(basename(folder));
});

test.each([
  ['missing.ts', undefined, /missing\.ts: cannot be read \(ENOENT/],
  ['missing.json', undefined, /missing\.json: cannot be read \(ENOENT/],
  ['broken.json', '{ "a": ', /broken\.json: cannot be parsed \(/],
  ['broken.yaml', 'a: [1, 2', /broken\.yaml: cannot be parsed \(/],
  ['tag.yaml', 'a: !!js/function "x"', /tag\.yaml: cannot be parsed \(Unresolved tag/],
  ['key.yaml', '[a, b]: 1', /key\.yaml: cannot be parsed \(/],
  ['two.yaml', 'a: 1\n---\nb: 2', /two\.yaml: cannot be parsed \(Source contains multiple/],
  ['throws.js', 'throw new Error("no data");', /throws\.js: cannot be loaded \(no data\)/],
  [
    'named.mjs',
    'export const config = {};',
    /expected a config object, received nothing; export it/,
  ],
  ['array.json', '[]', /expected a config object, received an array/],
  ['empty.yaml', '', /expected a config object, received null/],
  ['text.yaml', 'hello', /expected a config object, received a string/],
  ['config.toml', 'a = 1', /expected a config ending in \.ts, \.js/],
])('%s is a ConfigError', async (name, text, message) => {
  const folder = temporaryFolder(text === undefined ? {} : { [name]: text });
  const loading = loadConfig(join(folder, name));
  await expect(loading).rejects.toThrow(message);
  await expect(loading).rejects.toBeInstanceOf(ConfigError);
});
