import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DataError, parseLabels, type Dataset } from '@segkit/core';
import { beforeEach, expect, test } from 'vitest';

import { auditData } from '../audit/audit-data.js';
import { makeDataset } from '../make-component.test-support.js';
import { expandBraces } from './expand-braces.js';
import { groupEntries } from './group-entries.js';
import { indexTar } from './index-tar.js';
import { shards } from './shards.js';
import type { ShardsOptions } from './shards-options.js';

/** `oracles/fixtures/shards`, made by `oracles/shards.py`. */
const fixtures = fileURLToPath(new URL('../../../../oracles/fixtures/shards', import.meta.url));
const expected = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as readonly {
  id: string;
  height: number;
  width: number;
  image: readonly number[];
  mask: readonly number[];
}[];
const labels = parseLabels({ classes: ['a', 'b', 'c'] });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segkit-shards-'));
  cpSync(fixtures, folder, { recursive: true });
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
});

const open = (options: ShardsOptions = {}): Dataset =>
  makeDataset(shards, options, { labels, baseFolder: folder });

async function failure(options: ShardsOptions): Promise<string> {
  const failed = await open(options)
    .prepare()
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(DataError);
  return (failed as DataError).message;
}

test.each([
  ['webdataset', { shards: 'written-{00..01}.tar' }, expected.slice(0, 5)],
  ['pax', { shards: 'names-pax.tar' }, expected.slice(5, 7)],
  ['gnu', { shards: 'names-gnu.tar' }, expected.slice(7, 9)],
] as const)('reads what Python wrote, in any order: %s', async (_, options, samples) => {
  const dataset = open(options);
  await dataset.prepare();
  expect([dataset.length, dataset.channels]).toEqual([samples.length, 3]);
  for (const index of samples.keys()) {
    const back = samples.length - 1 - index;
    const { id, height, width, image, mask } = samples[back]!;
    const sample = await dataset.load(back);
    expect(sample.id).toBe(id);
    expect(sample.image).toMatchObject({ height, width, channels: 3 });
    expect(Array.from(sample.image.data, (value) => Math.round(255 * value))).toEqual(image);
    expect([...(sample.labels?.data ?? [])]).toEqual(mask);
  }
});

test('a photo and its mask of the same name', async () => {
  const dataset = open({ shards: ['photos.tar'] });
  await dataset.prepare();
  const { image, labels: mask } = await dataset.load(0);
  expect(image).toMatchObject({ height: 12, width: 16, channels: 3 });
  // The red of pixel i is 255 * 3 i / 575, cut to whole numbers; it is above 100 from i = 76 on.
  expect(mask?.data.indexOf(1)).toBe(76);
});

test('without masks, a range, all tars of a folder, and names that come again', async () => {
  const alone = open({ shards: 'written-00.tar', mask: null, range: [1, 3] });
  await alone.prepare();
  expect(alone.length).toBe(2);
  expect(await alone.load(0)).toMatchObject({ id: '000001' });
  expect((await alone.load(0)).labels).toBeUndefined();
  cpSync(join(folder, 'written-00.tar'), join(folder, 'again.tar'));
  const all = open({});
  await all.prepare();
  expect(all.length).toBe(5 + 4 + 1 + 3);
  expect((await all.load(0)).id).toBe('again/000000');
  expect((await all.load(all.length - 1)).id).toBe('written-01/000004');
});

test('an audit reads shards like folders', async () => {
  const report = await auditData(
    [{ name: 'train', dataset: open({ shards: ['written-{00,01}.tar'] }) }],
    labels,
  );
  const pixels = expected.slice(0, 5).flatMap(({ mask }) => mask);
  expect(report.splits[0]?.classes.map((entry) => entry.pixels)).toEqual(
    [0, 1, 2].map((label) => pixels.filter((value) => value === label).length),
  );
  expect(report.splits[0]?.ignored).toBe(pixels.filter((value) => value === 255).length);
  expect(report.ok).toBe(true);
});

