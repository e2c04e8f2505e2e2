import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { DataError, type Dataset, type LabelSchema, type Sample } from '@segkit/core';
import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  imageFolderFixture,
  type ImageFolderFixture,
} from '../image-folder/image-folder.test-support.js';
import { imageFolder } from '../image-folder/image-folder.js';
import { labelsOf, makeDataset, plainLabels } from '../make-component.test-support.js';
import { auditData } from './audit-data.js';
import type { AuditReport, Quantiles, SplitName } from './audit-report.js';
import { logWeights, medianFrequencyWeights } from './class-weights.js';
import { quantiles } from './quantiles.js';

interface Expected {
  readonly images: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly pixels: readonly number[];
  readonly imagesWith: readonly number[];
  readonly ignored: number;
  readonly medianFrequency: readonly (number | null)[];
  readonly log: readonly (number | null)[];
  readonly areas: readonly (readonly number[])[];
  readonly extents: readonly (readonly number[])[];
  readonly touching: number | null;
}

/** `oracles/fixtures/audit`, made by `oracles/audit.py`. */
const root = fileURLToPath(new URL('../../../../oracles/fixtures/audit', import.meta.url));
const expected = JSON.parse(readFileSync(`${root}/expected.json`, 'utf8')) as Record<
  string,
  Expected
>;

/** The median as a value that occurs, which is what the report gives. */
function nearestRanks(sorted: readonly number[]): Quantiles {
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
  return {
    min: sorted[0] ?? NaN,
    p5: at(0.05),
    median: at(0.5),
    p95: at(0.95),
    max: sorted.at(-1) ?? NaN,
  };
}

test.each([
  ['masks', '', labelsOf({ a: [0], b: [1], c: [2], d: [3] })],
  ['ids', 'Ids', plainLabels],
] as const)('counts what numpy and scipy count: %s', async (masks, suffix, labels) => {
  const background = { ...labels, classes: labels.classes.map(named) };
  const splits = (['train', 'validation'] as const).map((name) => {
    const options = { root: name, masks, maskFormat: masks === 'ids' ? 'instances' : 'values' };
    return { name, dataset: makeDataset(imageFolder, options, { labels, baseFolder: root }) };
  });
  const report = await auditData(splits, background);
  expect(report.ok).toBe(true);
  for (const split of report.splits) {
    const oracle = expected[split.name + suffix]!;
    expect(split).toMatchObject({ images: oracle.images, readable: oracle.images });
    expect(split.channels).toEqual({ 3: oracle.images });
    expect(split.bits).toEqual({ 8: oracle.images });
    // Images are float32, so that sums differ in the eighth digit.
    expect(split.pixels?.mean).toBeAllClose(oracle.mean, { rtol: 1e-6 });
    expect(split.pixels?.std).toBeAllClose(oracle.std, { rtol: 1e-6 });
    expect(split.classes.map(({ pixels }) => pixels)).toEqual(oracle.pixels);
    expect(split.classes.map(({ images }) => images)).toEqual(oracle.imagesWith);
    expect(split.ignored).toBe(oracle.ignored);
    expect(split.objects?.touching).toBe(oracle.touching);
    expect(split.objects?.by).toBe(masks === 'ids' ? 'ids' : 'regions');
    const found = split.objects?.classes ?? [];
    expect(found.map(({ area }) => area)).toEqual(
      oracle.areas.filter((areas) => areas.length > 0).map(nearestRanks),
    );
    expect(found.map(({ extent }) => extent)).toEqual(
      oracle.extents.filter((extents) => extents.length > 0).map(nearestRanks),
    );
  }
  const train = expected[`train${suffix}`]!;
  expect(report.classes.map((entry) => entry.medianFrequencyWeight)).toBeAllClose(
    train.medianFrequency as number[],
    { rtol: 1e-12 },
  );
  expect(report.classes.map((entry) => entry.logWeight)).toBeAllClose(train.log as number[], {
    rtol: 1e-12,
  });
});

function named(entry: LabelSchema['classes'][number], index: number) {
  return index === 0 ? { ...entry, name: 'background' } : entry;
}

test('weights by hand', () => {
  // Class 0: 6 of the 10 pixels of two images, 0.6; class 1: 4 of 10, 0.4; class 2: no pixel. The median is 0.5.
  const weights = medianFrequencyWeights([
    [2, 3, 0],
    [4, 1, 0],
  ]);
  expect(weights).toEqual([0.5 / 0.6, 0.5 / 0.4, null]);
  // Class 1 only counts the image that shows it: 3 of 5. The median of 0.7 and 0.6 is 0.65.
  expect(
    medianFrequencyWeights([
      [2, 3],
      [5, 0],
    ]),
  ).toBeAllClose([0.65 / 0.7, 0.65 / 0.6], { rtol: 1e-12 });
  expect(medianFrequencyWeights([])).toEqual([]);
  expect(logWeights([0.98, 0])).toEqual([1 / Math.log(2), null]);
});

