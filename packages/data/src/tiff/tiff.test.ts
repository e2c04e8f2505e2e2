import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DataError, randomStream, ShapeError } from '@segkit/core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { cropRaster } from '../rasters/crop-raster.js';
import { readImage } from '../reading/read-image.js';
import { georeferenceOf } from './geo-fields.js';
import { openImageSource } from './open-image-source.js';
import { openTiledTiff } from './tiled-tiff-writer.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-tiff-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../../oracles/fixtures/tiff/${name}`, import.meta.url));
}

function bytesOf<Channels extends 1 | 3>(height: number, width: number, channels: Channels) {
  const random = randomStream(3);
  // Smooth enough for JPEG, and different everywhere.
  const data = Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const [y, x] = [Math.floor(i / channels / width), Math.floor(i / channels) % width];
    return 100 + 80 * Math.sin(y / 9 + (i % channels)) * Math.cos(x / 7) + 4 * random.uniform();
  });
  return { height, width, channels, data };
}

const layouts = {
  'strips without compression': { compression: 'none' },
  'strips, LZW and a predictor': { compression: 'lzw', predictor: 'horizontal' },
  'strips, deflate, BigTIFF': { compression: 'deflate', bigtiff: true },
  'strips of JPEG': { compression: 'jpeg', quality: 90 },
  tiles: { compression: 'none', tile: true, tileWidth: 64, tileHeight: 48 },
  'tiles of deflate': { compression: 'deflate', tile: true, tileWidth: 32, tileHeight: 32 },
  'tiles of JPEG': { compression: 'jpeg', tile: true, tileWidth: 64, tileHeight: 64 },
} as const;

test.each(Object.entries(layouts))(
  'regions of %s are those of the whole',
  async (name, options) => {
    for (const channels of [1, 3] as const) {
      const { data, ...shape } = bytesOf(701, 413, channels);
      const path = join(folder, `${name} ${String(channels)}.tif`);
      await sharp(data, { raw: shape })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .tiff(options)
        .toFile(path);
      const whole = await readImage(path);
      const source = await openImageSource(path);
      expect(source).toMatchObject({
        height: 701,
        width: 413,
        channels,
        partial: true,
        geo: undefined,
      });
      const boxes = [
        { top: 0, left: 0, height: 701, width: 413 },
        { top: 700, left: 412, height: 1, width: 1 },
        { top: 130, left: 57, height: 333, width: 100 },
      ];
      for (const box of boxes) {
        // A strip of JPEG that ends elsewhere may differ in its last rounding.
        expect((await source.read(box)).data).toBeAllClose(cropRaster(whole, box).data, {
          atol: 1 / 255 + 1e-6,
          rtol: 0,
        });
      }
      await source.close();
    }
  },
);

test('channels are mixed and repeated as by readImage; PNG and TIFFs on their side are read whole', async () => {
  const { data, ...shape } = bytesOf(20, 30, 3);
  const png = join(folder, 'a.png');
  await sharp(data, { raw: shape }).png().toFile(png);
  const source = await openImageSource(png, { channels: 1 });
  expect(source).toMatchObject({ height: 20, width: 30, channels: 1, partial: false });
  const box = { top: 3, left: 4, height: 5, width: 6 };
  const gray = cropRaster(await readImage(png, { channels: 1 }), box);
  expect(await source.read(box)).toEqual(gray);
  const tiff = join(folder, 'a.tif');
  await sharp(data, { raw: shape }).tiff({ compression: 'lzw' }).toFile(tiff);
  const mixed = await openImageSource(tiff, { channels: 1 });
  expect((await mixed.read(box)).data).toBeAllClose(gray.data);
  await mixed.close();
  const turned = join(folder, 'turned.tif');
  await sharp(data, { raw: shape }).withMetadata({ orientation: 6 }).tiff().toFile(turned);
  expect(await openImageSource(turned)).toMatchObject({ height: 30, width: 20, partial: false });
});

