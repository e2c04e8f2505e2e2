import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Raster } from '@segkit/core';
import {
  maskValues,
  openImageSource,
  openTiledTiff,
  readImage,
  readMask,
  writePng,
} from '@segkit/data';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { fakeTerminal } from './fake-terminal.test-support.js';
import { run } from './run.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

let folder = '';
let trained = '';
let other = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-predict-'));
  await writeFile(join(folder, 'c.json'), JSON.stringify(tinyConfig));
  const runs = join(folder, 'runs');
  const train = (name: string, ...more: string[]) =>
    segkit('train', join(folder, 'c.json'), '--out', runs, '--quiet', '--name', name, ...more);
  await train('one');
  await train('two', '--seed', '5');
  const classes = JSON.stringify(['background', 'nucleus']);
  await train('three', '--set', `data.labels.classes=${classes}`);
  [trained, other] = [join(runs, 'one'), join(runs, 'two')];
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function checkered(height: number, width: number): Raster<Float32Array> {
  const data = Float32Array.from({ length: height * width }, (_, i) =>
    (Math.floor(i / width / 8) + Math.floor((i % width) / 8)) % 2 ? 0.9 : 0.1,
  );
  return { height, width, channels: 1, data };
}

test('all formats of images in sub-folders, with a summary', async () => {
  await writePng(join(folder, 'photos/a.png'), checkered(40, 50));
  await writePng(join(folder, 'photos/deep er/ß.png'), checkered(8, 9));
  const out = join(folder, 'photos/maps');
  const formats = 'labels,color,overlay,probabilities,npy,polygons,instances';
  const predict = () =>
    segkit(
      ...['predict', trained, join(folder, 'photos'), '--out', out, '--format', formats],
      ...['--mode', 'overlap-tile', '--tile', '16', '--batch', '2', '--tta', '8', '--json'],
    );
  const first = await predict();
  expect(first.code, first.err).toBe(0);
  // What is written among the images is not predicted the next time.
  const { out: json } = await predict();
  const report = JSON.parse(json) as { images: { input: string; outputs: string[] }[] };
  expect(report).toMatchObject({
    runs: [{ run: trained, checkpoint: 'best' }],
    images: [
      {
        ...{ height: 40, width: 50, mode: 'overlap-tile', seconds: expect.any(Number) as number },
        megapixelsPerSecond: expect.any(Number) as number,
      },
      { height: 8, width: 9, tiles: 1 },
    ],
    seconds: expect.any(Number) as number,
  });
  expect(readdirSync(out)).toEqual([
    ...['a-color.png', 'a-instances.png', 'a-overlay.png', 'a-probabilities.npy'],
    ...['a-probabilities.tif', 'a.geojson', 'a.png', 'deep er'],
  ]);
  expect(report.images[1]?.outputs[0]).toBe(join(out, 'deep er/ß.png'));
  const labels = maskValues('a', await readMask(join(out, 'a.png'))).data;
  const npy = await readFile(join(out, 'a-probabilities.npy'));
  expect(npy.subarray(0, 128).toString('latin1')).toContain("'shape': (40, 50, 2)");
  const probabilities = new Float32Array(Uint8Array.from(npy.subarray(npy.length - 16000)).buffer);
  expect([...labels]).toEqual(
    Array.from({ length: 2000 }, (_, i) =>
      probabilities[2 * i + 1]! > probabilities[2 * i]! ? 1 : 0,
    ),
  );
  const { features } = JSON.parse(await readFile(join(out, 'a.geojson'), 'utf8')) as {
    features: { properties: { area: number } }[];
  };
  const area = features.reduce((sum, { properties }) => sum + properties.area, 0);
  expect(area).toBe([...labels].filter((label) => label === 1).length);
  const ids = await readMask(join(out, 'a-instances.png'));
  expect(Math.max(...ids.data)).toBe(features.length);
  expect(ids.data).toBeInstanceOf(Uint16Array);
  const color = await readImage(join(out, 'a-color.png'));
  expect(color).toMatchObject({ height: 40, width: 50, channels: 3 });
});

test('an ensemble averages its runs; runs of other classes, and one path alone, are refused', async () => {
  const image = join(folder, 'image.png');
  await writePng(image, checkered(16, 16));
  const npyOf = async (...runs: readonly string[]) => {
    const out = join(folder, `ensemble-${String(runs.length)}-${String(runs[0] === other)}`);
    const done = await segkit('predict', ...runs, image, '--out', out, '--format', 'npy');
    expect(done.code, done.err).toBe(0);
    const bytes = await readFile(join(out, 'image-probabilities.npy'));
    return new Float32Array(Uint8Array.from(bytes.subarray(bytes.length - 2048)).buffer);
  };
  const [one, two, both] = [await npyOf(trained), await npyOf(other), await npyOf(trained, other)];
  expect(one).not.toEqual(two);
  expect(both).toBeAllClose(one.map((value, i) => (value + two[i]!) / 2));
  const three = join(folder, 'runs/three');
  const mixed = await segkit('predict', trained, three, image, '--out', join(folder, 'mixed'));
  expect(mixed).toMatchObject({ code: 2 });
  expect(mixed.err).toMatch(
    /same classes, but the first has background, cell and number 2 has background, nucleus/,
  );
  const alone = await segkit('predict', image, '--out', 'x');
  expect(alone).toMatchObject({ code: 2 });
  expect(alone.err).toMatch(/expected a run and images/);
});