test('percentiles are the nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantiles(values)).toEqual({ min: 1, p5: 5, median: 50, p95: 95, max: 100 });
  expect(quantiles([7])).toEqual({ min: 7, p5: 7, median: 7, p95: 7, max: 7 });
});

let files: ImageFolderFixture;
beforeEach(async () => {
  files = await imageFolderFixture();
});
afterEach(() => files.remove());

async function pair(
  folder: string,
  stem: string,
  image: readonly number[],
  mask: readonly number[],
) {
  await files.image(`${folder}/images/${stem}.png`, [image]);
  await files.image(`${folder}/masks/${stem}.png`, [mask]);
}

const auditFolders = (...names: readonly SplitName[]): Promise<AuditReport> =>
  auditData(
    names.map((name) => ({ name, dataset: files.dataset({ root: name }) })),
    plainLabels,
  );

const kinds = ({ findings }: AuditReport): string[] =>
  findings.map(({ level, kind, splits }) => `${level} ${kind} ${splits.join('+')}`);

test('goes on past bad files and lists them all', async () => {
  await pair('train', 'a', [1, 2, 3], [0, 1, 1]);
  for (const stem of ['b', 'c', 'd'])
    await pair('train', stem, [stem.charCodeAt(0), 2, 3], [0, 1, 0]);
  await pair('train', 'e', [5, 2, 3], [0, 1]);
  await pair('train', 'f', [6, 2, 3], [0, 7, 9]);
  await files.file('train/images/b.png', '');
  await files.file('train/images/c.png', 'no image');
  await files.file('train/masks/d.png', 'no mask');
  const report = await auditFolders('train');
  expect(report.ok).toBe(false);
  expect(kinds(report)).toEqual([
    'error unreadable train',
    'error mismatch train',
    'error values train',
  ]);
  const [unreadable, mismatch, values] = report.findings;
  expect(unreadable?.message).toBe('3 of 6 images cannot be read');
  expect(unreadable?.details).toEqual([
    expect.stringMatching(/b\.png.*0 bytes/),
    expect.stringMatching(/c\.png/),
    expect.stringMatching(/d\.png/),
  ]);
  expect(mismatch?.details).toEqual([expect.stringMatching(/e\.png: expected 1x3.*found 1x2/)]);
  expect(values?.message).toMatch(/outside the classes: 7, 9.*classes/);
  expect(values?.details).toEqual([
    expect.stringMatching(/f\.png: 7 \(1 pixels\), 9 \(1 pixels\)$/),
  ]);
  expect(report.splits[0]).toMatchObject({ images: 6, readable: 2, unknownValues: { 7: 1, 9: 1 } });
  expect(report.splits[0]?.bits).toEqual({ 8: 2 });
});

test('images that appear twice, in one split and in two, under whatever name', async () => {
  await pair('train', 'a', [1, 2], [0, 1]);
  await pair('train', 'b', [3, 4], [0, 1]);
  await pair('train', 'c', [3, 4], [1, 0]);
  await pair('validation', 'z', [1, 2], [0, 1]);
  const report = await auditFolders('train', 'validation');
  expect(kinds(report)).toEqual([
    'error leak train+validation',
    'warning duplicate train',
    'warning conflicting-masks train',
  ]);
  expect(report.findings[0]?.details).toEqual([
    expect.stringMatching(
      /train.images.a\.png \(train\) = .*validation.images.z\.png \(validation\)$/,
    ),
  ]);
  expect(report.findings[1]?.details).toEqual([expect.stringMatching(/b\.png.* = .*c\.png/)]);
});

test('masks without a class, classes without a mask, images without content', async () => {
  await pair('train', 'a', [1, 2], [0, 0]);
  await pair('train', 'b', [3, 4], [255, 255]);
  await pair('train', 'c', [5, 5], [0, 255]);
  // Black images are alike without being the same one.
  await pair('train', 'd', [5, 5], [0, 255]);
  const report = await auditFolders('train');
  expect(kinds(report)).toEqual([
    'error one-class train',
    'warning ignored-mask train',
    'warning constant-image train',
    'warning missing-class train',
    'note background-mask train',
  ]);
  const details = (kind: string) => report.findings.find((one) => one.kind === kind)?.details;
  expect(details('missing-class')).toEqual(['cell']);
  expect(details('ignored-mask')).toEqual([expect.stringMatching(/b\.png$/)]);
  expect(report.splits[0]).toMatchObject({ labelled: 4, ignored: 4 });
  expect(report.classes[1]).toMatchObject({ medianFrequencyWeight: null, logWeight: null });
});

test('a split that is not there does not hide the others; channels are compared between splits', async () => {
  await pair('train', 'a', [1, 2], [0, 1]);
  await files.image('test/images/a.png', [[1, 2, 3, 4, 5, 6]], 3);
  await files.image('test/masks/a.png', [[1, 1]]);
  const report = await auditFolders('train', 'validation', 'test');
  expect(kinds(report)).toEqual([
    'error split validation',
    'error one-class test',
    'error channels train+test',
    'warning missing-class test',
  ]);
  expect(report.findings[0]?.message).toMatch(/images: expected a folder of images, found nothing/);
  expect(report.splits.map(({ images }) => images)).toEqual([1, 0, 1]);
});

