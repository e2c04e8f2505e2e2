import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { floatTiff } from './float-tiff.test-support.js';
import { readImage } from './read-image.js';
import { readMask } from './read-mask.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-scale-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

test('floats in [0, 1] are taken as they are, others need a range', async () => {
  const unit = await file('unit.tif', floatTiff([0, 0.25, 1]));
  expect((await readImage(unit)).data).toBeAllClose([0, 0.25, 1]);
  const wide = await file('wide.tif', floatTiff([-100, 0, 300]));
  await expect(readImage(wide)).rejects.toThrow(
    /wide\.tif: expected .* floats in \[0, 1\], found floats from -100 to 300; set valueRange/,
  );
  // (v - 0) / 200, cut off at 0 and 1.
  const range = { valueRange: [0, 200] } as const;
  expect((await readImage(wide, range)).data).toBeAllClose([0, 0, 1]);
  const hole = await file('hole.tif', floatTiff([0, Number.NaN]));
  for (const options of [{}, range]) {
    await expect(readImage(hole, options)).rejects.toThrow(/found NaN at row 0, column 1/);
  }
});

test('a range stretches 12 bits that are stored in 16', async () => {
  const data = Uint16Array.of(0, 1024, 4095, 5000);
  const raw = { width: 4, height: 1, channels: 1 } as const;
  const png = await sharp(data, { raw }).toColourspace('grey16').png().toBuffer();
  const path = await file('12bit.png', png);
  const image = await readImage(path, { valueRange: [0, 4095] });
  expect(image.data).toBeAllClose([0, 1024 / 4095, 1, 1]);
});

test('a float mask is read where it holds whole numbers', async () => {
  const whole = await file('ids.tif', floatTiff([0, 300, 65535]));
  expect([...(await readMask(whole)).data]).toEqual([0, 300, 65535]);
  for (const [name, value] of [
    ['half.tif', 0.5],
    ['large.tif', 70000],
    ['negative.tif', -1],
  ] as const) {
    const path = await file(name, floatTiff([1, value]));
    await expect(readMask(path)).rejects.toThrow(`whole numbers from 0 to 65535, found ${value}`);
  }
});
