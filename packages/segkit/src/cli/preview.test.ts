import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createApp, readImage } from 'segkit';
import { expect, test } from 'vitest';

import { firstParty } from '../first-party.js';
import { drawPreview } from './preview-sheet.js';
import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

const configFile = () => join(temporaryFolder({ 'c.json': JSON.stringify(tinyConfig) }), 'c.json');

test('writes a sheet of samples and draws, and says where', async () => {
  const file = configFile();
  const sheet = join(file, '..', 'sheets', 'preview.png');
  const { code, out, err } = await segkit(
    ...['preview', file, '--out', sheet, '--count', '3', '--draws', '2', '--seed', '5'],
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(`${sheet}: 3 samples, 2 draws of each (seed 5)\n`);
  // Tiles of 16 pixels are enlarged to 192, with gaps of 4; image and labels of the original and of two draws.
  const { height, width, channels } = await readImage(sheet);
  expect({ height, width, channels }).toEqual({
    height: 4 + 3 * 196,
    width: 4 + 6 * 196,
    channels: 3,
  });
});

test('the seed decides; weights of the loss get a column', async () => {
  const file = configFile();
  const draw = async (name: string, ...more: readonly string[]) => {
    const sheet = join(file, '..', name);
    const { code, err } = await segkit('preview', file, '--out', sheet, ...more);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return readFileSync(sheet);
  };
  const first = await draw('a.png');
  expect((await draw('b.png', '--seed', '0')).equals(first)).toBe(true);
  expect((await draw('c.png', '--seed', '1')).equals(first)).toBe(false);
  await draw('d.png', '--set', 'loss=weighted-border-ce', '--draws', '1', '--count', '1');
  const { height, width } = await readImage(join(file, '..', 'd.png'));
  expect({ height, width }).toEqual({ height: 200, width: 4 + 6 * 196 });
});

test('images are shown as they were before they were normalised', async () => {
  const file = configFile();
  const plain = ['preview', file, '--count', '2', '--set'];
  const out = (name: string) => ['--out', join(file, '..', name)];
  await segkit(...plain, 'transforms.train=["flip"]', ...out('plain.png'));
  const normalize = (options: object) =>
    `transforms.train=${JSON.stringify(['flip', { name: 'normalize', ...options }])}`;
  await segkit(...plain, normalize({ mean: 0.4, std: 0.2 }), ...out('fixed.png'));
  await segkit(...plain, normalize({ mode: 'per-image' }), ...out('own.png'));
  const read = async (name: string) => (await readImage(join(file, '..', name))).data;
  const expected = await read('plain.png');
  // One level of 255 for rounding.
  expect(await read('fixed.png')).toBeAllClose(expected, { rtol: 0, atol: 1.01 / 255 });
  expect(await read('own.png')).toHaveLength(expected.length);
});

test('wrong options are usage errors, a preset without images says how to name them', async () => {
  const file = configFile();
  expect((await segkit('preview', file, '--count', '0')).code).toBe(2);
  const { code, err } = await segkit('preview', 'preset:d-linknet34');
  expect(code).toBe(2);
  expect(err).toMatch(/data\.train is missing/);
});

test('errors of transforms are told as in training', async () => {
  const train = JSON.stringify([{ name: 'normalize', mean: 0.5, std: 0.1 }, 'gamma']);
  const { code, err } = await segkit('preview', configFile(), '--set', `transforms.train=${train}`);
  expect(code).toBe(1);
  expect(err).toMatch(
    /transforms\.train\.1: gamma expects image values in \[0, 1\].*before normalize/,
  );
});

test('images of many channels and of one shape only are drawn', () => {
  const config = createApp({ plugins: firstParty }).parseConfig({
    ...tinyConfig,
    transforms: { train: [] },
  });
  const size = { height: 2, width: 600 };
  for (const channels of [2, 4]) {
    const image = { ...size, channels, data: new Float32Array(1200 * channels).fill(0.5) };
    const original = { id: 'many', image, target: image };
    const sheet = drawPreview([{ original, draws: [original] }], config);
    expect(sheet.channels).toBe(3);
  }
  expect(() => drawPreview([], config)).toThrow(/holds no samples/);
});
