import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DataError, type Raster } from '@segkit/core';
import { encode } from 'fast-png';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { maskColors, maskValues } from './mask-codes.js';
import { readImage } from './read-image.js';
import { readMask } from './read-mask.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-reading-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes bytes to a new file and returns its path. */
async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

type Samples = Uint8Array | Uint16Array;
const raw = (data: Samples, channels: 1 | 2 | 3 | 4) =>
  sharp(data, { raw: { width: 3, height: 2, channels } });

const gray8 = Uint8Array.of(0, 1, 2, 100, 254, 255);
const gray16 = Uint16Array.of(0, 1, 255, 256, 1000, 65535);
const color8 = Uint8Array.from({ length: 18 }, (_, i) => 14 * i);
const color16 = Uint16Array.from({ length: 18 }, (_, i) => 3641 * i);

function expectImage(image: Raster, shape: readonly number[], data: readonly number[]): void {
  expect([image.height, image.width, image.channels]).toEqual(shape);
  expect(image.data).toBeAllClose(data);
}

const over = (values: Samples, full: number) => Array.from(values, (value) => value / full);

test('images of 8 and 16 bits, gray and RGB, PNG and TIFF are read exactly', async () => {
  const png8 = await file('g8.png', await raw(gray8, 1).toColourspace('b-w').png().toBuffer());
  expectImage(await readImage(png8), [2, 3, 1], over(gray8, 255));
  const png16 = await file(
    'g16.png',
    await raw(gray16, 1).toColourspace('grey16').png().toBuffer(),
  );
  expectImage(await readImage(png16), [2, 3, 1], over(gray16, 65535));
  const rgb16 = await file(
    'c16.png',
    await raw(color16, 3).toColourspace('rgb16').png().toBuffer(),
  );
  expectImage(await readImage(rgb16), [2, 3, 3], over(color16, 65535));
  const tiff8 = await file('c8.tif', await raw(color8, 3).tiff({ compression: 'lzw' }).toBuffer());
  expectImage(await readImage(tiff8), [2, 3, 3], over(color8, 255));
  const tiff16 = raw(color16, 3).toColourspace('rgb16').tiff({ compression: 'deflate' });
  const deflated = await file('c16.tiff', await tiff16.toBuffer());
  expectImage(await readImage(deflated), [2, 3, 3], over(color16, 65535));
});

test('a JPEG is read within its own loss', async () => {
  const flat = new Uint8Array(6).fill(128);
  const jpeg = await file('flat.jpg', await raw(flat, 1).toColourspace('b-w').jpeg().toBuffer());
  expectImage(await readImage(jpeg), [2, 3, 1], over(flat, 255));
});

test('palettes are expanded, alpha is dropped, colour profiles are left alone', async () => {
  const palette = await file('p.png', await raw(color8, 3).png({ palette: true }).toBuffer());
  expectImage(await readImage(palette), [2, 3, 3], over(color8, 255));
  const rgba = Uint8Array.from({ length: 24 }, (_, i) => 10 * i);
  const opaque = rgba.filter((_, i) => i % 4 !== 3);
  const alpha = await file('a.png', await raw(rgba, 4).png().toBuffer());
  expectImage(await readImage(alpha), [2, 3, 3], over(opaque, 255));
  const profiled = await raw(color8, 3).withIccProfile('p3').png().toBuffer();
  const stored = await sharp(profiled, { ignoreIcc: true }).raw().toBuffer();
  expectImage(await readImage(await file('icc.png', profiled)), [2, 3, 3], over(stored, 255));
});

test('the EXIF orientation is applied', async () => {
  // Orientation 6: the stored image must be turned a quarter clockwise to be upright.
  const turned = raw(gray8, 1).toColourspace('b-w').withMetadata({ orientation: 6 });
  // sharp stores an image with metadata as RGB; equal channels mix to the same gray.
  const path = await file('turned.png', await turned.png().toBuffer());
  const upright = await readImage(path, { channels: 1 });
  // 0   1   2            100   0
  // 100 254 255  becomes 254   1
  //                      255   2
  expectImage(upright, [3, 2, 1], over(Uint8Array.of(100, 0, 254, 1, 255, 2), 255));
});

