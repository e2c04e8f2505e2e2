import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { createApp, parseDataConfig } from '@segkit/core';
import { publicSets, type AuditReport, type PublicSet } from '@segkit/data';
import { expect, test, vi } from 'vitest';

import { firstParty } from '../first-party.js';
import { temporaryFolder } from './temporary-folder.test-support.js';
import { segkit, tinyConfig } from './tiny-config.test-support.js';

test('data list', async () => {
  const { code, out } = await segkit('data', 'list');
  expect(code).toBe(0);
  expect(out).toMatch(/│ voc2012 +│ 2,000 MB │ published +│ PASCAL VOC 2012/);
  expect(out).toMatch(/│ isbi2012 +│ +- │ first download │/);
  expect(out).toMatch(/^camvid: CC BY-NC 4\.0.*https:/m);
  const json = await segkit('data', 'list', '--json');
  expect(JSON.parse(json.out)).toHaveLength(publicSets.length);
});

test('data download of what is not known', async () => {
  const { code, err } = await segkit('data', 'download', 'imagenet');
  expect(code).toBe(2);
  expect(err).toMatch(/expected one of voc2012, .*received "imagenet"/);
});

test('data download says what failed and keeps nothing', async () => {
  const folder = temporaryFolder();
  vi.stubEnv('SEGKIT_CACHE', join(folder, 'cache'));
  const gone = new Response('gone', { status: 410 });
  Object.defineProperty(gone, 'url', { value: 'https://codeload.github.com/' });
  vi.stubGlobal('fetch', () => Promise.resolve(gone));
  const to = join(folder, 'camvid');
  const { code, err } = await segkit('data', 'download', 'camvid', '--to', to);
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  expect(code).toBe(1);
  expect(err).toMatch(/^downloading \w+ from codeload\.github\.com\nerror: .*answers 410/);
  expect(existsSync(to)).toBe(false);
});

test.each(publicSets.map((set) => [set.name, set] as const))(
  'the config of %s is valid',
  (_, { config }: PublicSet) => {
    const { registry } = createApp({ plugins: firstParty });
    expect(parseDataConfig(registry, { data: config }).data.train.name).toBeTruthy();
  },
);

test('data shard writes what audit and train read again', async () => {
  const folder = temporaryFolder({ 'c.json': JSON.stringify({ data: tinyConfig.data }) });
  const to = join(folder, 'shards');
  const { code, out } = await segkit('data', 'shard', join(folder, 'c.json'), '--to', to);
  expect({ code, out }).toEqual({
    code: 0,
    out:
      'train: 4 images in 1 tar files\nvalidation: 2 images in 1 tar files\n' +
      `Config: ${join(to, 'segkit.config.json')}\n`,
  });
  const report = async (config: string) => {
    const json = await segkit('audit', config, '--json');
    return (JSON.parse(json.out) as AuditReport).splits.map(({ classes }) => classes);
  };
  expect(await report(join(to, 'segkit.config.json'))).toEqual(
    await report(join(folder, 'c.json')),
  );
  expect((await segkit('data', 'shard', join(folder, 'c.json'), '--to', to)).code).toBe(1);
  expect((await segkit('data', 'shard', join(folder, 'c.json'))).code).toBe(2);
});