/** A data set that cannot be inspected. */
const plain = (samples: readonly (Sample | string)[]): Dataset => ({
  length: samples.length,
  channels: 1,
  prepare: () => Promise.resolve(),
  load: (index) => {
    const sample = samples[index];
    return typeof sample === 'object'
      ? Promise.resolve(sample)
      : Promise.reject(new DataError(String(sample)));
  },
});

const raster = <T extends Float32Array | Int32Array>(data: T) => ({
  height: 1,
  width: data.length,
  channels: 1,
  data,
});

test('any data set can be audited', async () => {
  const read: string[] = [];
  const sample = (id: string, labels: readonly number[]): Sample => ({
    id,
    image: raster(Float32Array.of(read.length, id.length, 3)),
    labels: raster(Int32Array.from(labels)),
  });
  const dataset = plain([
    sample('one', [0, 1, 255]),
    sample('three', [0, 1, 2]),
    'a: damaged',
    sample('short', [0, 1]),
  ]);
  const report = await auditData([{ name: 'train', dataset }], plainLabels, {
    onProgress: (done, all) => read.push(`${String(done)}/${String(all)}`),
  });
  expect(read).toEqual(['1/4', '2/4', '3/4', '4/4']);
  expect(report.findings.map(({ kind, details }) => [kind, ...details])).toEqual([
    ['unreadable', 'a: damaged'],
    ['mismatch', "expected labels of the image's size 1x3, found 1x2"],
    ['values', 'three: 2 (1 pixels)'],
  ]);
  expect(report.splits[0]?.bits).toEqual({});
  const broken = { ...dataset, prepare: () => Promise.reject(new DataError('data.train: gone')) };
  const failed = await auditData([{ name: 'train', dataset: broken }], plainLabels);
  expect(failed.findings).toMatchObject([{ level: 'error', kind: 'split', message: 'gone' }]);
  const bug = { ...dataset, prepare: () => Promise.reject(new TypeError('a bug')) };
  await expect(auditData([{ name: 'train', dataset: bug }], plainLabels)).rejects.toThrow('a bug');
});

/** One image of a size, with one object of a size in a corner, or rows of touching ids. */
function scene(size: number, object: number, ids?: Int32Array): Sample {
  const plane = size * size;
  const labels = new Int32Array(plane);
  for (let y = 0; y < object; y++) labels.fill(1, y * size, y * size + object);
  return {
    id: String(Math.random()),
    image: { height: size, width: size, channels: 1, data: new Float32Array(plane).fill(0.5, 1) },
    labels: { height: size, width: size, channels: 1, data: labels },
    ...(ids && { instances: { height: size, width: size, channels: 1, data: ids } }),
  };
}

async function suggested(samples: readonly Sample[]): Promise<Record<string, unknown>> {
  const dataset = plain(samples);
  const report = await auditData([{ name: 'train', dataset }], plainLabels);
  return Object.fromEntries(report.suggestions.map(({ path, value }) => [path, value]));
}

test('suggests crops by object and image sizes', async () => {
  const crops = async (...samples: readonly Sample[]) => {
    const steps = (await suggested(samples))['transforms.train'] as { name: string }[];
    return steps.filter(({ name }) => name !== 'normalize');
  };
  expect(await crops(scene(600, 10))).toEqual([{ name: 'random-crop', size: 256 }]);
  // Twice 190 pixels, up to the next multiple of 32.
  expect(await crops(scene(600, 190))).toEqual([{ name: 'random-crop', size: 384 }]);
  expect(await crops(scene(600, 500))).toEqual([{ name: 'random-crop', size: 512 }]);
  expect(await crops(scene(200, 10))).toEqual([{ name: 'random-crop', size: 192 }]);
  // Whole images already have the size.
  expect(await crops(scene(256, 10))).toEqual([]);
  expect(await crops(scene(300, 10), scene(100, 10), scene(300, 10))).toEqual([
    { name: 'pad-to-multiple', multiple: 256 },
    { name: 'random-crop', size: 256 },
  ]);
});

test('suggests a loss by balance and touching objects', async () => {
  // 100 x 100 of 200 x 200 pixels are a quarter, 20 x 20 a hundredth.
  expect((await suggested([scene(200, 100)])).loss).toBe('ce');
  expect((await suggested([scene(200, 20)])).loss).toBe('bce-dice');
  const ids = new Int32Array(200 * 200);
  for (let y = 0; y < 100; y++)
    ids.fill(1, y * 200, y * 200 + 50).fill(2, y * 200 + 50, y * 200 + 100);
  expect((await suggested([scene(200, 100, ids)])).loss).toBe('weighted-border-ce');
  // One pixel is 0, all others 0.5.
  const { 'transforms.validation': normalize } = await suggested([scene(256, 100)]);
  expect(normalize).toEqual([{ name: 'normalize', mean: [0.5], std: [0.002] }]);
});