test('channels converts between gray and colour', async () => {
  const color = await file('c.png', await raw(color8, 3).png().toBuffer());
  // First pixel (0, 14, 28): 0.587 * 14 + 0.114 * 28 = 11.41; the following are 42 brighter each.
  const gray = [0, 1, 2, 3, 4, 5].map((i) => (11.41 + 42 * i) / 255);
  expectImage(await readImage(color, { channels: 1 }), [2, 3, 1], gray);
  const single = await file('s.png', await raw(gray8, 1).toColourspace('b-w').png().toBuffer());
  const thrice = [...gray8].flatMap((value) => [value, value, value]);
  expectImage(
    await readImage(single, { channels: 3 }),
    [2, 3, 3],
    over(Uint8Array.from(thrice), 255),
  );
});

test('masks of 8 and 16 bits keep their values', async () => {
  const png8 = await file('m8.png', await raw(gray8, 1).toColourspace('b-w').png().toBuffer());
  expect((await readMask(png8)).data).toEqual(gray8);
  const png16 = await file(
    'm16.png',
    await raw(gray16, 1).toColourspace('grey16').png().toBuffer(),
  );
  expect((await readMask(png16)).data).toEqual(gray16);
  const tiff = raw(gray16, 1).toColourspace('grey16').tiff({ compression: 'lzw' });
  expect((await readMask(await file('m16.tif', await tiff.toBuffer()))).data).toEqual(gray16);
});

test.each([
  // Width 3 leaves unused bits at the end of every row. Packed by hand, first pixel in the high bits.
  { depth: 1 as const, rows: [0b101_00000, 0b011_00000], values: [1, 0, 1, 0, 1, 1] },
  { depth: 2 as const, rows: [0b00_01_10_00, 0b11_10_01_00], values: [0, 1, 2, 3, 2, 1] },
  { depth: 4 as const, rows: [0x01, 0x20, 0xfe, 0xd0], values: [0, 1, 2, 15, 14, 13] },
])('gray and palette masks of $depth bits keep their values', async ({ depth, rows, values }) => {
  const image = { width: 3, height: 2, depth, channels: 1, data: Uint8Array.from(rows) };
  const gray = await readMask(await file(`gray${String(depth)}.png`, encode(image)));
  expect([...gray.data]).toEqual(values);
  const palette = Array.from({ length: 2 ** depth }, (_, i) => [i, 2 * i, 3 * i]);
  const path = await file(`index${String(depth)}.png`, encode({ ...image, palette }));
  const indexed = await readMask(path);
  expect([...maskValues(path, indexed).data]).toEqual(values);
  const colors = values.map((value) => (value << 16) | ((2 * value) << 8) | (3 * value));
  expect([...maskColors(path, indexed).data]).toEqual(colors);
});

test('an RGB mask counts as gray if its channels are equal, else as colours', async () => {
  const equal = Uint8Array.from([...gray8].flatMap((value) => [value, value, value]));
  const grayish = await file('equal.png', await raw(equal, 3).png().toBuffer());
  const mask = await readMask(grayish);
  expect(mask.channels).toBe(3);
  expect([...maskValues(grayish, mask).data]).toEqual([...gray8]);
  expect([...maskColors(grayish, mask).data]).toEqual([...gray8].map((value) => value * 0x010101));
  const colored = await file('colored.png', await raw(color8, 3).png().toBuffer());
  const colors = await readMask(colored);
  expect(() => maskValues(colored, colors)).toThrow(
    /colored\.png.*\[0, 14, 28\].*maskFormat: 'colors'/,
  );
  expect(maskColors(colored, colors).data[1]).toBe((42 << 16) | (56 << 8) | 70);
});

