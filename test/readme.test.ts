// What the README says is checked against what there is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { transformSync } from 'esbuild';
import { createApp, firstParty, kinds, silentLogger, type ConfigInput } from 'segkit';
import { expect, test } from 'vitest';

import { root } from './packed.js';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const app = createApp({ plugins: firstParty, logger: silentLogger });

const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

/** What stands for the package in a snippet that is evaluated. */
const definitions =
  'const defineConfig = (config) => config; const fromPreset = (preset, changes) => ({ preset, ...changes });';

/** Evaluates a snippet's default export, a config. */
async function configOf(snippet: string): Promise<ConfigInput> {
  const code = `${definitions}\n${snippet.replace(/^import .*$/m, '')}`;
  const { code: script } = transformSync(code, { loader: 'ts', format: 'esm' });
  const url = `data:text/javascript,${encodeURIComponent(script)}`;
  const loaded = (await import(/* @vite-ignore */ url)) as { readonly default: ConfigInput };
  return loaded.default;
}

test('the first config is valid', async () => {
  const snippet = blocks.find((block) => block.includes('defineConfig('));
  expect(snippet).toBeDefined();
  const config = app.parseConfig(await configOf(snippet ?? ''));
  expect(config.model.backbone).toMatchObject({ name: 'cbr', width: 16 });
});

test('the config that starts from a preset is valid', async () => {
  const snippet = blocks.find((block) => block.includes('fromPreset(')) ?? '';
  const config = app.parseConfig(await configOf(snippet));
  expect(config.model.decoder).toMatchObject({ upsampler: { name: 'bilinear' } });
  expect(config.name).toBe('unet-bn');
});

test.each(kinds)('the table of parts names every %s', (kind) => {
  const isRow = (line: string) => line.split('|')[1]?.trim() === rowNames[kind];
  const row = readme.split('\n').find(isRow) ?? '';
  for (const { name } of app.registry.list(kind)) expect(row).toContain(`\`${name}\``);
});

const rowNames: Record<(typeof kinds)[number], string> = {
  engine: 'engine',
  dataset: 'data set',
  transform: 'transform',
  backbone: 'backbone',
  weights: 'weights',
  center: 'centre',
  decoder: 'decoder',
  upsampler: 'upsampler',
  merge: 'merge',
  head: 'head',
  loss: 'loss',
  metric: 'metric',
  optimizer: 'optimizer',
  schedule: 'schedule',
  callback: 'callback',
};