test('wrong options', async () => {
  const predict = (...more: readonly string[]) =>
    segkit('predict', trained, join(folder, 'c.json'), '--out', join(folder, 'never'), ...more);
  for (const [flags, message] of [
    [['--format', 'labels,maps'], /Expected labels, color, .* received "maps"/],
    [['--mode', 'tiles'], /Allowed choices are auto, whole, overlap-tile, gaussian/],
    [['--tta', '3'], /Expected one of 1, 2, 4, 8/],
    [['--tile', '0'], /Expected an integer above zero/],
    [['--overlap', '-1'], /Expected an integer that is not negative/],
  ] as const) {
    const failed = await predict(...flags);
    expect(failed).toMatchObject({ code: 2 });
    expect(failed.err).toMatch(message);
  }
});

test('maps of a GeoTIFF lie where it lies', async () => {
  const name = fileURLToPath(
    new URL('../../../../oracles/fixtures/tiff/geo-area.tif', import.meta.url),
  );
  await mkdir(join(folder, 'geo'), { recursive: true });
  await copyFile(name, join(folder, 'geo/scene.tif'));
  const out = join(folder, 'geo-maps');
  const formats = 'labels,overlay,probabilities,instances,polygons';
  const done = await segkit(
    ...['predict', trained, join(folder, 'geo'), '--out', out, '--format', formats],
  );
  expect(done.code, done.err).toBe(0);
  expect(readdirSync(out)).toEqual([
    ...['scene-instances.tif', 'scene-overlay.tif', 'scene-probabilities.tif'],
    ...['scene.geojson', 'scene.tif'],
  ]);
  const source = await openImageSource(name);
  await source.close();
  for (const file of ['scene.tif', 'scene-overlay.tif']) {
    const written = await openImageSource(join(out, file));
    expect(written.geo).toEqual(source.geo);
    await written.close();
  }
  const text = await readFile(join(out, 'scene.geojson'), 'utf8');
  expect(text).toContain('urn:ogc:def:crs:EPSG::32633');
});

test('a large image becomes a tiled TIFF; Ctrl-C leaves nothing half done', async () => {
  const size = { height: 4200, width: 4100 };
  const path = join(folder, 'large.tif');
  const writer = await openTiledTiff(path, { ...size, channels: 1, samples: 'uint8' });
  const rows = new Uint8Array(100 * size.width);
  for (let top = 0; top < size.height; top += 100) {
    await writer.write({ height: 100, width: size.width, channels: 1, data: rows.fill(top / 20) });
  }
  await writer.close();
  const out = join(folder, 'large-maps');
  const terminal = fakeTerminal();
  const argv = ['predict', trained, path, '--out', out, '--mode', 'overlap-tile', '--tile', '64'];
  const stopping = setInterval(() => {
    if (existsSync(out)) terminal.interrupt();
  }, 20);
  const code = await run(argv, terminal);
  clearInterval(stopping);
  expect(code).toBe(130);
  expect(terminal.err()).toMatch(/Stopped by Ctrl-C; finished files are kept/);
  expect(readdirSync(out)).toEqual([]);
});

test('a damaged image is told before anything is written', async () => {
  await writePng(join(folder, 'bad/a.png'), checkered(8, 8));
  await writeFile(join(folder, 'bad/b.tif'), 'II*\0');
  const out = join(folder, 'bad-maps');
  const failed = await segkit('predict', trained, join(folder, 'bad'), '--out', out);
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.err).toMatch(/^error: .*b\.tif: expected a whole TIFF/);
  expect(existsSync(out)).toBe(false);
});

test('tiles change no score of an evaluation', async () => {
  const scores = async (...more: readonly string[]) =>
    JSON.parse((await segkit('evaluate', trained, '--json', ...more)).out) as { loss: number };
  const whole = await scores();
  const tiled = await scores('--mode', 'overlap-tile', '--tile', '8');
  expect(tiled).toMatchObject({ ...whole, loss: expect.any(Number) as number });
  expect(tiled.loss).toBeCloseTo(whole.loss, 5);
  expect((await scores('--tta', '8')).loss).not.toBeCloseTo(whole.loss, 9);
});