test('a large PNG is copied to a tiled TIFF, which is gone when it is closed', async () => {
  const path = join(folder, 'large.png');
  const background = { r: 10, g: 200, b: 30 };
  await sharp({ create: { width: 4100, height: 4100, channels: 3, background } })
    .png({ compressionLevel: 1 })
    .toFile(path);
  const copies = async () =>
    (await readdir(tmpdir())).filter((name) => /^segkit-[0-9a-f-]{36}\.tif$/.test(name)).length;
  const before = await copies();
  const source = await openImageSource(path);
  expect(source).toMatchObject({ height: 4100, width: 4100, channels: 3, partial: true });
  expect(await copies()).toBe(before);
  const { data } = await source.read({ top: 4099, left: 4099, height: 1, width: 1 });
  expect(await copies()).toBe(before + 1);
  expect(data).toBeAllClose([10 / 255, 200 / 255, 30 / 255]);
  await source.close();
  expect(await copies()).toBe(before);
  await truncate(path, 2000);
  const cut = await openImageSource(path);
  await expect(cut.read({ top: 0, left: 0, height: 1, width: 1 })).rejects.toThrow(DataError);
  await cut.close();
  expect(await copies()).toBe(before);
});

test('what tifffile wrote: big-endian, planes apart, one uncompressed strip, palettes, smaller copies, float', async () => {
  for (const name of ['big-endian-16.tif', 'planes.tif', 'one-strip.tif', 'palette.tif']) {
    const whole = await readImage(fixture(name));
    const source = await openImageSource(fixture(name));
    expect(source.partial, name).toBe(true);
    const { height, width, channels } = whole;
    expect(source, name).toMatchObject({ height, width, channels });
    expect((await source.read({ top: 0, left: 0, height, width })).data, name).toEqual(whole.data);
    await source.close();
  }
  const pyramid = await openImageSource(fixture('pyramid.tif'));
  expect(pyramid).toMatchObject({ height: 64, width: 64, partial: true });
  await pyramid.close();
  await expect(openImageSource(fixture('pages.tif'))).rejects.toThrow(/found 2 pages/);
  const everything = { top: 0, left: 0, height: 40, width: 30 };
  const valueRange = [0, 255] as const;
  const floats = await openImageSource(fixture('float.tif'), { valueRange });
  const whole = await readImage(fixture('float.tif'), { valueRange });
  expect((await floats.read(everything)).data).toEqual(whole.data);
  await floats.close();
  const unscaled = await openImageSource(fixture('float.tif'));
  await expect(unscaled.read(everything)).rejects.toThrow(/set valueRange/);
  await unscaled.close();
});

test('georeferences by scale and tie point, by matrix, and for the middles of pixels', async () => {
  // The numbers are those that oracles/tiled_tiff_files.py puts in, and rasterio reads.
  const expected = {
    'geo-area.tif': { transform: [2, 0, 500000, 0, -3, 4649776], epsg: 32633 },
    'geo-point.tif': { transform: [2, 0, 500000 - 1, 0, -3, 4649776 + 1.5], epsg: 32633 },
    'geo-matrix.tif': { transform: [2, 0.5, 10, -0.25, -3, 50], epsg: 4326 },
  };
  for (const [name, georeference] of Object.entries(expected)) {
    const source = await openImageSource(fixture(name));
    expect(source.geo && georeferenceOf(source.geo), name).toEqual(georeference);
    await source.close();
  }
});