test('tars that are missing, compressed, damaged, cut off, or something else', async () => {
  expect(await failure({ shards: 'none.tar' })).toMatch(
    /none\.tar: expected a tar file, found no such file/,
  );
  writeFileSync(join(folder, 'c.tar'), Buffer.from([0x1f, 0x8b, ...Buffer.alloc(600)]));
  expect(await failure({ shards: 'c.tar' })).toMatch(/found a compressed one.*gunzip/);
  writeFileSync(join(folder, 'page.tar'), '<html>not found</html>'.repeat(60));
  expect(await failure({ shards: 'page.tar' })).toMatch(/expected the header of a tar at byte 0/);
  const path = join(folder, 'written-00.tar');
  const bytes = readFileSync(path);
  bytes[1024] = 7;
  writeFileSync(path, bytes);
  expect(await failure({ shards: 'written-00.tar' })).toMatch(
    /header of a tar at byte 1024.*checksum/,
  );
  truncateSync(join(folder, 'written-01.tar'), 1600);
  expect(await failure({ shards: 'written-01.tar' })).toMatch(
    /found the end at 1600; the tar is cut off/,
  );
  rmSync(path);
  const dataset = open({ shards: 'photos.tar', cacheMegabytes: 0 });
  await dataset.prepare();
  truncateSync(join(folder, 'photos.tar'), 700);
  await expect(dataset.load(0)).rejects.toThrow(/the file became shorter while it was used/);
});

test('samples without image or mask, and a folder without tars', async () => {
  expect(await failure({ shards: 'written-00.tar', mask: 'gt.png' })).toMatch(
    /expected a mask \(gt\.png\) for every image.*none for 3 of 3: .*written-00\.tar:000000\.image\.png/,
  );
  expect(await failure({ shards: 'written-00.tar', image: ['webp'] })).toMatch(
    /expected images \(webp\) in 1 shards, found cls, image\.png, json, seg\.png; say by image/,
  );
  expect(await failure({ shards: 'written-00.tar', range: [2, 9] })).toMatch(/at least 9 images/);
  expect(await failure({ shards: 'written-00.tar', image: 'seg.png', mask: 'cls' })).toMatch(
    /000000\.cls/,
  );
  writeFileSync(join(folder, 'sub'), '');
  expect(await failure({ root: 'sub' })).toMatch(/expected a folder/);
});

test('keys end at the first dot of the name', () => {
  const entries = [
    'a/b.c/d.seg.PNG',
    './a/b.c/d.jpg',
    'noext',
    '.hidden.jpg',
    '__MACOSX/x.jpg',
  ].map((name, offset) => ({ name, offset, size: 1 }));
  expect(groupEntries('s.tar', entries).map(({ key, parts }) => [key, ...parts.keys()])).toEqual([
    ['a/b.c/d', 'seg.png', 'jpg'],
  ]);
  const twice = [...entries, { name: 'a/b.c/d.JPG', offset: 9, size: 1 }];
  expect(() => groupEntries('s.tar', twice)).toThrow(/found a\/b\.c\/d\.JPG twice/);
});

test('an index tells where every file lies', async () => {
  const path = join(folder, 'written-00.tar');
  const entries = await indexTar(path);
  expect(entries.map(({ name }) => name).slice(0, 4)).toEqual(
    ['cls', 'image.png', 'json', 'seg.png'].map((part) => `000000.${part}`),
  );
  const { offset, size } = entries[2]!;
  expect(readFileSync(path).toString('utf8', offset, offset + size)).toBe('{"index": 0}');
});

test('braces', () => {
  expect(expandBraces('a.tar')).toEqual(['a.tar']);
  expect(expandBraces('{8..10}.tar')).toEqual(['8.tar', '9.tar', '10.tar']);
  expect(expandBraces('x-{008..010}')).toEqual(['x-008', 'x-009', 'x-010']);
  expect(() => expandBraces('{0..100000000}')).toThrow(/at most 100000 tar files/);
  expect(expandBraces('{a,b}-{0..1}')).toEqual(['a-0', 'a-1', 'b-0', 'b-1']);
});
