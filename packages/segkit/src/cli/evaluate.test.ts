import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readImage } from '@segkit/data';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { segkit, tinyConfig } from './tiny-config.test-support.js';

const number = expect.any(Number) as number;

let folder = '';
let run = '';
beforeAll(async () => {
  const images = {
    ...tinyConfig,
    loss: 'l1',
    metrics: ['psnr'],
    data: {
      labels: { classes: ['image'] },
      train: { name: 'synthetic-denoising', count: 4, size: 16, cells: [1, 2] },
      validation: { name: 'synthetic-denoising', count: 2, size: 16, cells: [1, 2] },
    },
  };
  const validation = { ...tinyConfig.data.validation, count: 3 };
  const labels = { ...tinyConfig, data: { ...tinyConfig.data, validation } };
  folder = mkdtempSync(join(tmpdir(), 'segkit-evaluate-'));
  for (const [name, config] of Object.entries({ labels, images })) {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(config));
    await segkit('train', file, '--out', folder, '--name', name, '--quiet');
  }
  run = join(folder, 'labels');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Report {
  readonly meanIoU: number;
  readonly classes: readonly {
    readonly name: string;
    readonly iou: number;
    readonly iouInterval: { readonly low: number; readonly high: number };
  }[];
  readonly bootstrap: { readonly meanIoU: { readonly low: number; readonly high: number } };
  readonly metrics: Readonly<Record<string, number | null>>;
}

async function report(...options: readonly string[]): Promise<Report> {
  const { out, err } = await segkit('evaluate', run, '--json', ...options);
  expect(err).toBe('');
  return JSON.parse(out) as Report;
}

test('tells intervals, outlines and objects without being asked', async () => {
  const { out } = await segkit('evaluate', run);
  expect(out).toMatch(/class +│ pixels │ +IoU │ +95 % interval │ +Dice │ precision │ recall/);
  expect(out).toMatch(/boundaryIoU +0\.\d{4}\n/);
  expect(out).toMatch(/objectF1 +[\d-]/);
  expect(out).toMatch(
    /mean IoU in \[0\.\d{4}, 0\.\d{4}\] in 95 % of 1,000 resampled sets of images\n$/,
  );
  // Scores of single classes are in the JSON alone.
  expect(out).not.toContain('boundaryIoU/');
  const { classes, bootstrap, meanIoU, metrics } = await report();
  expect(bootstrap).toMatchObject({ resamples: 1000, seed: 0, level: 0.95 });
  expect(bootstrap.meanIoU.low).toBeLessThanOrEqual(meanIoU);
  expect(bootstrap.meanIoU.high).toBeGreaterThanOrEqual(meanIoU);
  for (const { iou, iouInterval } of classes) {
    expect(iouInterval.low).toBeLessThanOrEqual(iou);
    expect(iouInterval.high).toBeGreaterThanOrEqual(iou);
  }
  expect(metrics).toMatchObject({ 'boundaryIoU/cell': number, hausdorff95: number });
});

test('resamples by a seed, as often as told, and computes the metrics that are named', async () => {
  const [first, same, other] = [
    await report('--bootstrap', '40', '--seed', '1'),
    await report('--bootstrap', '40', '--seed', '1', '--metrics', 'none'),
    await report('--bootstrap', '40', '--seed', '2', '--metrics', 'isbi2012, per-image'),
  ];
  expect(first.bootstrap).toEqual(same.bootstrap);
  expect(first.bootstrap.meanIoU).not.toEqual(other.bootstrap.meanIoU);
  expect(Object.keys(same.metrics)).not.toContain('boundaryIoU');
  expect(other.metrics).toMatchObject({ warpingError: number, imageMeanIoU: number });
  const without = await segkit('evaluate', run, '--bootstrap', '0');
  expect(without.out).not.toContain('interval');
  const unknown = await segkit('evaluate', run, '--metrics', 'boundry');
  expect(unknown.code).toBe(2);
  expect(unknown.err).toMatch(/metrics\.1: .*"boundry".*boundary/s);
});

test('writes report, table of images, confusion matrix and worst images', async () => {
  const out = join(folder, 'evaluation');
  const { err, code } = await segkit('evaluate', run, '--out', out, '--worst', '2');
  expect(code).toBe(0);
  const files = ['confusion.png', 'per-image.csv', 'report.json', 'worst.png'];
  expect(readdirSync(out)).toEqual(files);
  for (const file of files) expect(err).toContain(`${join(out, file)}\n`);
  const stored = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
  expect(stored).toEqual(await report());

  const lines = readFileSync(join(out, 'per-image.csv'), 'utf8').trim().split('\n');
  const columns = (lines[0] ?? '').split(',');
  expect(columns.slice(0, 3)).toEqual(['image', 'loss', 'meanIoU']);
  for (const column of ['iou/cell', 'boundaryIoU', 'objectF1']) expect(columns).toContain(column);
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(/^cells-2-0,0\.\d+,0\.\d+/);

  // Two rows of four tiles enlarged from 16 to 192 pixels, each in gaps of 4, under a caption of 7 + 4 pixels, and a gap of
  // 4 around the rows.
  const row = { height: 4 + 196 + 11, width: 4 + 4 * 196 };
  const sheet = await readImage(join(out, 'worst.png'));
  expect(sheet).toMatchObject({ height: 4 + 2 * (row.height + 4), width: row.width + 8 });
  // Two classes of 72 pixels and a gap to the right of 6, beside names of ten letters 12 pixels wide, less the last gap.
  const picture = await readImage(join(out, 'confusion.png'));
  expect(picture.height).toBe(10 * 12 - 2 + 14 + 3 * 6 + 2 * 72 + 6);
});

test('an image-to-image network has no classes to tell of', async () => {
  const out = join(folder, 'images-evaluation');
  const images = join(folder, 'images');
  const evaluated = await segkit('evaluate', images, '--out', out);
  expect(evaluated.code).toBe(0);
  expect(readdirSync(out)).toEqual(['per-image.csv', 'report.json', 'worst.png']);
  const [head] = readFileSync(join(out, 'per-image.csv'), 'utf8').split('\n');
  expect(head).toBe('image,loss,psnr');
  const wrong = await segkit('evaluate', images, '--metrics', 'boundary');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toMatch(/metrics\.1: "boundary" compares labels.*psnr/s);
});

test('--sheet still draws the first images', async () => {
  const sheet = join(folder, 'sheet.png');
  expect((await segkit('evaluate', run, '--sheet', sheet)).code).toBe(0);
  expect(await readImage(sheet)).toMatchObject({ height: 4 + 3 * 196, width: 4 + 3 * 196 });
});
