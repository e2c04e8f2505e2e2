import { join } from 'node:path';

import { expect, test } from 'vitest';

import { version } from '../../package.json';
import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

test('--version', async () => {
  expect(await segkit('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test.each([[], ['train'], ['evaluate'], ['predict'], ['summary'], ['plugins'], ['doctor']])(
  '%s --help shows an example',
  async (...command) => {
    const { code, out, err } = await segkit(...command, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`$ segkit ${command[0] ?? 'train'}`);
  },
);

test.each([
  [[], /Usage: segkit/],
  [['trian'], /unknown command 'trian'\n\(Did you mean train\?\)/],
  [['train'], /missing required argument 'config', or --resume/],
  [['train', 'c.json', '--sede', '1'], /unknown option '--sede'\n\(Did you mean --seed\?\)/],
  [['train', 'c.json', '--seed', 'x'], /argument 'x' is invalid\. Expected an integer/],
  [['evaluate', 'r', '--split', 'all'], /Allowed choices are validation, test, train/],
  [['predict', 'r', 'images'], /required option '--out <folder>' not specified/],
  [['summary', 'c.json', '--size', '512'], /Expected height and width, as in 512x512/],
  [['train', 'no-such.json'], /^error: .*no-such\.json: cannot be read \(ENOENT/],
  [['train', 'c.json', '--set', 'seed'], /^error: --set: expected path=value/],
])('%j is wrong usage: exit code 2', async (argv, message) => {
  const { code, out, err } = await segkit(...argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
});

test('a config that names an unknown part: exit code 2, the nearest names, and no stack', async () => {
  const config = { ...tinyConfig, model: { backbone: 'resnet81', decoder: 'unet' } };
  const folder = temporaryFolder({ 'c.json': JSON.stringify(config) });
  const { code, err } = await segkit('summary', join(folder, 'c.json'));
  expect(code).toBe(2);
  expect(err).toMatch(
    /^error: the config is wrong:\n {2}model\.backbone: unknown backbone "resnet81"; registered, nearest first: resnet18,/,
  );
  expect(err).not.toContain('    at ');
});

test.each([
  ['no data', '{ "preset": "unet-bn", "data": null }', /data: expected object, received null/],
  [
    'a preset that is no text',
    '{ "preset": 7, "data": {} }',
    /preset: expected the name of a preset/,
  ],
  [
    'a hidden key',
    '{ "preset": "unet-bn", "data": { "train": 1 }, "__proto__": { "seed": 5 } }',
    /__proto__: no config key/,
  ],
])('a config with %s: exit code 2 and what is wrong', async (_, text, message) => {
  const folder = temporaryFolder({ 'c.json': text });
  const { code, err } = await segkit('train', join(folder, 'c.json'), '--out', folder);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test('a YAML config that contains itself: exit code 2', async () => {
  const folder = temporaryFolder({ 'c.yaml': 'train: &a [*a, *a]' });
  const { code, err } = await segkit('train', join(folder, 'c.yaml'), '--out', folder);
  expect(code).toBe(2);
  expect(err).toMatch(/train\.0\.0.*does the config contain itself/);
});

test('a folder that is no run: exit code 1', async () => {
  const { code, err } = await segkit('evaluate', temporaryFolder());
  expect(code).toBe(1);
  expect(err).toMatch(/^error: .*: is no run of segkit/);
});

test('SEGKIT_DEBUG=1 shows where an error comes from', async () => {
  process.env.SEGKIT_DEBUG = '1';
  try {
    const { err } = await segkit('train', 'no-such.json');
    expect(err).toMatch(/ConfigError: .*no-such\.json[\s\S]*\n {4}at /);
  } finally {
    delete process.env.SEGKIT_DEBUG;
  }
});
