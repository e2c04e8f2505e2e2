// What a stranger does: install the packed packages into an empty folder, compile with `tsc --strict`, run.
import { readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { buildIfStale, packAll, root, runCommand } from './packed.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-consumer-'));
  await buildIfStale();
  const tarballs = join(folder, 'tarballs');
  await mkdir(tarballs);
  const packages = await packAll(tarballs);
  const dependencies = Object.fromEntries(
    [...packages].map(([name, path]) => [name, `file:${path}`] as const),
  );
  const manifest = {
    name: 'a-stranger',
    private: true,
    type: 'module',
    dependencies: { ...dependencies, '@tensorflow/tfjs-core': '^4.22.0', zod: '^4.6.0' },
    devDependencies: { '@types/node': '^20.19.0', typescript: '5.9.3' },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  await cp(join(root, 'test', 'consumer'), folder, { recursive: true });
  await runCommand('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], folder);
}, 600_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('own plugins compile under tsc --strict, typos are compile errors, and the program trains', async () => {
  await runCommand('npx', ['tsc', '-p', '.'], folder);
  const output = await runCommand('node', ['out/app.js'], folder);
  expect(output).toMatch(/^engine /m);
  expect(output.match(/^step \d loss [\d.]+$/gm)).toHaveLength(2);
  expect(output).toMatch(/^meanIoU 0\.\d+$/m);
  expect(output.trimEnd().endsWith('done')).toBe(true);
}, 300_000);

test('the command is installed and works', async () => {
  const version = await runCommand('npx', ['segkit', '--version'], folder);
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
  const plugins = JSON.parse(
    await runCommand('npx', ['segkit', 'plugins', '--json'], folder),
  ) as unknown;
  expect(JSON.stringify(plugins)).toContain('"resnet18"');
}, 120_000);

test('a TypeScript config with a plugin of its own trains, evaluates and predicts', async () => {
  const segkit = (...args: string[]) => runCommand('npx', ['segkit', ...args], folder);
  const trained = JSON.parse(
    await segkit('train', 'segkit.config.ts', '--json', '--quiet'),
  ) as unknown;
  expect(trained).toMatchObject({ steps: 2, reason: 'completed' });
  const evaluated = JSON.parse(await segkit('evaluate', 'runs/stranger', '--json')) as unknown;
  expect(evaluated).toMatchObject({
    images: 2,
    classes: [{ name: 'background' }, { name: 'cell' }],
  });
  const image = { create: { width: 30, height: 21, channels: 3, background: 'gray' } } as const;
  await sharp(image).png().toFile(join(folder, 'photo.png'));
  await segkit('predict', 'runs/stranger', 'photo.png', '--out', 'maps', '--overlay');
  expect(readdirSync(join(folder, 'maps'))).toEqual(['photo-overlay.png', 'photo.png']);
}, 120_000);
