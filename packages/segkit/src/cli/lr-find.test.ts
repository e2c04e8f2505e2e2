import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

test('writes the curve and suggests a rate; no run is left', async () => {
  const folder = temporaryFolder({ 'c.json': JSON.stringify(tinyConfig) });
  const out = join(folder, 'rates');
  const { code, out: printed } = await segkit(
    ...['lr-find', join(folder, 'c.json'), '--steps', '40', '--out', out],
    ...['--from', '1e-5', '--to', '1'],
  );
  expect(code).toBe(0);
  const [head, ...rows] = readFileSync(`${out}.csv`, 'utf8').trim().split('\n');
  expect(head).toBe('learningRate,loss,smoothed');
  expect(rows[0]).toMatch(/^0\.00001,\d/);
  expect(rows.length).toBeGreaterThan(10);
  expect(printed).toMatch(/learning rate: \d\.\de[+-]\d|No suggestion/);
  expect(existsSync(join(folder, 'runs'))).toBe(false);
  // A PNG names its width and height at bytes 16 to 24.
  const png = readFileSync(`${out}.png`);
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([800, 500]);
});

test('refuses rates that do not rise', async () => {
  const folder = temporaryFolder({ 'c.json': JSON.stringify(tinyConfig) });
  const { code, err } = await segkit('lr-find', join(folder, 'c.json'), '--from', '1', '--to', '1');
  expect(code).toBe(2);
  expect(err).toMatch(/expected --from below --to/);
  expect((await segkit('lr-find', join(folder, 'c.json'), '--from', '-1')).err).toMatch(
    /Expected a number above 0/,
  );
});
