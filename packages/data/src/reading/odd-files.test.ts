// Files that are whole but not what a mask or image should be.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DataError } from '@segkit/core';
import { encode } from 'fast-png';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readImage } from './read-image.js';
import { readMask } from './read-mask.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-odd-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const raw = (data: Uint8Array, channels: 1 | 2 | 3 | 4) =>
  sharp(data, { raw: { width: 3, height: 2, channels } });
const bytesOf = (count: number) => Uint8Array.from({ length: count }, (_, i) => 9 * i);

/** Puts a chunk of no meaning before the pixels; its checksum is not looked at. */
function withChunk(png: Uint8Array, type: string): Buffer {
  const bytes = Buffer.from(png);
  const at = bytes.indexOf('IDAT') - 4;
  const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from(type), Buffer.alloc(4)]);
  return Buffer.concat([bytes.subarray(0, at), chunk, bytes.subarray(at)]);
}

async function expectRefused(path: string, message: RegExp): Promise<void> {
  for (const read of [readImage, readMask]) {
    await expect(read(path)).rejects.toBeInstanceOf(DataError);
    await expect(read(path)).rejects.toThrow(path);
    await expect(read(path)).rejects.toThrow(message);
  }
}

test('CMYK', async () => {
  const jpeg = await raw(bytesOf(18), 3).toColourspace('cmyk').jpeg().toBuffer();
  expect((await sharp(jpeg).metadata()).space).toBe('cmyk');
  await expectRefused(await file('cmyk.jpg', jpeg), /gray or RGB, found CMYK.*convert it to RGB/);
});

test('an animated PNG, gray or with a palette', async () => {
  const gray = { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 1) };
  const palette = Array.from({ length: 256 }, (_, i) => [i, i, i]);
  for (const [name, png] of [
    ['gray.png', encode(gray)],
    ['index.png', encode({ ...gray, palette })],
  ] as const) {
    await expectRefused(await file(name, withChunk(png, 'acTL')), /found an animated PNG/);
  }
});

test('a palette of 16 bits', async () => {
  const palette = Array.from({ length: 256 }, (_, i) => [i, i, i]);
  const png = encode({ width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 1), palette });
  png[24] = 16; // The header's depth.
  const path = await file('palette16.png', png);
  await expect(readMask(path)).rejects.toThrow(/palette PNG of 1 to 8 bits, found 16 bits/);
  await expect(readImage(path)).rejects.toThrow(DataError);
});

test('channels that are neither gray nor RGB', async () => {
  // Made by oracles/tiff_files.py.
  const fixture = '../../../../oracles/fixtures/tiffs/five-channels.tif';
  const path = fileURLToPath(new URL(fixture, import.meta.url));
  await expectRefused(path, /1 or 3 channels, and maybe alpha, found 5/);
});

test('alpha of gray and RGB masks is dropped', async () => {
  const gray = await raw(bytesOf(12), 2).toColourspace('b-w').png().toBuffer();
  expect((await sharp(gray).metadata()).channels).toBe(2);
  const mask = await readMask(await file('la.png', gray));
  expect([mask.channels, ...mask.data]).toEqual([1, 0, 18, 36, 54, 72, 90]);
  const color = await readMask(await file('rgba.png', await raw(bytesOf(24), 4).png().toBuffer()));
  expect([color.channels, ...color.data.subarray(0, 6)]).toEqual([3, 0, 9, 18, 36, 45, 54]);
});

test('a JPEG mask may be read, marked as inexact', async () => {
  const flat = new Uint8Array(6).fill(128);
  const jpeg = await raw(flat, 1).toColourspace('b-w').jpeg().toBuffer();
  const mask = await readMask(await file('mask.jpg', jpeg), { jpegMasks: 'nearest' });
  expect(mask).toMatchObject({ lossy: true, channels: 1, height: 2, width: 3 });
});

test('a mask is turned by its own EXIF orientation alone', async () => {
  const upright = Uint8Array.of(0, 1, 2, 3, 4, 5);
  const turned = raw(upright, 1).withMetadata({ orientation: 6 });
  const own = await readMask(await file('own.png', await turned.png().toBuffer()));
  // 0 1 2            3 0
  // 3 4 5  becomes   4 1
  //                  5 2
  expect([own.height, own.width]).toEqual([3, 2]);
  expect([...own.data].filter((_, i) => i % own.channels === 0)).toEqual([3, 0, 4, 1, 5, 2]);
  const stored = await readMask(join(folder, 'own.png'), { exif: 'ignore' });
  expect([stored.height, stored.width]).toEqual([2, 3]);
  const palette = await raw(upright, 1)
    .withMetadata({ orientation: 6 })
    .png({ palette: true })
    .toBuffer();
  await expect(readMask(await file('palette.png', palette))).rejects.toThrow(
    /expected an upright mask, found EXIF orientation 6/,
  );
});