test('tiled TIFFs written in bands read back, with palette and geo fields, and nothing is left aside', async () => {
  const source = await openImageSource(fixture('geo-area.tif'));
  const image = bytesOf(300, 270, 3);
  const path = join(folder, 'deep', 'out.tif');
  const size = { height: 300, width: 270 };
  const writer = await openTiledTiff(path, {
    ...size,
    channels: 3,
    samples: 'uint8',
    geo: source.geo,
  });
  for (const [top, height] of [
    [0, 1],
    [1, 258],
    [259, 41],
  ] as const) {
    await writer.write(cropRaster(image, { top, left: 0, height, width: 270 }));
  }
  expect((await readdir(join(folder, 'deep')))[0]).toMatch(/out\.tif\..*\.tmp/);
  await writer.close();
  expect(await readdir(join(folder, 'deep'))).toEqual(['out.tif']);
  expect(await sharp(path).raw().toBuffer()).toEqual(Buffer.from(image.data));
  const written = await openImageSource(path);
  expect(written.geo).toEqual(source.geo);
  await written.close();
  await source.close();

  const palette = [
    [0, 0, 0],
    [200, 100, 0],
  ];
  const colored = join(folder, 'deep', 'palette.tif');
  const labels = await openTiledTiff(colored, {
    ...{ height: 1, width: 2, channels: 1, samples: 'uint8', palette },
  });
  await labels.write({ height: 1, width: 2, channels: 1, data: Int32Array.of(1, 0) });
  await labels.close();
  expect([...(await sharp(colored).raw().toBuffer())]).toEqual([200, 100, 0, 0, 0, 0]);
});

test('rows that are missing or do not fit are errors; what was begun is removed', async () => {
  const path = join(folder, 'wrong', 'a.tif');
  const size = { height: 2, width: 3, channels: 1 };
  const writer = await openTiledTiff(path, { ...size, samples: 'float32' });
  const rows = (width: number, height: number) => ({
    ...{ height, width, channels: 1 },
    data: new Float32Array(height * width),
  });
  await expect(writer.write(rows(2, 1))).rejects.toThrow(ShapeError);
  await expect(writer.write(rows(3, 3))).rejects.toThrow(
    /rows of 3 pixels .* up to 2, received 3x3/,
  );
  await writer.write(rows(3, 1));
  await expect(writer.close()).rejects.toThrow(/expected 2 rows, received 1/);
  await writer.abort();
  expect(await readdir(join(folder, 'wrong'))).toEqual([]);
});

test('files that are cut off or damaged are errors that name them', async () => {
  const { data, ...shape } = bytesOf(300, 300, 3);
  const whole = await sharp(data, { raw: shape }).tiff({ compression: 'lzw' }).toBuffer();
  const path = join(folder, 'damaged.tif');
  await writeFile(path, whole);
  // libvips writes the directory at the end.
  await truncate(path, whole.length - 50);
  await expect(openImageSource(path)).rejects.toThrow(DataError);
  await writeFile(path, whole.subarray(0, 6));
  await expect(openImageSource(path)).rejects.toThrow(/damaged\.tif: expected a whole TIFF/);
  const loop = Buffer.alloc(14);
  loop.write('II*\0\x08\0\0\0', 'latin1');
  // A directory of no fields that names itself as the next one.
  loop.writeUInt32LE(8, 10);
  await writeFile(path, loop);
  await expect(openImageSource(path)).rejects.toThrow(/directories without an end/);
  await writeFile(path, '');
  await expect(openImageSource(path)).rejects.toThrow(/0 bytes/);
  await expect(openImageSource(join(folder, 'none.tif'))).rejects.toThrow(/no such file/);
  // Random damage never does worse than a DataError.
  const random = randomStream(8);
  for (let i = 0; i < 60; i++) {
    const bytes = Buffer.from(whole);
    const tail = bytes.length - 300;
    for (let n = 0; n < 3; n++)
      bytes[tail + Math.floor(300 * random.uniform())] = 255 * random.uniform();
    await writeFile(path, bytes);
    try {
      const source = await openImageSource(path);
      const box = {
        top: 0,
        left: 0,
        height: Math.min(64, source.height),
        width: Math.min(64, source.width),
      };
      await source.read(box).finally(() => source.close());
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
    }
  }
});