test('a 16-bit colour mask cannot be read as 8-bit colours', async () => {
  const path = await file(
    'wide.png',
    await raw(color16, 3).toColourspace('rgb16').png().toBuffer(),
  );
  const mask = await readMask(path);
  expect(() => maskColors(path, mask)).toThrow(/wide\.png: expected a mask of 8-bit colours/);
});

test('a JPEG mask is an error', async () => {
  const path = await file('mask.jpg', await raw(gray8, 1).jpeg().toBuffer());
  await expect(readMask(path)).rejects.toThrow(
    /mask\.jpg: expected a mask as PNG or TIFF, found a JPEG/,
  );
});

test('an index beyond the palette and an interlaced mask of few bits are errors', async () => {
  const image = { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 7) };
  const path = await file(
    'beyond.png',
    encode({
      ...image,
      palette: [
        [0, 0, 0],
        [9, 9, 9],
      ],
    }),
  );
  const mask = await readMask(path);
  expect(() => maskColors(path, mask)).toThrow(/palette of 2 colours, found index 7/);
  const bytes = encode({ width: 8, height: 1, depth: 1, channels: 1, data: Uint8Array.of(170) });
  bytes[28] = 1; // The header's interlacing flag.
  await expect(readMask(await file('laced.png', bytes))).rejects.toThrow(
    /interlaced PNG of 1 bits/,
  );
});

const noise = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i * 2654435761) >>> 24);
const noisy = sharp(noise, { raw: { width: 64, height: 64, channels: 1 } }).toColourspace('b-w');
const wrong: { name: string; bytes: () => Promise<Uint8Array>; message: RegExp }[] = [
  { name: 'empty.png', bytes: () => Promise.resolve(new Uint8Array()), message: /0 bytes/ },
  {
    name: 'text.png',
    bytes: () => Promise.resolve(Buffer.from('not an image')),
    message: /expected a PNG, JPEG or TIFF, found some other format/,
  },
  {
    name: 'web.png',
    bytes: () => noisy.clone().webp().toBuffer(),
    message: /expected a PNG, JPEG or TIFF, found webp/,
  },
  {
    name: 'cut.png',
    bytes: async () => (await noisy.clone().png().toBuffer()).subarray(0, 900),
    message: /expected a whole PNG, found a damaged or cut off one/,
  },
  {
    name: 'header.png',
    bytes: async () => (await noisy.clone().png().toBuffer()).subarray(0, 20),
    message: /damaged header/,
  },
  {
    name: 'flipped.png',
    bytes: async () => {
      const bytes = await noisy.clone().png().toBuffer();
      return bytes.fill(0, 600, 650);
    },
    message: /damaged or cut off/,
  },
];

test.each(wrong)('$name is an error that names the file', async ({ name, bytes, message }) => {
  const path = await file(name, await bytes());
  for (const read of [readImage, readMask]) {
    const failure = read(path);
    await expect(failure).rejects.toBeInstanceOf(DataError);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(path);
  }
});

test('a cut off JPEG and a cut off palette PNG are errors', async () => {
  const jpeg = await noisy.clone().jpeg().toBuffer();
  const half = await file('half.jpg', jpeg.subarray(0, jpeg.length >> 1));
  await expect(readImage(half)).rejects.toThrow(/half\.jpg: expected a whole JPEG/);
  const palette = Array.from({ length: 256 }, (_, i) => [i, i, i]);
  const indexed = encode({ width: 64, height: 64, channels: 1, data: noise, palette });
  const cut = await file('cut-index.png', indexed.subarray(0, 2000));
  await expect(readMask(cut)).rejects.toThrow(/cut-index\.png: expected a whole PNG/);
});

test('a missing file, a folder, a stack of pages are errors', async () => {
  await expect(readImage(join(folder, 'none.png'))).rejects.toThrow(/none\.png.*no such file/);
  await expect(readImage(folder)).rejects.toThrow(/found a folder/);
  const page = await noisy.clone().png().toBuffer();
  const stack = await sharp([page, page], { join: { animated: true } })
    .tiff()
    .toBuffer();
  await expect(readImage(await file('stack.tif', stack))).rejects.toThrow(/found 2 pages/);
});
